"""What each step of a payment does: the states, the books, the right to use, and whom to tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.gateways.facts import PaymentSeen, RefundSeen
from billing.gateways.settling import PaymentState, Reason
from billing.ledger import movements
from billing.ledger.entries import Account
from billing.ledger.queries import standing
from billing.ledger.service import post, reverse
from marketplace.audit import Thing, record
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.orders.acceptance.opening import end_windows, open_windows
from marketplace.orders.delivery.granting import end, grant
from marketplace.orders.delivery.models import EndReason
from marketplace.orders.payments.models import (
    EvidenceKind,
    Payment,
    PaymentQuestion,
    PaymentRefund,
    RefundState,
)
from marketplace.orders.purchases.models import Order, OrderState
from marketplace.orders.purchases.queries import lines_of
from marketplace.states import move

ORDER: Final = "purchase_order"
PAYMENT: Final = "payment"
SURPLUS_REASON: Final = "늦었거나 두 번 된 결제의 반환"


@dataclass(frozen=True)
class Books:
    """One locked payment with its order, and the truth that is applied to it.

    Args:
        session: of the exchange itself
        cause: kept as the reason of each step
    """

    session: AsyncSession
    order: Order
    payment: Payment
    seen: PaymentSeen
    cause: str

    async def show_account(self) -> None:
        """The bank gave an account: the order waits as long as it does."""
        account = self.seen.account
        if account is not None:
            self.payment.account = {
                "bank": account.bank,
                "number": account.number,
                "holder": account.holder,
                "due_at": account.due_at.isoformat() if account.due_at else None,
            }
            if account.due_at is not None:
                self.payment.expires_at = account.due_at
        self.order.expires_at = max(self.order.expires_at, self.payment.expires_at)
        await self._move(PaymentState.awaiting_deposit)
        await enqueue(self.session, "checkout.tell_account", payment_id=str(self.payment.id))

    async def complete(self) -> None:
        """Money is here and the order wants it: book it, give what was bought, see to the evidence."""
        await self._close_others()
        at, lines = now(self.session), await lines_of(self.session, self.order.id)
        self.payment.paid_at = self.seen.paid_at or at
        self.payment.failure_code = self.payment.failure_message = ""
        await self._move(PaymentState.paid)
        self.order.paid_at = at
        await self._move_order(OrderState.paid)
        shares: dict[UUID, int] = {}
        for line in lines:
            shares[line.seller_id] = shares.get(line.seller_id, 0) + line.paid.total_won
        count, _ = await standing(self.session, movements.PAYMENT, self.payment.id)
        into = Account.gateway_clearing
        entry = movements.paid(self.payment.id, self.order.id, shares, into=into, nth=count + 1)
        await post(self.session, entry)
        await grant(self.session, lines)
        await open_windows(self.session, lines)
        await self._audit("payment.completed")
        await enqueue(self.session, "checkout.tell_paid", order_id=str(self.order.id))
        if self.payment.evidence is EvidenceKind.invoice:
            await enqueue(self.session, "invoices.draw_up", order_id=str(self.order.id))

    async def keep_apart(self) -> None:
        """Money is here for which nothing is given: it goes back."""
        self.payment.paid_at = self.seen.paid_at or now(self.session)
        await self._move(PaymentState.surplus)
        entry = movements.kept_apart(
            self.payment.id, self.order.id, self.payment.amount_won, into=Account.gateway_clearing
        )
        await post(self.session, entry)
        await self._audit("payment.kept_apart")

    async def fail(self) -> None:
        """Card company or bank said no."""
        if self.seen.failure is not None:
            self.payment.failure_code = self.seen.failure.code[:100]
            self.payment.failure_message = self.seen.failure.message[:500]
        await self._move(PaymentState.failed)

    async def close(self) -> None:
        """The buyer gave up, or it expired there."""
        await self._move(PaymentState.closed)

    async def take_back(self) -> None:
        """The bank took the deposit back: reverse the booking, end what was given."""
        if self.payment.state is PaymentState.surplus:
            await self._reverse(movements.SURPLUS, self.payment.id)
            await self._move(PaymentState.taken_back)
            await self._audit("payment.taken_back")
            return
        lines = [line.id for line in await lines_of(self.session, self.order.id)]
        for line_id in lines:
            await self._reverse(movements.ACCEPTANCE, line_id)
        await self._reverse(movements.PAYMENT, self.payment.id)
        await end(self.session, lines, EndReason.taken_back)
        await end_windows(self.session, lines, "taken_back")
        await self._move(PaymentState.taken_back)
        await self._move_order(OrderState.taken_back)
        await self._audit("payment.taken_back")
        await enqueue(self.session, "checkout.tell_taken_back", order_id=str(self.order.id))
        if self.payment.evidence is EvidenceKind.invoice:
            await enqueue(self.session, "invoices.withdraw", order_id=str(self.order.id))

    async def give_back(self) -> None:
        """Want a refund of all that was kept apart; one is wanted once."""
        waiting = await self.session.scalar(
            select(col(PaymentRefund.id)).where(
                col(PaymentRefund.payment_id) == self.payment.id,
                col(PaymentRefund.state) != RefundState.done,
            )
        )
        if waiting is not None:
            return
        refund = PaymentRefund(
            payment_id=self.payment.id,
            organization_id=self.payment.organization_id,
            amount_won=self.payment.amount_won - self.payment.refunded_won,
            reason=SURPLUS_REASON,
        )
        self.session.add(refund)
        await self.session.flush()
        await enqueue(self.session, "payments.send_refund", refund_id=str(refund.id))

    async def book_refunds(self, refunds: Sequence[RefundSeen]) -> None:
        """Book what the provider paid back, ours and what it did without us."""
        for seen in refunds:
            refund = await self._refund_of(seen)
            refund.state, refund.provider_key = RefundState.done, seen.provider_key
            refund.booked_at = now(self.session)
            self.payment.refunded_won += seen.amount_won
            await self.session.flush()
            await self._book_refund(refund)
        whole = self.payment.refunded_won == self.payment.amount_won
        if whole:
            await self._move(PaymentState.refunded)
        elif self.payment.state is PaymentState.paid:
            await self._move(PaymentState.partly_refunded)

    async def _refund_of(self, seen: RefundSeen) -> PaymentRefund:
        refund = await self.session.get(PaymentRefund, seen.refund_id) if seen.refund_id else None
        if refund is not None:
            return refund
        refund = PaymentRefund(
            payment_id=self.payment.id,
            organization_id=self.payment.organization_id,
            amount_won=seen.amount_won,
            reason="결제 대행사에서 직접 환불",
        )
        self.session.add(refund)
        return refund

    async def _book_refund(self, refund: PaymentRefund) -> None:
        out_of = Account.gateway_clearing
        if self.payment.state is PaymentState.surplus:
            entry = movements.given_back(refund.id, self.order.id, refund.amount_won, out_of=out_of)
        else:
            entry = movements.refund_paid(
                refund.id, self.order.id, self.order.organization_id, refund.amount_won,
                out_of=out_of,
            )  # fmt: skip
            # Its case goes on; one that the provider made without us gets a case first.
            await enqueue(self.session, "refunds.paid", refund_id=str(refund.id))
        await post(self.session, entry)

    async def ask_operator(self, reason: Reason | None) -> None:
        """Put the payment into the operator's queue, once for each reason."""
        assert reason is not None, "a question has its reason"
        asked = insert(PaymentQuestion).values(
            payment_id=self.payment.id,
            reason=reason,
            detail=f"{self.seen.provider_status} {self.seen.amount_won} {self.seen.refunded_won}",
        )
        await self.session.execute(asked.on_conflict_do_nothing())

    async def _close_others(self) -> None:
        """Nobody may pay this order a second time: close its other open attempts."""
        others = await self.session.scalars(
            select(Payment)
            .where(
                col(Payment.order_id) == self.order.id,
                col(Payment.id) != self.payment.id,
                col(Payment.state).in_([PaymentState.created, PaymentState.awaiting_deposit]),
            )
            .with_for_update()
        )
        for other in others:
            other.ask_at = now(self.session)  # the sweeper closes it there
            await self._move(PaymentState.closed, other)

    async def _move(self, state: PaymentState, payment: Payment | None = None) -> None:
        payment = payment or self.payment
        await move(
            self.session, PAYMENT, payment, state,
            organization_id=payment.organization_id, reason=self.cause,
        )  # fmt: skip

    async def _move_order(self, state: OrderState) -> None:
        await move(
            self.session, ORDER, self.order, state, organization_id=self.order.organization_id
        )

    async def _reverse(self, kind: str, source_id: UUID) -> None:
        """Post the opposite of the booking that stands, where one does."""
        count, found = await standing(self.session, kind, source_id)
        if found is not None:
            source = movements.source_of(f"{kind}_taken_back", source_id, count)
            await reverse(self.session, found, source)

    async def _audit(self, action: str) -> None:
        await record(
            self.session, action, Thing("payment", self.payment.id, self.payment.organization_id),
            facts={
                "order_id": str(self.order.id), "amount_won": self.payment.amount_won,
                "cause": self.cause, "gateway": self.payment.gateway,
            },
        )  # fmt: skip
