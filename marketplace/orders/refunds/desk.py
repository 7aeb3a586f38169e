"""The operator's API of refunds and disputes."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from billing.ledger.entries import Account
from marketplace.auth import Principal, allow
from marketplace.db import Scope
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.oversight.errors import OwnAccount, ReasonMissing
from marketplace.members.oversight.policies import FINANCE_FRESH, STAFF
from marketplace.members.oversight.schemas import ReasonIn
from marketplace.orders.disputes import queries as disputes
from marketplace.orders.disputes.errors import DisputeDecided, DisputeNotFound
from marketplace.orders.disputes.models import DisputeState
from marketplace.orders.disputes.policies import STAFF_FRESH
from marketplace.orders.disputes.schemas import DisputeOut, Disputes
from marketplace.orders.payments.desk import RefundNotRefused
from marketplace.orders.purchases.errors import OrderNotFound
from marketplace.orders.refunds import approving, disputed, paying, queries
from marketplace.orders.refunds.errors import (
    NothingToRefund,
    OtherPersonNeeded,
    RefundCaseDecided,
    RefundCaseNotFound,
    RefundExceedsLine,
)
from marketplace.orders.refunds.making import Part
from marketplace.orders.refunds.models import CaseState, RefundCase
from marketplace.orders.refunds.schemas import (
    ByHandIn,
    DecisionIn,
    RefundCaseOut,
    RefundCases,
    RefundIn,
    RefusedRefunds,
)
from marketplace.settings import Settings

BASE: Final = "/api/v1/operator"
CASES: Final = BASE + "/refunds"
CASE: Final = CASES + "/{case_id:uuid}"
SENT: Final = BASE + "/payment-refunds"
DISPUTES: Final = BASE + "/disputes"
TAGS: Final = ["operator: refunds and disputes"]


class PaidByHand(Struct, frozen=True):
    """A refund that the gateway refused and that was paid otherwise [won]."""

    id: UUID
    amount_won: int


async def _one(session: AsyncSession, case: RefundCase) -> RefundCaseOut:
    return (await queries.shaped(session, [case]))[0]


@get(CASES, opt=allow(STAFF), tags=TAGS)
async def list_cases(session: NamedDependency[AsyncSession]) -> RefundCases:
    """List the refunds, the newest first."""
    return RefundCases(await queries.list_all(session, list(CaseState)))


@get(CASE, opt=allow(STAFF) | answers(RefundCaseNotFound), tags=TAGS)
async def show_case(
    case_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> RefundCaseOut:
    """Show a refund with its lines and steps."""
    return await _one(session, await queries.get_case(session, case_id))


@post(
    BASE + "/orders/{order_id:uuid}/refunds",
    opt=allow(FINANCE_FRESH)
    | answers(OrderNotFound, NothingToRefund, RefundExceedsLine, ReasonMissing, OwnAccount),
    tags=TAGS,
)
async def make_case(
    *,
    order_id: FromPath[UUID],
    data: JSONBody[RefundIn],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[RefundCaseOut]:
    """Refund lines of an order or parts of them; a large refund waits for a second person."""
    parts = [Part(one.line_id, one.amount_won) for one in data.parts]
    limit_won = settings.refund_second_person_won

    async def act(session: AsyncSession) -> RefundCaseOut:
        case = await approving.make_by_operator(
            session, principal, order_id, parts, reason=data.reason, second_person_won=limit_won
        )
        return await _one(session, case)

    return await once.answer(act, RefundCaseOut, scope=Scope.system())


@post(
    CASE + "/approval",
    status_code=200,
    opt=allow(FINANCE_FRESH)
    | answers(
        RefundCaseNotFound, RefundCaseDecided, OtherPersonNeeded, NothingToRefund, RefundExceedsLine,
        OwnAccount,
    ),
    tags=TAGS,
)  # fmt: skip
async def approve_case(
    case_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[RefundCaseOut]:
    """Agree to a refund as the second person."""

    async def act(session: AsyncSession) -> RefundCaseOut:
        return await _one(session, await approving.approve(session, principal, case_id))

    return await once.answer(act, RefundCaseOut, status=200, scope=Scope.system())


@post(
    CASE + "/refusal",
    status_code=200,
    opt=allow(FINANCE_FRESH)
    | answers(RefundCaseNotFound, RefundCaseDecided, ReasonMissing, OwnAccount),
    tags=TAGS,
)
async def refuse_case(
    case_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[RefundCaseOut]:
    """Say no to a refund that waits for a second person."""

    async def act(session: AsyncSession) -> RefundCaseOut:
        case = await approving.refuse(session, principal, case_id, reason=data.reason)
        return await _one(session, case)

    return await once.answer(act, RefundCaseOut, status=200, scope=Scope.system())


@get(SENT, opt=allow(STAFF), tags=TAGS)
async def list_refused(session: NamedDependency[AsyncSession]) -> RefusedRefunds:
    """List the refunds that a gateway refused and nobody has dealt with."""
    return RefusedRefunds(await queries.list_refused(session))


@post(
    SENT + "/{refund_id:uuid}/payment-by-hand",
    status_code=200,
    opt=allow(FINANCE_FRESH) | answers(RefundNotRefused, ReasonMissing, OwnAccount),
    tags=TAGS,
)
async def pay_by_hand(
    refund_id: FromPath[UUID],
    data: JSONBody[ByHandIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[PaidByHand]:
    """Record that a refund which the gateway refused was paid otherwise."""

    async def act(session: AsyncSession) -> object:
        return await paying.pay_by_hand(
            session, principal, refund_id, out_of=Account(data.out_of), reason=data.reason
        )

    return await once.answer(act, PaidByHand, status=200, scope=Scope.system())


@get(DISPUTES, opt=allow(STAFF), tags=TAGS)
async def list_disputes(session: NamedDependency[AsyncSession]) -> Disputes:
    """List the disputes, the newest first."""
    return Disputes(await disputes.list_all(session, list(DisputeState)))


@get(DISPUTES + "/{dispute_id:uuid}", opt=allow(STAFF) | answers(DisputeNotFound), tags=TAGS)
async def show_dispute(
    dispute_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> DisputeOut:
    """Show a dispute with what both sides say."""
    found = await disputes.get_any(session, dispute_id)
    return (await disputes.shaped(session, [found]))[0]


@post(
    DISPUTES + "/{dispute_id:uuid}/decision",
    status_code=200,
    opt=allow(STAFF_FRESH)
    | answers(
        DisputeNotFound,
        DisputeDecided,
        NothingToRefund,
        RefundExceedsLine,
        ReasonMissing,
        OwnAccount,
    ),
    tags=TAGS,
)
async def decide_dispute(
    *,
    dispute_id: FromPath[UUID],
    data: JSONBody[DecisionIn],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[DisputeOut]:
    """Decide a dispute; every outcome books itself."""
    limit_won = settings.refund_second_person_won

    async def act(session: AsyncSession) -> DisputeOut:
        found = await disputed.decide_dispute(
            session, principal, dispute_id, data, second_person_won=limit_won
        )
        return (await disputes.shaped(session, [found]))[0]

    return await once.answer(act, DisputeOut, status=200, scope=Scope.system())


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_cases,
    show_case,
    make_case,
    approve_case,
    refuse_case,
    list_refused,
    pay_by_hand,
    list_disputes,
    show_dispute,
    decide_dispute,
)
