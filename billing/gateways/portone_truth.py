"""PortOne's payments in our words. No IO."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from billing.gateways.facts import (
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

NAME: Final = "portone"
STATES: Final = {
    "READY": ProviderState.open,
    "PENDING": ProviderState.open,
    "VIRTUAL_ACCOUNT_ISSUED": ProviderState.awaiting_deposit,
    "PAID": ProviderState.paid,
    "PARTIAL_CANCELLED": ProviderState.paid,
    "FAILED": ProviderState.failed,
}
"""A status that is new to us is waited on, as one that is open."""
REFUND_STATES: Final = {
    "SUCCEEDED": RefundState.done,
    "REQUESTED": RefundState.pending,
    "FAILED": RefundState.failed,
}
EXPIRY: Final = "expiredAt"


def seen(payment_id: UUID, payment: dict[str, Any], asked_at: datetime) -> PaymentSeen:
    """Return a payment as ``GET /payments/{id}`` gives it."""
    status = payment["status"]
    amount_won = payment["amount"]["total"]
    parts = refunds_of(payment)
    refunded_won = sum(one.amount_won for one in parts if one.state is not RefundState.failed)
    disputes = payment.get("disputes") or []
    return PaymentSeen(
        gateway=NAME,
        id=payment_id,
        state=_state(payment, amount_won, refunded_won),
        provider_status=status,
        provider_key=payment.get("transactionId") or "",
        amount_won=amount_won,
        refunded_won=refunded_won,
        currency=payment["currency"],
        live=(payment.get("channel") or {}).get("type") == "LIVE",
        asked_at=asked_at,
        paid_at=_instant(payment.get("paidAt")) if status not in _UNPAID else None,
        receipt_url=payment.get("receiptUrl") or "",
        account=_account(payment.get("method") or {}),
        failure=_failure(payment.get("failure")),
        refunds=parts,
        disputed=any(one.get("status") != "RESOLVED" for one in disputes),
    )


_UNPAID: Final = frozenset({"READY", "PENDING", "VIRTUAL_ACCOUNT_ISSUED", "FAILED"})


def _state(payment: dict[str, Any], amount_won: int, refunded_won: int) -> ProviderState:
    if payment["status"] == "CANCELLED" and not payment.get("paidAt"):
        return ProviderState.closed
    if payment["status"] == "CANCELLED":
        return ProviderState.refunded
    state = STATES.get(payment["status"], ProviderState.open)
    return state_of_refunds(amount_won, refunded_won) if state is ProviderState.paid else state


def refunds_of(payment: dict[str, Any]) -> tuple[RefundSeen, ...]:
    """Return the refunds of a payment; closing an account that nobody paid is none."""
    if not payment.get("paidAt"):
        return ()
    return tuple(refund_seen(one) for one in payment.get("cancellations") or [])


def refund_seen(cancellation: dict[str, Any]) -> RefundSeen:
    """Return one refund; our id stands in its reason."""
    return RefundSeen(
        refund_id=id_in(cancellation["reason"]),
        provider_key=cancellation["id"],
        amount_won=cancellation["totalAmount"],
        state=REFUND_STATES.get(cancellation["status"], RefundState.pending),
        refunded_at=_instant(cancellation.get("cancelledAt")),
    )


def _account(method: dict[str, Any]) -> DepositAccount | None:
    if method.get("type") != "PaymentMethodVirtualAccount":
        return None
    return DepositAccount(
        bank=method.get("bank") or "",
        number=method["accountNumber"],
        holder=method.get("remitteeName") or "",
        due_at=_instant(method.get(EXPIRY)),
    )


def _failure(failure: dict[str, Any] | None) -> Failure | None:
    if not failure:
        return None
    code = failure.get("pgCode") or failure.get("reason") or "unknown"
    return Failure(code=code, message=failure.get("pgMessage") or failure.get("reason") or "")


def movements_of(payment: dict[str, Any]) -> Iterator[Movement]:
    """Yield what moved in a payment, whenever it did."""
    payment_id = our_id(payment["id"])
    paid_at = _instant(payment.get("paidAt"))
    if paid_at is not None and payment["status"] not in _UNPAID:
        yield Movement(
            kind=MovementKind.paid,
            id=payment_id,
            provider_key=payment.get("transactionId") or "",
            amount_won=payment["amount"]["total"],
            moved_at=paid_at,
        )
    for refund in refunds_of(payment):
        if refund.state is RefundState.done and refund.refunded_at is not None:
            yield Movement(
                kind=MovementKind.refunded,
                id=payment_id,
                provider_key=refund.provider_key,
                amount_won=refund.amount_won,
                moved_at=refund.refunded_at,
                refund_id=refund.refund_id,
            )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
