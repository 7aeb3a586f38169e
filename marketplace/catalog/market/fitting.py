"""Does it fit my line? A buyer's columns against the report of a product on sale; nothing is kept."""

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, allow
from marketplace.catalog.market.errors import (
    ListingNotFound,
    ListingSuspended,
    ListingWithdrawn,
    OwnColumnsUnreadable,
)
from marketplace.catalog.market.queries import Listing, get_listing
from marketplace.errors import FieldError
from marketplace.http.openapi import answers
from marketplace.idempotency import repeatable
from quality.fitting import Fit, Meaning, OwnUnreadable, fit, of_list, of_rows
from quality.fitting.own import OWN_CHARS_MAX

NOT_KEPT: Final = repeatable("nothing is kept, so asking again is the same")


class GivenAs(StrEnum):
    """How the buyer's columns are given."""

    list = "list"
    rows = "rows"


class FitIn(Struct, forbid_unknown_fields=True):
    """A buyer's columns.

    Args:
        given_as: ``list`` one column on a line with unit and range (``온도 [℃] 20~80``), ``rows`` a table with
            the names in its first row and at most 1,000 rows of values, as copied out of a spreadsheet
    """

    given_as: GivenAs
    columns: Annotated[str, Meta(min_length=1, max_length=OWN_CHARS_MAX)]


def fit_of(listing: Listing, given: FitIn) -> Fit:
    """Say how well a product fits.

    Raises:
        OwnColumnsUnreadable: what was given is no list and no table
    """
    try:
        own = (of_list if given.given_as is GivenAs.list else of_rows)(given.columns)
    except OwnUnreadable as error:
        wrong = FieldError("columns", "own_columns_unreadable", error.ko, error.en)
        raise OwnColumnsUnreadable([wrong]) from error
    said = {
        entry["name"]: Meaning(entry.get("meaning") or "", entry.get("unit") or "")
        for entry in listing.content.column_dictionary
    }
    return fit(listing.report, own, said)


@post(
    "/api/v1/products/{product_id:uuid}/fit",
    status_code=200,
    opt=allow(EVERYONE)
    | NOT_KEPT
    | answers(ListingNotFound, ListingWithdrawn, ListingSuspended, OwnColumnsUnreadable),
    tags=["market"],
)
async def fit_listing(
    product_id: FromPath[UUID], data: JSONBody[FitIn], session: NamedDependency[AsyncSession]
) -> Fit:
    """Compare your columns with a product's: what stands for what, what is missing, how far the ranges agree.

    The answer comes from the quality report alone; of fewer than 20 rows nothing is counted, and nothing
    of what you send is kept.
    """
    return fit_of(await get_listing(session, product_id), data)


ROUTES: tuple[ControllerRouterHandler, ...] = (fit_listing,)
