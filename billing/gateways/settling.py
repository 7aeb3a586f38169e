"""What to do with a payment: from our state and the provider's truth to the next step. No IO.

The return URL, a webhook, the poller and the operator's button all ask here. The caller locks the
payment, decides, does the step, and decides again until the step is one that ends the round. So it
does not matter how many events came, in which order, or how often: only the truth counts.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from billing.gateways.facts import PaymentSeen, ProviderState, RefundSeen, RefundState


class PaymentState(StrEnum):
    """Our own state of a payment. It moves by ``NEXT`` alone; the provider's status may regress."""

    created = "created"
    awaiting_deposit = "awaiting_deposit"
    paid = "paid"
    """Money is here and the buyer has what was bought."""
    partly_refunded = "partly_refunded"
    refunded = "refunded"
    failed = "failed"
    closed = "closed"
    taken_back = "taken_back"
    """The bank took the deposit back: what was given ends."""
    surplus = "surplus"
    """Money is here and nothing was given for it: it came too late, or twice. It goes back."""


class Step(StrEnum):
    """What the caller does under the lock of the payment."""

    nothing = "nothing"
    wait = "wait"
    """Ask again later."""
    ask_again = "ask_again"
    """This answer is older than the last one applied: ask anew, now."""
    show_account = "show_account"
    complete = "complete"
    """Book the money, give what was bought, see to the evidence."""
    fail = "fail"
    close = "close"
    close_there = "close_there"
    """Ask the gateway to close it: nobody may pay it any more."""
    keep_apart = "keep_apart"
    """Book the money, give nothing."""
    give_back = "give_back"
    """Start a refund of all that is left."""
    book_refund = "book_refund"
    """Book the refunds that the provider made, end what was given for them."""
    take_back = "take_back"
    """Reverse the booking, end what was given."""
    ask_operator = "ask_operator"
    """No rule fits; a row in the operator's queue, nothing else changes."""


ENDS: Final = frozenset(
    {
        Step.nothing,
        Step.wait,
        Step.ask_again,
        Step.close_there,
        Step.give_back,
        Step.ask_operator,
    }
)
"""After these the round is over: nothing changes by asking the table once more."""


class Reason(StrEnum):
    """Why an operator is asked."""

    amount_differs = "amount_differs"
    currency_differs = "currency_differs"
    not_live = "not_live"
    live_in_test = "live_in_test"
    disputed = "disputed"
    vanished = "vanished"
    regressed = "regressed"
    refunds_differ = "refunds_differ"


class Ours(Struct, frozen=True, kw_only=True):
    """Our side of a payment, as its locked row tells.

    Args:
        wanted: the order can still be given for this money: neither expired nor paid otherwise
        refunded_won: refunds that we booked [won]
        booked: our refunds, and the provider's keys of refunds, that we booked
        live: real money is expected
        asked_at: when the truth that was applied last was asked for [UTC]
    """

    id: UUID
    state: PaymentState
    amount_won: int
    wanted: bool
    live: bool
    refunded_won: int = 0
    booked: frozenset[str] = frozenset()
    asked_at: datetime | None = None

    @property
    def held_won(self) -> int:
        """Money of this payment that is with us by our books [won]."""
        return self.amount_won - self.refunded_won if self.state in MONEY_IS_HERE else 0


class Decision(Struct, frozen=True, kw_only=True):
    """The step, and for an operator why."""

    step: Step
    reason: Reason | None = None
    refunds: tuple[RefundSeen, ...] = ()
    """With ``book_refund``: those that are not booked yet."""


_P = PaymentState
_S = Step
_PROVIDER: Final = (
    ProviderState.absent,
    ProviderState.open,
    ProviderState.awaiting_deposit,
    ProviderState.paid,
    ProviderState.partly_refunded,
    ProviderState.refunded,
    ProviderState.failed,
    ProviderState.closed,
)
MONEY_IS_HERE: Final = frozenset({_P.paid, _P.partly_refunded, _P.surplus})

# One row for each state of ours, one column for each state in the order of ``_PROVIDER``.
# "money" is ``complete`` where the order still wants it and ``keep_apart`` where it does not.
_ROWS: Final[dict[PaymentState, str]] = {
    _P.created: "wait wait show_account money money keep_apart fail close",
    _P.awaiting_deposit: "ask_operator wait wait money money keep_apart fail close",
    _P.paid: "ask_operator ask_operator take_back refunds refunds refunds ask_operator take_back",
    _P.partly_refunded: (
        "ask_operator ask_operator ask_operator refunds refunds refunds ask_operator ask_operator"
    ),
    _P.refunded: ("ask_operator ask_operator ask_operator refunds refunds refunds nothing nothing"),
    _P.failed: "nothing wait show_account money money keep_apart nothing close",
    _P.closed: "nothing close_there close_there money money keep_apart nothing nothing",
    _P.taken_back: "ask_operator ask_operator wait money money keep_apart close close",
    _P.surplus: (
        "ask_operator ask_operator take_back give_back give_back refunds ask_operator take_back"
    ),
}
TABLE: Final[dict[tuple[PaymentState, ProviderState], str]] = {
    (ours, theirs): word
    for ours, row in _ROWS.items()
    for theirs, word in zip(_PROVIDER, row.split(), strict=True)
}

