"""Carrying refund cases on, and telling those concerned."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import Function, Role
from marketplace.db import now
from marketplace.jobs import JobContext, PeriodicContext, enqueue, job, periodic
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.queries import people_with
from marketplace.members.organizations.telling import tell_people
from marketplace.notices.kinds import NoticeKind
from marketplace.notices.service import notify
from marketplace.orders.payments.models import Payment, PaymentRefund, RefundState
from marketplace.orders.purchases.models import Order
from marketplace.orders.purchases.queries import number_of
from marketplace.orders.refunds import notices, paying
from marketplace.orders.refunds.deciding import lines_of
from marketplace.orders.refunds.models import RefundCase
from marketplace.orders.refunds.queries import shaped
from marketplace.orders.refunds.schemas import RefundCaseOut

BUYING: Final = (Role.owner, Role.buyer)
SELLING: Final = (Role.owner, Role.seller)
APPROVING: Final = (Role.administrator, Role.finance)
RESUME_EVERY_S: Final = 600.0
RESUME_AFTER: Final = timedelta(minutes=10)
RESUMED_MOST: Final = 200


@job("refunds.sent", attempts=8, limit_s=120)
async def sent(context: JobContext[object], *, refund_id: str) -> None:
    """Note that the provider has taken a refund."""
    async with context.phases() as session:
        await paying.sent(session, UUID(refund_id))


@job("refunds.paid", attempts=8, limit_s=120)
async def paid(context: JobContext[object], *, refund_id: str) -> None:
    """Carry the case of a refund on that the provider has paid."""
    async with context.phases() as session:
        await paying.paid(session, UUID(refund_id))


@periodic("refunds.resume", every_s=RESUME_EVERY_S, limit_s=120)
async def resume(context: PeriodicContext[object]) -> None:
    """Have refunds sent that wait for too long: for the buyer's account, or because their job was parked."""
    async with context.phases() as session:
        waiting = await session.scalars(
            select(col(PaymentRefund.id))
            .where(
                col(PaymentRefund.state) == RefundState.wanted,
                col(PaymentRefund.wanted_at) < now(session) - RESUME_AFTER,
            )
            .order_by(col(PaymentRefund.wanted_at))
            .limit(RESUMED_MOST)
        )
        for refund_id in waiting:
            await enqueue(
                session, "payments.send_refund", refund_id=str(refund_id),
                queueing_lock=f"refund {refund_id}",
            )  # fmt: skip


@job("refunds.tell_decided", attempts=5, limit_s=60)
async def tell_decided(context: JobContext[object], *, case_id: str) -> None:
    """Tell the buyer that money goes back, and each seller what of it was theirs."""
    async with context.phases() as session:
        case, facts = await _known(session, case_id)
        await _tell(session, BUYING, case, notices.DECIDED, facts)
        for seller_id, own in await _by_seller(session, case):
            await tell_people(
                session,
                SELLING,
                notices.SOLD_BACK,
                organization_id=seller_id,
                link="/selling/sales",
                **(facts | own),
            )


@job("refunds.tell_paid", attempts=5, limit_s=60)
async def tell_paid(context: JobContext[object], *, case_id: str) -> None:
    """Tell the buyer that the money is on its way back, and the sellers that the refund has ended."""
    async with context.phases() as session:
        case, facts = await _known(session, case_id)
        await _tell(session, BUYING, case, notices.PAID, facts)
        for seller_id, own in await _by_seller(session, case):
            await tell_people(
                session,
                SELLING,
                notices.PAID,
                organization_id=seller_id,
                link="/selling/sales",
                **(facts | own),
            )


@job("refunds.tell_waiting", attempts=5, limit_s=60)
async def tell_waiting(context: JobContext[object], *, case_id: str) -> None:
    """Ask the other administrators and finance officers for the second yes."""
    async with context.phases() as session:
        case, facts = await _known(session, case_id)
        link = f"/operator/refunds/{case.id}"
        for person in await people_with(session, APPROVING, function=Function.exchange_operator):
            if person.id != case.decided_by:
                await notify(session, recipient_of(person), notices.WAITING, link=link, **facts)


@job("refunds.ask_account", attempts=5, limit_s=60)
async def ask_account(context: JobContext[object], *, refund_id: str) -> None:
    """Ask the buyer's owners for a bank account, once for each refund."""
    async with context.phases() as session:
        refund = await session.get_one(PaymentRefund, UUID(refund_id), with_for_update=True)
        if refund.account_asked_at is not None:
            return
        refund.account_asked_at = now(session)
        payment = await session.get_one(Payment, refund.payment_id)
        order = await session.get_one(Order, payment.order_id)
        owners = await people_with(session, (Role.owner,), organization_id=refund.organization_id)
        for person in owners:
            await notify(
                session, recipient_of(person), notices.ACCOUNT_NEEDED,
                link="/organization/bank-account", number=number_of(order),
                amount_won=f"{refund.amount_won:,}",
            )  # fmt: skip


async def _known(session: AsyncSession, case_id: str) -> tuple[RefundCaseOut, dict[str, Any]]:
    found = await session.get_one(RefundCase, UUID(case_id))
    case = (await shaped(session, [found]))[0]
    reason_ko, reason_en = notices.REASONS[case.reason.value]
    facts = {
        "number": case.order_number, "amount_won": f"{case.amount_won:,}",
        "titles": _titles(case), "reason_ko": reason_ko, "reason_en": reason_en,
    }  # fmt: skip
    return case, facts


def _titles(case: RefundCaseOut) -> str:
    return ", ".join(f"‘{line.title}’" for line in case.lines)


async def _by_seller(
    session: AsyncSession, case: RefundCaseOut
) -> list[tuple[UUID, dict[str, Any]]]:
    """Return for each seller what a case takes of theirs, in the words of a notice."""
    titles = {line.order_line_id: line.title for line in case.lines}
    found: dict[UUID, list[tuple[str, int]]] = {}
    for part in await lines_of(session, case.id):
        found.setdefault(part.seller_id, []).append((titles[part.order_line_id], part.total_won))
    return [
        (
            seller_id,
            {
                "amount_won": f"{sum(won for _, won in parts):,}",
                "titles": ", ".join(f"‘{title}’" for title, _ in parts),
            },
        )
        for seller_id, parts in found.items()
    ]


async def _tell(
    session: AsyncSession,
    roles: tuple[Role, ...],
    case: RefundCaseOut,
    kind: NoticeKind,
    facts: dict[str, Any],
) -> None:
    order = await session.get_one(Order, case.order_id)
    link = f"/orders/{order.id}/refunds"
    await tell_people(
        session, roles, kind, organization_id=order.organization_id, link=link, **facts
    )
