"""Deciding a refund: one transaction for the lines, the books, the right to use, the window and the order.

The order is locked first, then the payment, the lines and their windows, then the books. So of two refunds at
once, or a refund and a window that ends, the second sees what the first left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.gateways.settling import PaymentState
from billing.ledger import movements
from billing.ledger.entries import Account
from billing.ledger.service import post
from billing.money import Split, refund_split
from marketplace.audit import Thing, record
from marketplace.jobs import enqueue
from marketplace.orders.acceptance import accepting
from marketplace.orders.acceptance.models import Acceptance, AcceptanceState
from marketplace.orders.acceptance.opening import end_windows
from marketplace.orders.delivery.granting import end
from marketplace.orders.delivery.models import EndReason
from marketplace.orders.disputes import closing
from marketplace.orders.disputes.models import DisputeState
from marketplace.orders.payments.models import EvidenceKind, Payment, PaymentRefund
from marketplace.orders.purchases.models import Order, OrderLine, OrderState
from marketplace.orders.purchases.queries import locked
from marketplace.orders.refunds.errors import NothingToRefund, RefundExceedsLine
from marketplace.orders.refunds.models import RefundCase, RefundLine, RefundReason
from marketplace.orders.settlements.counting import free_payable
from marketplace.states import move

KEPT: Final = (PaymentState.paid, PaymentState.partly_refunded)
HELD: Final = frozenset({AcceptanceState.open, AcceptanceState.disputed})
OF_DISPUTES: Final = frozenset({RefundReason.dispute_lost, RefundReason.price_cut})
# What the provider is told, and prints on some receipts.
WORDS: Final[Mapping[RefundReason, str]] = {
    RefundReason.withdrawal: "청약철회",
    RefundReason.dispute_lost: "이의에 따른 계약 해제",
    RefundReason.price_cut: "이의에 따른 감액",
    RefundReason.operator: "거래소의 환불 결정",
    RefundReason.gateway_made: "결제 대행사에서 직접 환불",
}


@dataclass(frozen=True)
class Sale:
    """A paid order, locked: its payment, lines and windows by line."""

    order: Order
    payment: Payment
    lines: dict[UUID, OrderLine]
    windows: dict[UUID, Acceptance]

    def left_of(self, line_id: UUID) -> int:
        """Return what can still go back of a line [won].

        Raises:
            NothingToRefund: the order has no such line
        """
        if line_id not in self.lines:
            raise NothingToRefund
        return self.lines[line_id].left_won


async def lock_sale(session: AsyncSession, order_id: UUID) -> Sale:
    """Lock a paid order with all that a refund changes.

    Args:
        session: of the exchange itself

    Raises:
        OrderNotFound: there is none
        NothingToRefund: it is not paid
    """
    order = await locked(session, order_id)
    payment = await session.scalar(
        select(Payment)
        .where(col(Payment.order_id) == order_id, col(Payment.state).in_(KEPT))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order.state is not OrderState.paid or payment is None:
        raise NothingToRefund
    return await sale_of(session, order, payment)


async def sale_of(session: AsyncSession, order: Order, payment: Payment) -> Sale:
    """Lock lines and windows of a locked order and payment."""
    lines = await session.scalars(
        select(OrderLine)
        .where(col(OrderLine.order_id) == order.id)
        .order_by(col(OrderLine.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = sorted(lines, key=lambda line: line.position)
    windows = await session.scalars(
        select(Acceptance)
        .where(col(Acceptance.order_id) == order.id)
        .order_by(col(Acceptance.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return Sale(order, payment, {one.id: one for one in found}, {one.id: one for one in windows})


def split_of(line: OrderLine, amount_won: int) -> Split:
    """Return a part of a line as supply value and tax.

    Raises:
        RefundExceedsLine: more than is left of it
    """
    if not 0 < amount_won <= line.left_won:
        raise RefundExceedsLine(title=line.title_ko, left_won=f"{line.left_won:,}")
    return refund_split(line.paid, line.refunded, amount_won)


async def decide(session: AsyncSession, sale: Sale, case: RefundCase, *, send: bool = True) -> None:
    """Carry a decided case out: everything but the provider, which is asked by a job.

    Args:
        session: of the exchange itself
        sale: locked
        case: saved as decided, with its lines
        send: False where the provider has paid it already

    Raises:
        RefundExceedsLine: meanwhile less is left
    """
    parts = await lines_of(session, case.id)
    taken = await _take(session, sale, parts)
    order = sale.order
    entry = movements.refund_decided(case.id, order.id, order.organization_id, taken)
    await post(session, entry)
    if case.reason is RefundReason.price_cut:
        await _accept_rest(session, sale, parts)
    await _close_disputes(session, sale, case, parts)
    await _end_what_is_empty(session, sale, parts)
    if send:
        await _send(session, sale.payment, case)
    if sale.payment.evidence is EvidenceKind.invoice:
        await enqueue(session, "invoices.amend", case_id=str(case.id))
    await enqueue(session, "refunds.tell_decided", case_id=str(case.id))
    await record(
        session, "refund.decided", Thing("refund_case", case.id, order.organization_id),
        reason=case.note or None,
        facts={
            "order_id": str(order.id), "amount_won": case.amount_won, "reason": case.reason.value,
            "lines": {str(part.order_line_id): part.total_won for part in parts},
        },
    )  # fmt: skip


async def lines_of(session: AsyncSession, case_id: UUID) -> list[RefundLine]:
    """Return what a case takes from each line."""
    rows = await session.scalars(
        select(RefundLine)
        .where(col(RefundLine.case_id) == case_id)
        .order_by(col(RefundLine.order_line_id))
    )
    return list(rows)


async def _take(
    session: AsyncSession, sale: Sale, parts: Sequence[RefundLine]
) -> list[tuple[Account, UUID, int]]:
    """Count the refund on the lines and return from which account of which seller it is taken."""
    payable = await _payable_of(session, sale, parts)
    taken: list[tuple[Account, UUID, int]] = []
    for part in parts:
        line, amount_won = sale.lines[part.order_line_id], part.total_won
        split = split_of(line, amount_won)
        part.supply_won, part.vat_won = split.supply_won, split.vat_won
        line.refunded_supply_won += split.supply_won
        line.refunded_vat_won += split.vat_won
        seller_id = line.seller_id
        if sale.windows[line.id].state in HELD:
            taken.append((Account.held_seller_payable, seller_id, amount_won))
            continue
        there_won = min(amount_won, payable[seller_id])
        payable[seller_id] -= there_won
        taken.append((Account.seller_payable, seller_id, there_won))
        # It was paid out, or is on its way: the seller owes it.
        taken.append((Account.seller_clawback, seller_id, amount_won - there_won))
    await session.flush()
    return [one for one in taken if one[2]]


async def _payable_of(
    session: AsyncSession, sale: Sale, parts: Sequence[RefundLine]
) -> dict[UUID, int]:
    """Return what is payable to the sellers whose lines were accepted; nobody else takes from it meanwhile."""
    accepted = [part for part in parts if sale.windows[part.order_line_id].state not in HELD]
    found: dict[UUID, int] = {}
    for seller_id in sorted({part.seller_id for part in accepted}):
        found[seller_id] = await free_payable(session, seller_id)
    return found


async def _accept_rest(session: AsyncSession, sale: Sale, parts: Sequence[RefundLine]) -> None:
    """After a price cut the rest counts as accepted."""
    for part in parts:
        window = sale.windows[part.order_line_id]
        if window.state is AcceptanceState.disputed:
            line = sale.lines[part.order_line_id]
            await accepting.close(session, line, window, AcceptanceState.accepted, "price_cut")


async def _close_disputes(
    session: AsyncSession, sale: Sale, case: RefundCase, parts: Sequence[RefundLine]
) -> None:
    """End the dispute that led to the case, and those of which nothing is left to dispute."""
    for part in parts:
        dispute = await closing.open_of(session, part.order_line_id)
        if dispute is None:
            continue
        led_here = case.reason in OF_DISPUTES and dispute.case_id in {None, case.id}
        if not led_here and sale.lines[part.order_line_id].left_won:
            continue
        cut = case.reason is RefundReason.price_cut
        dispute.decided_by = dispute.decided_by or case.approved_by or case.decided_by
        dispute.case_id = case.id
        await closing.close(
            session, dispute, DisputeState.price_cut if cut else DisputeState.for_buyer
        )


async def _end_what_is_empty(
    session: AsyncSession, sale: Sale, parts: Sequence[RefundLine]
) -> None:
    ids = [part.order_line_id for part in parts if not sale.lines[part.order_line_id].left_won]
    await end(session, ids, EndReason.refunded)
    await end_windows(session, ids, "refunded")
    order = sale.order
    if order.state is OrderState.paid and not any(line.left_won for line in sale.lines.values()):
        await move(
            session, "purchase_order", order, OrderState.refunded,
            organization_id=order.organization_id,
        )  # fmt: skip


async def _send(session: AsyncSession, payment: Payment, case: RefundCase) -> None:
    refund = PaymentRefund(
        payment_id=payment.id, organization_id=payment.organization_id, case_id=case.id,
        amount_won=case.amount_won, reason=WORDS[case.reason],
    )  # fmt: skip
    session.add(refund)
    await session.flush()
    await enqueue(session, "payments.send_refund", refund_id=str(refund.id))