NEXT: Final[dict[Step, PaymentState]] = {
    Step.show_account: _P.awaiting_deposit,
    Step.complete: _P.paid,
    Step.keep_apart: _P.surplus,
    Step.fail: _P.failed,
    Step.close: _P.closed,
    Step.take_back: _P.taken_back,
}
"""The state after a step; ``book_refund`` leads by its sum, all others change nothing."""


def decide(ours: Ours, seen: PaymentSeen) -> Decision:
    """Return the next step for a payment.

    Args:
        ours: read under the lock
        seen: asked for outside the transaction, for the same payment

    Source:
        the order of events of a transfer, and of ``settle``: DESIGN rules 2 and 3
    """
    if ours.id != seen.id:
        raise ValueError(f"the truth of {seen.id} does not concern {ours.id}")
    if ours.asked_at is not None and seen.asked_at < ours.asked_at:
        return Decision(step=Step.ask_again)
    if (reason := _doubt(ours, seen)) is not None:
        return Decision(step=Step.ask_operator, reason=reason)
    word = TABLE[ours.state, seen.state]
    if word == "money":
        return Decision(step=Step.complete if ours.wanted else Step.keep_apart)
    going_back = word == "give_back" and seen.refunded_won != ours.refunded_won
    if word == "refunds" or going_back:
        return _refunds(ours, seen)
    step = Step(word)
    if step is Step.take_back and ours.refunded_won:
        step = Step.ask_operator  # the bank took back what we had partly given back already
    return Decision(step=step, reason=_reason(seen) if step is Step.ask_operator else None)


def _doubt(ours: Ours, seen: PaymentSeen) -> Reason | None:
    """Return why this truth must not be applied by a rule, or None."""
    if seen.state is ProviderState.absent:
        return None
    if seen.currency != "KRW":
        return Reason.currency_differs
    if seen.amount_won != ours.amount_won:
        return Reason.amount_differs
    if seen.live != ours.live:
        return Reason.not_live if ours.live else Reason.live_in_test
    return Reason.disputed if seen.disputed else None


def _reason(seen: PaymentSeen) -> Reason:
    return Reason.vanished if seen.state is ProviderState.absent else Reason.regressed


def refund_key(refund: RefundSeen) -> str:
    """Return what a refund is booked under: our id, or the provider's key where it is not ours."""
    return str(refund.refund_id) if refund.refund_id else f"provider:{refund.provider_key}"


def _unbooked(ours: Ours, seen: PaymentSeen) -> tuple[RefundSeen, ...]:
    return tuple(
        refund
        for refund in seen.refunds
        if refund.state is RefundState.done and refund_key(refund) not in ours.booked
    )


def _refunds(ours: Ours, seen: PaymentSeen) -> Decision:
    """Compare what the provider gave back with what we booked.

    Refunds under way are waited for. Less than we booked, more than was paid, or a sum that its
    parts do not explain is nobody's to guess.
    """
    missing = _unbooked(ours, seen)
    after_won = ours.refunded_won + sum(refund.amount_won for refund in missing)
    under_way_won = sum(r.amount_won for r in seen.refunds if r.state is RefundState.pending)
    if after_won > ours.amount_won or after_won + under_way_won != seen.refunded_won:
        return Decision(step=Step.ask_operator, reason=Reason.refunds_differ)
    if missing:
        return Decision(step=Step.book_refund, refunds=missing)
    return Decision(step=Step.wait if under_way_won else Step.nothing)


def applied(ours: Ours, decision: Decision, seen: PaymentSeen) -> Ours:
    """Return our side after the step was done."""
    ours = replace(ours, asked_at=seen.asked_at) if decision.step is not Step.ask_again else ours
    if decision.step is Step.book_refund:
        total_won = ours.refunded_won + sum(refund.amount_won for refund in decision.refunds)
        whole = total_won == ours.amount_won
        part = _P.surplus if ours.state is _P.surplus else _P.partly_refunded
        return replace(
            ours,
            state=_P.refunded if whole else part,
            refunded_won=total_won,
            booked=ours.booked | {refund_key(refund) for refund in decision.refunds},
        )
    return replace(ours, state=NEXT.get(decision.step, ours.state))


ROUNDS_MAX: Final = 5
"""The longest way: money kept apart, its refund booked, and the end; with room to spare."""


def settled(ours: Ours, seen: PaymentSeen) -> tuple[Ours, list[Decision]]:
    """Return our side after all steps that this truth asks for, and the steps in order.

    Raises:
        AssertionError: the table leads in a circle, which no pair of states does
    """
    taken: list[Decision] = []
    for _ in range(ROUNDS_MAX):
        decision = decide(ours, seen)
        taken.append(decision)
        ours = applied(ours, decision, seen)
        if decision.step in ENDS:
            return ours, taken
    raise AssertionError(f"no end for {ours.state} and {seen.state}")
