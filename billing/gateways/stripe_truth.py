"""Stripe's objects in our words. No IO."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from billing.gateways.facts import (
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

NAME: Final = "stripe"
REFUND_STATES: Final = {
    "succeeded": RefundState.done,
    "pending": RefundState.pending,
    "requires_action": RefundState.pending,
    "failed": RefundState.failed,
    "canceled": RefundState.failed,
}


def seen(
    payment_id: UUID,
    session: dict[str, Any],
    refunds: Sequence[dict[str, Any]],
    asked_at: datetime,
) -> PaymentSeen:
    """Return a session with its payment intent, charge and refunds."""
    intent = session.get("payment_intent")
    intent = intent if isinstance(intent, dict) else {}
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    parts = tuple(refund_seen(one) for one in refunds)
    refunded_won = sum(one.amount_won for one in parts if one.state is not RefundState.failed)
    amount_won = session.get("amount_total") or 0
    state = _state(session, intent)
    if state is ProviderState.paid:
        state = state_of_refunds(amount_won, refunded_won)
    return PaymentSeen(
        gateway=NAME,
        id=payment_id,
        state=state,
        provider_status=f"{session['status']}/{session['payment_status']}",
        provider_key=session["id"],
        amount_won=amount_won,
        refunded_won=refunded_won,
        currency=str(session.get("currency") or "").upper(),
        live=bool(session["livemode"]),
        asked_at=asked_at,
        paid_at=instant(charge["created"]) if charge.get("paid") else None,
        receipt_url=charge.get("receipt_url") or "",
        failure=_failure(intent),
        refunds=parts,
        disputed=bool(charge.get("disputed")),
    )


def _state(session: dict[str, Any], intent: dict[str, Any]) -> ProviderState:
    if session["payment_status"] == "paid":
        return ProviderState.paid
    if session["status"] == "expired":
        return ProviderState.closed
    over = intent.get("status") in {"requires_payment_method", "canceled"}
    if session["status"] == "complete" and over:
        return ProviderState.failed
    return ProviderState.open


def _failure(intent: dict[str, Any]) -> Failure | None:
    """Return why the last try failed; the buyer may try again while the session is open."""
    error = intent.get("last_payment_error")
    if not error:
        return None
    code = error.get("decline_code") or error.get("code") or "unknown"
    return Failure(code=code, message=error.get("message") or "")


def refund_seen(refund: dict[str, Any]) -> RefundSeen:
    """Return a refund; one that was made at the provider's dashboard carries no id of ours."""
    return RefundSeen(
        refund_id=our_id((refund.get("metadata") or {}).get("refund_id")),
        provider_key=refund["id"],
        amount_won=refund["amount"],
        state=REFUND_STATES.get(refund.get("status") or "pending", RefundState.pending),
        refunded_at=instant(refund["created"]),
    )


def charge_movement(charge: dict[str, Any]) -> Movement:
    """Return a charge as a line of the day's list."""
    return Movement(
        kind=MovementKind.paid,
        id=our_id((charge.get("metadata") or {}).get("intention_id")),
        provider_key=charge["id"],
        amount_won=charge["amount"],
        moved_at=instant(charge["created"]),
    )


def refund_movement(refund: dict[str, Any]) -> Movement:
    """Return a refund as a line of the day's list."""
    metadata = refund.get("metadata") or {}
    return Movement(
        kind=MovementKind.refunded,
        id=our_id(metadata.get("intention_id")),
        provider_key=refund["id"],
        amount_won=refund["amount"],
        moved_at=instant(refund["created"]),
        refund_id=our_id(metadata.get("refund_id")),
    )


def instant(seconds: int) -> datetime:
    """Return the instant of a number of seconds since 1970 [UTC]."""
    return datetime.fromtimestamp(seconds, UTC)
