"""The operator's pages of settlements: a month with its drafts and payouts, one settlement, the bank's statement."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.clock import seoul_date
from marketplace.db import Phases, Scope, now
from marketplace.encryption import Keyring
from marketplace.idempotency import Once
from marketplace.members.accounts.models import User
from marketplace.members.oversight.policies import FINANCE, FINANCE_FRESH
from marketplace.members.oversight.schemas import OptionalReason, OptionalReasonIn
from marketplace.orders.settlements import approving, brokered, drafting, paying, queries
from marketplace.orders.settlements.counting import UNDECIDED
from marketplace.orders.settlements.desk import payout_file, take_statement
from marketplace.orders.settlements.desk_reports import brokered_file
from marketplace.orders.settlements.endpoints import statement_file
from marketplace.orders.settlements.models import Settlement
from marketplace.orders.settlements.periods import last_month, terms_of
from marketplace.orders.settlements.schemas import (
    ImportedOut,
    MonthIn,
    PayoutFileIn,
    StatementIn,
)
from marketplace.orders.settlements.shaping import out_of, whole
from marketplace.settings import Settings
from marketplace.states import history
from marketplace.web.filters import read_filter
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.operator_acts import desk_of
from marketplace.web.pages import AnyRequest, Page, language_of, render

BASE: Final = "/operator/settlements"
ONE: Final = BASE + "/{settlement_id:uuid}"
SYSTEM: Final = Scope.system()


class ChosenPeriod(Struct):
    """The month that is shown; the newest unless chosen."""

    period: UUID | None = None


class QuarterForm(Struct):
    """The quarter of the report; the present one unless chosen."""

    year: Annotated[int, Meta(ge=2020, le=2100)] | None = None
    quarter: Annotated[int, Meta(ge=1, le=4)] | None = None


class StatementForm(Struct):
    """A bank's statement, and the names of its columns where they are others."""

    file: UploadFile
    date_column: Annotated[str, Meta(max_length=40)] = ""
    amount_column: Annotated[str, Meta(max_length=40)] = ""
    description_column: Annotated[str, Meta(max_length=40)] = ""


class PaidForm(Struct):
    """When a payout has gone, and what showed it."""

    paid_on: date
    reason: OptionalReason = ""


@dataclass(frozen=True)
class Desk:
    """The pages of settlements, for whoever asks for them."""

    request: AnyRequest
    phases: Phases
    settings: Settings
    principal: Principal

    async def month(
        self,
        form: Form[Any] = EMPTY,
        *,
        failed: str = "",
        period_id: UUID | None = None,
        imported: ImportedOut | None = None,
    ) -> Page:
        """Show a month with its settlements, and the forms around it."""
        wanted = period_id or read_filter(self.request, ChosenPeriod).period
        async with self.phases() as session:
            periods = await queries.list_periods(session)
            period = next((one for one in periods if one.id == wanted), None)
            period = period or next(iter(periods), None)
            found = await queries.list_of(session, period.id) if period else []
            today = seoul_date(now(session))
            return render(
                self.request, "operator/settlements.html", status=form.status, form=form,
                failed=failed, periods=periods, period=period, imported=imported,
                settlements=[out_of(one) for one in found], settings=self.settings,
                last=f"{last_month(today)[0]:%Y-%m}", year=today.year,
                quarter=(today.month + 2) // 3,
                due_on=brokered.due_on(*_quarter_before(today)), before=_quarter_before(today),
                **desk_of(self.request, session),
            )  # fmt: skip

    async def one(self, settlement_id: UUID, form: Form[Any] = EMPTY, failed: str = "") -> Page:
        """Show a settlement with what may be done to it."""
        async with self.phases() as session:
            found = await queries.get(session, settlement_id)
            waits = found.state in UNDECIDED
            current = not waits or await approving.is_current(
                session, found, terms_of(self.settings)
            )
            return render(
                self.request, "operator/settlement.html", status=form.status, form=form,
                failed=failed, settlement=await whole(session, found), current=current,
                waits=waits, first=found.first_approved_by == self.principal.user_id,
                people=await _names(session, found), steps=await history(session, found.id),
                today=seoul_date(now(session)), **desk_of(self.request, session),
            )  # fmt: skip


def _quarter_before(on: date) -> tuple[int, int]:
    """Return the last whole quarter."""
    quarter = (on.month - 1) // 3
    return (on.year, quarter) if quarter else (on.year - 1, 4)


async def _names(session: AsyncSession, settlement: Settlement) -> list[str]:
    """Return who has approved."""
    who = (settlement.first_approved_by, settlement.approved_by)
    people = [await session.get_one(User, one) for one in who if one is not None]
    return [person.name for person in people]


