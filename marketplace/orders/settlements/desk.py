"""The API of the operator's finance staff: months, drafts, approvals, payouts, statements."""

import asyncio
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Phases, Scope
from marketplace.encryption import Keyring
from marketplace.http.files import file_answer
from marketplace.http.openapi import answers
from marketplace.idempotency import Once, repeatable
from marketplace.members.oversight.errors import ReasonMissing
from marketplace.members.oversight.policies import FINANCE, FINANCE_FRESH
from marketplace.members.oversight.schemas import ReasonIn
from marketplace.orders.settlements import approving, drafting, paying, queries
from marketplace.orders.settlements.bank_statements import read_statement
from marketplace.orders.settlements.errors import (
    NothingToPay,
    PaidOnWrong,
    PayoutNotWaiting,
    PeriodNotOver,
    SecondApproverNeeded,
    SettlementChanged,
    SettlementDecided,
    SettlementNotFound,
    SettlementPeriodNotFound,
    StatementUnreadable,
)
from marketplace.orders.settlements.files import table_of, transfer_rows
from marketplace.orders.settlements.importing import import_statement
from marketplace.orders.settlements.periods import terms_of
from marketplace.orders.settlements.schemas import (
    ImportedOut,
    MonthIn,
    PaidIn,
    PayoutFileIn,
    PeriodOut,
    Periods,
    SettlementOut,
    Settlements,
    StatementIn,
)
from marketplace.orders.settlements.shaping import imported_out, out_of, period_out, whole
from marketplace.settings import Settings

PERIODS: Final = "/api/v1/operator/settlement-periods"
PERIOD: Final = PERIODS + "/{period_id:uuid}"
PATH: Final = "/api/v1/operator/settlements"
ONE: Final = PATH + "/{settlement_id:uuid}"
TAGS: Final = ["operator"]
LISTED: Final = 100
SYSTEM: Final = Scope.system()
FILE_AGAIN: Final = "a payout leaves in one file; a second one is asked for by name"
LINES_ONCE: Final = "each line of a statement is taken once"
After = Annotated[int, QueryParameter(ge=0, description="Only settlements with a larger number.")]


def columns_of(given: StatementIn, settings: Settings) -> list[str]:
    """Return the names of the statement's columns: those given, else those of the settings."""
    named = (given.date_column, given.amount_column, given.description_column)
    return [
        one or known
        for one, known in zip(named, settings.settlement_statement_columns, strict=True)
    ]


async def take_statement(
    given: StatementIn, phases: Phases, settings: Settings, actor_id: UUID
) -> ImportedOut:
    """Read a bank's statement and mark paid what it shows.

    Raises:
        StatementUnreadable: the file is none
    """
    content = await given.file.read()
    lines = await asyncio.to_thread(read_statement, content, columns_of(given, settings))
    async with phases(SYSTEM) as session:
        return imported_out(await import_statement(session, lines, actor_id=actor_id))


async def payout_file(
    phases: Phases, period_id: UUID, given: PayoutFileIn, keyring: Keyring
) -> Response[bytes]:
    """Give the payouts of a month to the bank as a file.

    Raises:
        ReasonMissing, SettlementPeriodNotFound, NothingToPay: see there
    """
    async with phases(SYSTEM) as session:
        transfers = await paying.order_transfers(
            session, period_id, keyring=keyring, again=given.again, reason=given.reason
        )
    rows = transfer_rows(transfers)
    content, media_type = await asyncio.to_thread(table_of, given.kind, "대량이체", rows)
    return file_answer(content, media_type, f"payouts.{given.kind.value}")


@get(PERIODS, opt=allow(FINANCE), tags=TAGS)
async def list_periods(session: NamedDependency[AsyncSession]) -> Periods:
    """List the months that were settled or are being settled, the newest first."""
    return Periods([period_out(one) for one in await queries.list_periods(session)])


@post(PERIODS, opt=allow(FINANCE_FRESH) | answers(PeriodNotOver), tags=TAGS)
async def order_drafts(data: JSONBody[MonthIn], once: NamedDependency[Once]) -> Response[PeriodOut]:
    """Have the missing drafts of a month made; sellers that have one keep it."""

    async def act(session: AsyncSession) -> PeriodOut:
        return period_out(await drafting.order_drafts(session, data.month))

    return await once.answer(act, PeriodOut, scope=SYSTEM)


