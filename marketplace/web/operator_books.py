"""The operator's page of the books: the trial balance at the end of a day."""

from datetime import date
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import allow
from marketplace.db import Phases
from marketplace.members.oversight.policies import FINANCE, FINANCE_FRESH
from marketplace.orders.settlements import books
from marketplace.orders.settlements.desk_reports import books_file
from marketplace.web.filters import address, read_filter
from marketplace.web.operator_acts import desk_of
from marketplace.web.pages import AnyRequest, Page, render

BASE: Final = "/operator/books"
FILE: Final = BASE + "/trial-balance.xlsx"


class UntilForm(Struct):
    """The last day that counts."""

    until: date | None = None


@get(BASE, opt=allow(FINANCE), include_in_schema=False)
async def show_books(request: AnyRequest, session: NamedDependency[AsyncSession]) -> Page:
    """Show the trial balance."""
    given = read_filter(request, UntilForm)
    shown = await books.show(session, given.until)
    return render(
        request, "operator/books.html", shown=shown, file_href=address(FILE, given),
        **desk_of(request, session),
    )  # fmt: skip


@get(FILE, opt=allow(FINANCE_FRESH), include_in_schema=False)
async def send_books(request: AnyRequest, phases: NamedDependency[Phases]) -> Response[bytes]:
    """Send the trial balance as a workbook."""
    return await books_file(phases, read_filter(request, UntilForm).until)


HANDLERS = (show_books, send_books)
