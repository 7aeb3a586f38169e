"""The API of the operator's reports: the trial balance, and the brokered sales of a quarter."""

import asyncio
from typing import Annotated, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import allow
from marketplace.db import Phases
from marketplace.http.files import file_answer
from marketplace.members.oversight.policies import FINANCE, FINANCE_FRESH
from marketplace.orders.settlements import books, brokered
from marketplace.orders.settlements.books import Until
from marketplace.orders.settlements.files import books_rows, brokered_rows
from marketplace.orders.settlements.schemas import BooksOut
from marketplace.spreadsheets import XLSX, xlsx_of

BOOKS: Final = "/api/v1/operator/books"
BROKERED: Final = "/api/v1/operator/settlements/brokered"
TAGS: Final = ["operator"]
Year = Annotated[int, QueryParameter(ge=2020, le=2100)]
Quarter = Annotated[int, QueryParameter(ge=1, le=4)]


async def books_file(phases: Phases, until: Until) -> Response[bytes]:
    """Return the trial balance as a workbook; the look is written down."""
    async with phases() as session:
        day, accounts = await books.export(session, until)
    content = await asyncio.to_thread(xlsx_of, books.SHEET, books_rows(accounts))
    return file_answer(content, XLSX, f"trial-balance-{day}.xlsx")


async def brokered_file(phases: Phases, year: int, quarter: int) -> Response[bytes]:
    """Return the brokered sales of a quarter as a workbook; the look is written down."""
    async with phases() as session:
        rows = await brokered.export(session, year, quarter)
    named = brokered_rows(f"{year}-{quarter}", rows)
    content = await asyncio.to_thread(xlsx_of, "거래 중개 명세", named)
    return file_answer(content, XLSX, f"brokered-{year}-{quarter}.xlsx")


@get(BOOKS, opt=allow(FINANCE), tags=TAGS)
async def show_books(session: NamedDependency[AsyncSession], until: Until = None) -> BooksOut:
    """Show the trial balance at the end of a day."""
    return await books.show(session, until)


@get(BOOKS + ".xlsx", opt=allow(FINANCE_FRESH), tags=TAGS)
async def send_books(phases: NamedDependency[Phases], until: Until = None) -> Response[bytes]:
    """Send the trial balance as a workbook."""
    return await books_file(phases, until)


@get(BROKERED, opt=allow(FINANCE_FRESH), tags=TAGS)
async def send_brokered(
    phases: NamedDependency[Phases], year: Year, quarter: Quarter
) -> Response[bytes]:
    """Send what each seller sold in the months of a quarter (부가가치세법 제75조) as a workbook."""
    return await brokered_file(phases, year, quarter)


ROUTES: tuple[ControllerRouterHandler, ...] = (show_books, send_books, send_brokered)