def provide_desk(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Desk:
    """Give the pages to the handlers."""
    return Desk(request, phases, settings, principal)


DESK: Final = {"desk": Provide(provide_desk, sync_to_thread=False)}


@get(BASE, opt=allow(FINANCE), include_in_schema=False, dependencies=DESK)
async def show_month(desk: NamedDependency[Desk]) -> Page:
    """Show a month with its settlements."""
    return await desk.month()


@post(BASE + "/drafts", opt=allow(FINANCE_FRESH), include_in_schema=False, dependencies=DESK)
async def submit_drafts(
    request: AnyRequest, desk: NamedDependency[Desk], once: NamedDependency[Once]
) -> Page:
    """Have the missing drafts of a month made."""
    form = await read_form(request, MonthIn)

    async def act(content: MonthIn) -> Page:
        async def order(session: AsyncSession) -> object:
            return await drafting.order_drafts(session, content.month)

        def path(period: Any) -> str:
            return f"{BASE}?period={period.id}"

        return await once.redirect(form.key, order, path, "drafts-ordered", scope=SYSTEM)

    return await submitted(form, act, lambda wrong: desk.month(wrong, failed="drafts"))


@post(
    BASE + "/periods/{period_id:uuid}/payout-file",
    opt=allow(FINANCE_FRESH),
    include_in_schema=False,
    dependencies=DESK,
)
async def submit_payout_file(
    request: AnyRequest,
    period_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    keyring: NamedDependency[Keyring],
) -> Page:
    """Send the payouts of a month as a file for the bank."""
    form = await read_form(request, PayoutFileIn)
    return await submitted(
        form,
        lambda content: payout_file(desk.phases, period_id, content, keyring),
        lambda wrong: desk.month(wrong, failed="payouts", period_id=period_id),
    )


@post(BASE + "/statements", opt=allow(FINANCE_FRESH), include_in_schema=False, dependencies=DESK)
async def submit_statement(request: AnyRequest, desk: NamedDependency[Desk]) -> Page:
    """Take a bank's statement and show what it brought."""
    form = await read_form(request, StatementForm)

    async def act(content: StatementForm) -> Page:
        given = StatementIn(
            content.file, content.date_column, content.amount_column, content.description_column
        )
        done = await take_statement(given, desk.phases, desk.settings, desk.principal.user_id)
        return await desk.month(imported=done)

    return await submitted(form, act, lambda wrong: desk.month(wrong, failed="statement"))


@get(BASE + "/brokered", opt=allow(FINANCE_FRESH), include_in_schema=False)
async def send_brokered(request: AnyRequest, phases: NamedDependency[Phases]) -> Response[bytes]:
    """Send what each seller sold in the months of a quarter as a workbook."""
    given = read_filter(request, QuarterForm)
    async with phases() as session:
        year, quarter = _quarter_before(seoul_date(now(session)))
    return await brokered_file(phases, given.year or year, given.quarter or quarter)


@get(ONE, opt=allow(FINANCE), include_in_schema=False, dependencies=DESK)
async def show_settlement(settlement_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Page:
    """Show a settlement with what may be done to it."""
    return await desk.one(settlement_id)


@get(ONE + "/statement.pdf", opt=allow(FINANCE), include_in_schema=False)
async def send_statement(
    request: AnyRequest,
    settlement_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """Send the statement (정산서) as a PDF."""
    async with phases() as session:
        found = await whole(session, await queries.get(session, settlement_id))
    return await statement_file(found, settings, language_of(request))


Content = Any
Act = Callable[[AsyncSession, Desk, UUID, Content], Awaitable[object]]


async def _approve(session: AsyncSession, desk: Desk, key: UUID, _content: Content) -> object:
    return await approving.approve(session, desk.principal, key, terms_of(desk.settings))


async def _redraw(session: AsyncSession, desk: Desk, key: UUID, _content: Content) -> object:
    return await drafting.redraw(session, key, terms_of(desk.settings))


async def _cancel(session: AsyncSession, _desk: Desk, key: UUID, content: Content) -> object:
    return await drafting.cancel(session, key, reason=content.reason)


async def _pay(session: AsyncSession, _desk: Desk, key: UUID, content: Content) -> object:
    return await paying.pay_by_hand(session, key, paid_on=content.paid_on, reason=content.reason)


def _handler(path: str, kind: type[Any], service: Act, done: str) -> Any:
    """Return the handler of one form of a settlement's page."""

    @post(f"{ONE}/{path}", opt=allow(FINANCE_FRESH), include_in_schema=False, dependencies=DESK)
    async def handle(
        request: AnyRequest,
        settlement_id: FromPath[UUID],
        desk: NamedDependency[Desk],
        once: NamedDependency[Once],
    ) -> Page:
        form = await read_form(request, kind)

        async def act(content: Content) -> Page:
            async def carry_out(session: AsyncSession) -> object:
                return await service(session, desk, settlement_id, content)

            back = f"{BASE}/{settlement_id}"
            return await once.redirect(form.key, carry_out, back, done, scope=SYSTEM)

        return await submitted(form, act, lambda wrong: desk.one(settlement_id, wrong, path))

    return handle


HANDLERS = (
    show_month,
    submit_drafts,
    submit_payout_file,
    submit_statement,
    send_brokered,
    show_settlement,
    send_statement,
    _handler("approval", Nothing, _approve, "settlement-approved"),
    _handler("recalculation", Nothing, _redraw, "settlement-redrawn"),
    _handler("cancellation", OptionalReasonIn, _cancel, "settlement-cancelled"),
    _handler("payment", PaidForm, _pay, "settlement-paid"),
)
