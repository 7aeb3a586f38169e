"""Reads of refunds."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.duties import refund_due_on
from marketplace.clock import seoul_date
from marketplace.orders.payments.models import Payment, PaymentRefund, RefundState
from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.purchases.queries import number_of
from marketplace.orders.refunds.errors import RefundCaseNotFound
from marketplace.orders.refunds.models import CaseState, RefundCase, RefundLine, RefundReason
from marketplace.orders.refunds.schemas import (
    CaseStepOut,
    RefundCaseOut,
    RefundLineOut,
    RefusedOut,
    SentOut,
)
from marketplace.states import StateStep

SHOWN_MOST: Final = 200


async def get_case(session: AsyncSession, case_id: UUID) -> RefundCase:
    """Return a refund that the transaction may see.

    Raises:
        RefundCaseNotFound: there is none
    """
    found = await session.get(RefundCase, case_id)
    if found is None:
        raise RefundCaseNotFound
    return found


async def locked_case(session: AsyncSession, case_id: UUID) -> RefundCase:
    """Return a refund and keep others from changing it; its order is locked before."""
    return await session.get_one(RefundCase, case_id, with_for_update=True, populate_existing=True)


async def list_of_order(session: AsyncSession, order_id: UUID) -> list[RefundCaseOut]:
    """Return the refunds of an order, the newest first."""
    return await _listed(session, select(RefundCase).where(col(RefundCase.order_id) == order_id))


async def list_all(session: AsyncSession, states: Sequence[CaseState]) -> list[RefundCaseOut]:
    """Return refunds in these states, the newest first."""
    return await _listed(session, select(RefundCase).where(col(RefundCase.state).in_(list(states))))


async def _listed(session: AsyncSession, wanted: Select[RefundCase]) -> list[RefundCaseOut]:
    rows = await session.scalars(
        wanted.order_by(col(RefundCase.made_at).desc(), col(RefundCase.id)).limit(SHOWN_MOST)
    )
    return await shaped(session, list(rows))


async def shaped(session: AsyncSession, cases: Sequence[RefundCase]) -> list[RefundCaseOut]:
    """Return refunds with their order, lines, steps and what was asked of the gateway."""
    ids = [case.id for case in cases]
    orders = await session.scalars(
        select(Order).where(col(Order.id).in_({case.order_id for case in cases}))
    )
    by_id = {order.id: order for order in orders}
    lines = await _lines(session, ids)
    steps = await _steps(session, ids)
    sent = await _sent(session, ids)
    return [
        _out(case, by_id[case.order_id], lines[case.id], steps[case.id], sent[case.id])
        for case in cases
    ]


async def _lines(session: AsyncSession, ids: list[UUID]) -> dict[UUID, list[RefundLineOut]]:
    rows = await session.execute(
        select(RefundLine, OrderLine)
        .join(OrderLine, col(OrderLine.id) == col(RefundLine.order_line_id))
        .where(col(RefundLine.case_id).in_(ids))
        .order_by(col(OrderLine.position))
    )
    found: dict[UUID, list[RefundLineOut]] = defaultdict(list)
    for part, line in rows:
        found[part.case_id].append(
            RefundLineOut(
                order_line_id=line.id, title=line.title_ko, seller_name=line.seller_name,
                supply_won=part.supply_won, vat_won=part.vat_won, total_won=part.total_won,
            )
        )  # fmt: skip
    return found


async def _steps(session: AsyncSession, ids: list[UUID]) -> dict[UUID, list[CaseStepOut]]:
    rows = await session.scalars(
        select(StateStep).where(col(StateStep.thing_id).in_(ids)).order_by(col(StateStep.id))
    )
    found: dict[UUID, list[CaseStepOut]] = defaultdict(list)
    for row in rows:
        assert row.at is not None, "a saved row has its time"
        found[row.thing_id].append(
            CaseStepOut(state=CaseState(row.to_state), at=row.at, reason=row.reason)
        )
    return found


async def _sent(session: AsyncSession, ids: list[UUID]) -> dict[UUID, list[SentOut]]:
    rows = await session.scalars(
        select(PaymentRefund)
        .where(col(PaymentRefund.case_id).in_(ids))
        .order_by(col(PaymentRefund.wanted_at), col(PaymentRefund.id))
    )
    found: dict[UUID, list[SentOut]] = defaultdict(list)
    for row in rows:
        assert row.case_id is not None, "asked for by its case"
        assert row.wanted_at is not None, "a saved row has its time"
        found[row.case_id].append(
            SentOut(
                id=row.id, amount_won=row.amount_won, state=row.state.value, failure=row.failure,
                wanted_at=row.wanted_at, booked_at=row.booked_at,
                account_asked_at=row.account_asked_at,
            )
        )  # fmt: skip
    return found


def _out(
    case: RefundCase,
    order: Order,
    lines: list[RefundLineOut],
    steps: list[CaseStepOut],
    sent: list[SentOut],
) -> RefundCaseOut:
    assert case.made_at is not None, "a saved row has its time"
    by_right = case.reason is RefundReason.withdrawal and case.decided_at is not None
    return RefundCaseOut(
        id=case.id, order_id=order.id, order_number=number_of(order),
        buyer_name=order.organization_name, reason=case.reason, note=case.note,
        amount_won=case.amount_won, state=case.state, made_at=case.made_at,
        decided_by=case.decided_by, approved_by=case.approved_by, decided_at=case.decided_at,
        paid_at=case.paid_at,
        due_on=refund_due_on(seoul_date(case.decided_at)) if by_right and case.decided_at else None,
        lines=lines, steps=steps, sent=sent,
    )  # fmt: skip


async def list_refused(session: AsyncSession) -> list[RefusedOut]:
    """Return the refunds that a gateway refused and nobody has dealt with, the oldest first."""
    rows = await session.execute(
        select(PaymentRefund, Payment, Order)
        .join(Payment, col(Payment.id) == col(PaymentRefund.payment_id))
        .join(Order, col(Order.id) == col(Payment.order_id))
        .where(col(PaymentRefund.state) == RefundState.refused)
        .order_by(col(PaymentRefund.wanted_at), col(PaymentRefund.id))
        .limit(SHOWN_MOST)
    )
    return [_refused(*row) for row in rows]


def _refused(refund: PaymentRefund, payment: Payment, order: Order) -> RefusedOut:
    assert refund.wanted_at is not None, "a saved row has its time"
    return RefusedOut(
        id=refund.id, payment_id=payment.id, case_id=refund.case_id, order_id=order.id,
        order_number=number_of(order), buyer_name=order.organization_name,
        gateway=payment.gateway, amount_won=refund.amount_won, failure=refund.failure,
        wanted_at=refund.wanted_at,
    )  # fmt: skip