@post(
    PERIOD + "/payout-file",
    status_code=200,
    opt=allow(FINANCE_FRESH)
    | repeatable(FILE_AGAIN)
    | answers(ReasonMissing, SettlementPeriodNotFound, NothingToPay),
    tags=TAGS,
)
async def send_payouts(
    period_id: FromPath[UUID],
    data: JSONBody[PayoutFileIn],
    phases: NamedDependency[Phases],
    keyring: NamedDependency[Keyring],
) -> Response[bytes]:
    """Send the approved payouts of a month as a file for the bank, with account numbers in clear."""
    return await payout_file(phases, period_id, data, keyring)


@get(PERIOD + "/settlements", opt=allow(FINANCE) | answers(SettlementPeriodNotFound), tags=TAGS)
async def list_settlements(
    period_id: FromPath[UUID], session: NamedDependency[AsyncSession], after: After = 0
) -> Settlements:
    """List the settlements of a month by number, a hundred at a time."""
    period = await queries.get_period(session, period_id)
    rows = await queries.list_of(session, period.id, after=after, most=LISTED + 1)
    more = rows[LISTED - 1].sequence if len(rows) > LISTED else None
    return Settlements([out_of(one) for one in rows[:LISTED]], more)


@get(ONE, opt=allow(FINANCE) | answers(SettlementNotFound), tags=TAGS)
async def show_settlement(
    settlement_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> SettlementOut:
    """Show a settlement of any seller, drafts too."""
    return await whole(session, await queries.get(session, settlement_id))


@post(
    ONE + "/approval",
    status_code=200,
    opt=allow(FINANCE_FRESH)
    | answers(SettlementNotFound, SettlementDecided, SecondApproverNeeded, SettlementChanged),
    tags=TAGS,
)
async def approve_settlement(
    settlement_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[SettlementOut]:
    """Approve a draft as the first or the second person; the second approval books it."""

    async def act(session: AsyncSession) -> SettlementOut:
        done = await approving.approve(session, principal, settlement_id, terms_of(settings))
        return await whole(session, done)

    return await once.answer(act, SettlementOut, status=200, scope=SYSTEM)


@post(
    ONE + "/recalculation",
    status_code=200,
    opt=allow(FINANCE_FRESH) | answers(SettlementNotFound, SettlementDecided),
    tags=TAGS,
)
async def recalculate_settlement(
    settlement_id: FromPath[UUID],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[SettlementOut]:
    """Count a draft anew; approvals of the old amounts do not count any more."""

    async def act(session: AsyncSession) -> SettlementOut:
        done = await drafting.redraw(session, settlement_id, terms_of(settings))
        return await whole(session, done)

    return await once.answer(act, SettlementOut, status=200, scope=SYSTEM)


@post(
    ONE + "/cancellation",
    status_code=200,
    opt=allow(FINANCE_FRESH) | answers(ReasonMissing, SettlementNotFound, SettlementDecided),
    tags=TAGS,
)
async def cancel_settlement(
    settlement_id: FromPath[UUID], data: JSONBody[ReasonIn], once: NamedDependency[Once]
) -> Response[SettlementOut]:
    """Give a draft up; its lines wait for another one."""

    async def act(session: AsyncSession) -> SettlementOut:
        done = await drafting.cancel(session, settlement_id, reason=data.reason)
        return await whole(session, done)

    return await once.answer(act, SettlementOut, status=200, scope=SYSTEM)


@post(
    ONE + "/payment",
    status_code=200,
    opt=allow(FINANCE_FRESH)
    | answers(ReasonMissing, SettlementNotFound, PayoutNotWaiting, PaidOnWrong),
    tags=TAGS,
)
async def mark_settlement_paid(
    settlement_id: FromPath[UUID], data: JSONBody[PaidIn], once: NamedDependency[Once]
) -> Response[SettlementOut]:
    """Write down by hand that a payout has gone."""

    async def act(session: AsyncSession) -> SettlementOut:
        done = await paying.pay_by_hand(
            session, settlement_id, paid_on=data.paid_on, reason=data.reason
        )
        return await whole(session, done)

    return await once.answer(act, SettlementOut, status=200, scope=SYSTEM)


@post(
    PATH + "/statements",
    status_code=200,
    opt=allow(FINANCE_FRESH) | repeatable(LINES_ONCE) | answers(StatementUnreadable),
    tags=TAGS,
)
async def import_bank_statement(
    data: Annotated[StatementIn, Body(media_type=RequestEncodingType.MULTI_PART)],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ImportedOut:
    """Mark the payouts paid that a bank's statement (CSV in UTF-8 or CP949) shows."""
    return await take_statement(data, phases, settings, principal.user_id)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_periods,
    order_drafts,
    send_payouts,
    list_settlements,
    show_settlement,
    approve_settlement,
    recalculate_settlement,
    cancel_settlement,
    mark_settlement_paid,
    import_bank_statement,
)
