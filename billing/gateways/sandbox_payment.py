"""A payment of the sandbox gateway and what the buttons of its pay page do to it. No IO."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from billing.gateways.facts import (
    DepositAccount,
    Failure,
    Intention,
    Method,
    ProviderState,
    Refund,
    RefundSeen,
    RefundState,
    state_of_refunds,
)

LATE: Final = timedelta(seconds=90)
"""Longer than the 60 s after which a sweeper asks."""


class Button(StrEnum):
    """What the pay page offers."""

    success = "success"
    refusal = "refusal"
    abandonment = "abandonment"
    late = "late"
    twice = "twice"
    account = "account"
    take_back = "take_back"


class SandboxPayment(Struct, frozen=True, kw_only=True):
    """A payment as the sandbox keeps it; ``version`` counts the changes."""

    intention: Intention
    state: ProviderState = ProviderState.open
    version: int = 0
    changed_at: datetime
    pays_at: datetime | None = None
    paid_at: datetime | None = None
    taken_back_at: datetime | None = None
    account: DepositAccount | None = None
    failure: Failure | None = None
    refunds: tuple[RefundSeen, ...] = ()

    @property
    def refunded_won(self) -> int:
        """What went back so far [won]."""
        return sum(refund.amount_won for refund in self.refunds)


class Delivery(Struct, frozen=True, kw_only=True):
    """A webhook to be sent, not before ``due_at``; sent again it keeps its ``event_id``."""

    event_id: str
    kind: str
    id: UUID
    due_at: datetime


class ButtonUnknown(ValueError):
    """The page of this payment has no such button now."""


KINDS: Final = {
    ProviderState.awaiting_deposit: "Payment.AwaitingDeposit",
    ProviderState.paid: "Payment.Paid",
    ProviderState.partly_refunded: "Payment.PartlyRefunded",
    ProviderState.refunded: "Payment.Refunded",
    ProviderState.failed: "Payment.Failed",
    ProviderState.closed: "Payment.Closed",
}


def begun(intention: Intention, now: datetime) -> SandboxPayment:
    """Return a new payment."""
    return SandboxPayment(intention=intention, changed_at=now)


def buttons_of(payment: SandboxPayment) -> tuple[Button, ...]:
    """Return the buttons of the pay page, in order; none where nothing can happen any more."""
    by_account = payment.intention.method is Method.virtual_account
    if payment.state is ProviderState.open and payment.pays_at is None:
        first = (Button.account,) if by_account else (Button.success, Button.late, Button.twice)
        return (*first, Button.refusal, Button.abandonment)
    if payment.state is ProviderState.awaiting_deposit and payment.pays_at is None:
        return (Button.success, Button.late, Button.twice)
    if payment.state is ProviderState.paid and by_account:
        return (Button.take_back,)
    return ()


def at(payment: SandboxPayment, now: datetime) -> SandboxPayment:
    """Return the payment as it stands now: late money arrives, and what nobody pays expires."""
    unpaid = payment.state in {ProviderState.open, ProviderState.awaiting_deposit}
    if unpaid and payment.pays_at is not None and now >= payment.pays_at:
        return _changed(payment, ProviderState.paid, payment.pays_at)
    if unpaid and payment.pays_at is None and now >= payment.intention.expires_at:
        return _changed(payment, ProviderState.closed, payment.intention.expires_at)
    return payment


def pressed(
    payment: SandboxPayment, button: Button, now: datetime, *, late: timedelta = LATE
) -> tuple[SandboxPayment, tuple[Delivery, ...]]:
    """Return what a button makes of a payment, and the webhooks that tell of it.

    Args:
        payment: as it stands now, after ``at``
        late: how long the money of ``Button.late`` takes

    Raises:
        ButtonUnknown: the page has no such button now
    """
    if button not in buttons_of(payment):
        raise ButtonUnknown(button)
    if button is Button.late:
        pays_at = now + late
        waiting = msgspec.structs.replace(payment, pays_at=pays_at, version=payment.version + 1)
        return waiting, (delivery(waiting, ProviderState.paid, pays_at),)
    after = _changed(payment, AFTER[button], now)
    told = delivery(after, after.state, now)
    return after, (told, told) if button is Button.twice else (told,)


AFTER: Final = {
    Button.success: ProviderState.paid,
    Button.twice: ProviderState.paid,
    Button.refusal: ProviderState.failed,
    Button.abandonment: ProviderState.closed,
    Button.account: ProviderState.awaiting_deposit,
    Button.take_back: ProviderState.awaiting_deposit,
}


def _changed(payment: SandboxPayment, state: ProviderState, when: datetime) -> SandboxPayment:
    changes: dict[str, object] = {"pays_at": None}
    if state is ProviderState.paid:
        changes["paid_at"] = when
    elif state is ProviderState.failed:
        changes["failure"] = Failure(code="CARD_REFUSED", message="한도 초과로 거절되었습니다.")
    elif state is ProviderState.awaiting_deposit and payment.state is ProviderState.paid:
        changes |= {"paid_at": None, "taken_back_at": when}
    elif state is ProviderState.awaiting_deposit:
        changes["account"] = DepositAccount(
            bank="시험은행",
            number=f"9{payment.intention.id.int % 10**12:012d}",
            holder="제조데이터 거래소(시험)",
            due_at=payment.intention.expires_at,
        )
    return msgspec.structs.replace(
        payment, state=state, version=payment.version + 1, changed_at=when, **changes
    )


def refunded(
    payment: SandboxPayment, refund: Refund, now: datetime
) -> tuple[SandboxPayment, RefundSeen]:
    """Return the payment after a refund that was found to be allowed."""
    seen = RefundSeen(
        refund_id=refund.id,
        provider_key=f"sandbox-refund-{refund.id}",
        amount_won=refund.amount_won,
        state=RefundState.done,
        refunded_at=now,
    )
    total_won = payment.refunded_won + refund.amount_won
    state = state_of_refunds(payment.intention.amount_won, total_won)
    after = _changed(payment, state, now)
    return msgspec.structs.replace(after, refunds=(*payment.refunds, seen)), seen


def closed(payment: SandboxPayment, now: datetime) -> SandboxPayment:
    """Return the payment after it was closed by us; money on its way does not come any more."""
    return _changed(payment, ProviderState.closed, now)


def delivery(payment: SandboxPayment, state: ProviderState, due_at: datetime) -> Delivery:
    """Return the webhook that tells of a state."""
    return Delivery(
        event_id=f"sandbox-{payment.intention.id}-{payment.version}",
        kind=KINDS[state],
        id=payment.intention.id,
        due_at=due_at,
    )
