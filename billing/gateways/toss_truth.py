"""Toss Payments' payments in our words. No IO."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from billing.gateways.facts import (
    SEOUL,
    DepositAccount,
    Failure,
    Movement,
    MovementKind,
    PaymentSeen,
    ProviderState,
    RefundSeen,
    RefundState,
    our_id,
    state_of_refunds,
)
from billing.gateways.marks import id_in

NAME: Final = "toss"
STATES: Final = {
    "READY": ProviderState.open,
    "IN_PROGRESS": ProviderState.open,
    "WAITING_FOR_DEPOSIT": ProviderState.awaiting_deposit,
    "DONE": ProviderState.paid,
    "PARTIAL_CANCELED": ProviderState.paid,
    "CANCELED": ProviderState.paid,
    "ABORTED": ProviderState.failed,
    "EXPIRED": ProviderState.closed,
}
"""A status that is new to us is waited on, as one that is open."""
MOVED: Final = {
    "DONE": MovementKind.paid,
    "CANCELED": MovementKind.refunded,
    "PARTIAL_CANCELED": MovementKind.refunded,
}
REFUND_STATES: Final = {
    "DONE": RefundState.done,
    "IN_PROGRESS": RefundState.pending,
    "ABORTED": RefundState.failed,
}


def seen(
    payment_id: UUID, payment: dict[str, Any], asked_at: datetime, *, live: bool
) -> PaymentSeen:
    """Return a payment as ``GET /v1/payments/orders/{orderId}`` gives it.

    Args:
        live: by our key; a payment does not say it
    """
    amount_won = payment["totalAmount"]
    parts = () if _never_paid(payment) else refunds_of(payment)
    refunded_won = sum(one.amount_won for one in parts if one.state is not RefundState.failed)
    state = STATES.get(payment["status"], ProviderState.open)
    if _never_paid(payment):
        state = ProviderState.closed
    elif state is ProviderState.paid:
        state = state_of_refunds(amount_won, refunded_won)
    paid = state in _PAID
    return PaymentSeen(
        gateway=NAME,
        id=payment_id,
        state=state,
        provider_status=payment["status"],
        provider_key=payment["paymentKey"],
        amount_won=amount_won,
        refunded_won=refunded_won,
        currency=payment["currency"],
        live=live,
        asked_at=asked_at,
        paid_at=_instant(payment.get("approvedAt")) if paid else None,
        receipt_url=(payment.get("receipt") or {}).get("url") or "",
        account=_account(payment.get("virtualAccount")),
        failure=_failure(payment.get("failure")),
        refunds=parts,
    )


_PAID: Final = frozenset(
    {ProviderState.paid, ProviderState.partly_refunded, ProviderState.refunded}
)


def _never_paid(payment: dict[str, Any]) -> bool:
    """Whether this is an account that was cancelled before its deposit: nothing went back."""
    account = payment.get("virtualAccount")
    return (
        payment["status"] == "CANCELED"
        and account is not None
        and account.get("refundStatus") == "NONE"
    )


def refunds_of(payment: dict[str, Any]) -> tuple[RefundSeen, ...]:
    """Return the refunds of a payment, oldest first."""
    return tuple(refund_seen(one) for one in payment.get("cancels") or [])


def refund_seen(cancel: dict[str, Any]) -> RefundSeen:
    """Return one refund; our id stands in its reason."""
    return RefundSeen(
        refund_id=id_in(cancel["cancelReason"]),
        provider_key=cancel["transactionKey"],
        amount_won=cancel["cancelAmount"],
        state=REFUND_STATES.get(cancel.get("cancelStatus") or "DONE", RefundState.pending),
        refunded_at=_instant(cancel.get("canceledAt")),
    )


def _account(account: dict[str, Any] | None) -> DepositAccount | None:
    if not account:
        return None
    return DepositAccount(
        bank=account.get("bankCode") or "",
        number=account["accountNumber"],
        holder=account.get("customerName") or "",
        due_at=_instant(account.get("dueDate")),
    )


def _failure(failure: dict[str, Any] | None) -> Failure | None:
    if not failure:
        return None
    return Failure(code=failure["code"], message=failure.get("message") or "")


def movement(transaction: dict[str, Any], refund_id: UUID | None) -> Movement:
    """Return a line of the provider's list; its sums of cancels come with or without a sign."""
    moved_at = _instant(transaction["transactionAt"])
    assert moved_at is not None
    return Movement(
        kind=MOVED[transaction["status"]],
        id=our_id(transaction["orderId"]),
        provider_key=transaction["transactionKey"],
        amount_won=abs(transaction["amount"]),
        moved_at=moved_at,
        refund_id=refund_id,
    )


def _instant(text: str | None) -> datetime | None:
    """Return an instant; one without a zone is Seoul's."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=SEOUL)
