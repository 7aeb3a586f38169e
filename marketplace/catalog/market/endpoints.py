"""The API of products on sale, for everybody: the product, its report, its contract, its JSON-LD."""

from typing import Any, Final
from uuid import UUID

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from billing.money import Taxation, split_of_supply
from marketplace.auth import EVERYONE, allow
from marketplace.catalog.market import queries
from marketplace.catalog.market.columns import column_groups
from marketplace.catalog.market.errors import (
    ListingNotFound,
    ListingSuspended,
    ListingWithdrawn,
)
from marketplace.catalog.market.queries import Listing
from marketplace.catalog.market.schemas import (
    ListedFile,
    ListedVersion,
    ListingOut,
    PriceOut,
    QualityOut,
)
from marketplace.catalog.market.structured import json_ld
from marketplace.catalog.products.licence import contract, odrl
from marketplace.catalog.products.schemas import ClauseOut
from marketplace.http.openapi import answers
from marketplace.members.organizations.policies import own_url
from marketplace.settings import Settings
from quality import DatasetReport

PATH: Final = "/api/v1/products/{product_id:uuid}"
TAGS: Final = ["market"]
OPT: Final = allow(EVERYONE) | answers(ListingNotFound, ListingWithdrawn, ListingSuspended)


def price_of(supply_won: int, taxation: Taxation) -> PriceOut:
    """Return what one product costs with its tax."""
    split = split_of_supply(supply_won, taxation)
    return PriceOut(split.supply_won, split.vat_won, split.total_won)


def page_url(settings: Settings, product_id: UUID) -> str:
    """Return the address of a product's page."""
    return f"{own_url(settings)}/products/{product_id}"


def out_of(listing: Listing, settings: Settings) -> ListingOut:
    """Shape a product on sale as everybody sees it."""
    product, content, report = listing.product, listing.content, listing.report
    assert product.number is not None, "a saved row has its number"
    assert product.price_won is not None, "a listed product has its price"
    told, url = content.declarations, page_url(settings, product.id)
    copied = {
        name: getattr(content, name)
        for name in ListingOut.__struct_fields__
        if hasattr(content, name) and name not in ("id", "number", "licence")
    }
    return ListingOut(
        **copied,
        id=product.id,
        number=product.number,
        provenance=told.get("provenance", ""),
        augmentation=told.get("augmentation", "") if told.get("augmented") else "",
        listed_at=product.listed_at,  # type: ignore[arg-type]  # listed, so it has its time
        price=price_of(product.price_won, listing.taxation),
        seller=listing.seller,
        version=_version(listing),
        quality=QualityOut(
            report.grade, report.grade_ko, report.grade_en, report.total_pct,
            report.blocker_count, report.warning_count, report.preset, list(report.weights),
            report.level, list(report.indices), report.engine,
        ),
        columns=column_groups(report, content.column_dictionary),
        licence=[
            ClauseOut(one.number, one.question, one.title, one.text, one.standard)
            for one in contract.clauses(content.licence)
        ],
        odrl=odrl.policy_of(
            content.licence, uid=f"{url}#licence", target=url,
            assigner=f"{own_url(settings)}/sellers/{product.organization_id}",
        ),
    )  # fmt: skip


def _version(listing: Listing) -> ListedVersion:
    version = listing.version
    assert version.ready_at is not None, "an approved version is ready"
    assert version.sha256 is not None, "and hashed"
    return ListedVersion(
        version.number, version.ready_at, version.sha256, version.size_bytes,
        listing.stored_report.row_count,
        [convert(file, ListedFile, from_attributes=True) for file in listing.files],
    )  # fmt: skip


@get(PATH, opt=OPT, tags=TAGS)
async def show_listing(
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> ListingOut:
    """Show a product on sale: description, price with tax, seller, quality, columns, licence."""
    return out_of(await queries.get_listing(session, product_id), settings)


@get(PATH + "/quality", opt=OPT, tags=TAGS)
async def show_quality(
    product_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> DatasetReport:
    """Show the whole quality report of the version on sale."""
    return (await queries.get_listing(session, product_id)).report


@get(PATH + "/contract", opt=OPT, tags=TAGS, media_type=MediaType.TEXT)
async def show_contract(product_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> str:
    """Give the contract of the licence as it was examined."""
    listing = await queries.get_listing(session, product_id)
    assert listing.content.licence_ko is not None, "an approved content has its contract"
    return listing.content.licence_ko


@get(PATH + "/schema.org", opt=OPT, tags=TAGS)
async def show_json_ld(
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> Response[dict[str, Any]]:
    """Describe the product in schema.org's words, for search engines and catalogues."""
    listing = await queries.get_listing(session, product_id)
    groups = column_groups(listing.report, listing.content.column_dictionary)
    described = json_ld(listing, groups, page_url(settings, product_id))
    return Response(described, media_type="application/ld+json")


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_listing,
    show_quality,
    show_contract,
    show_json_ld,
)
