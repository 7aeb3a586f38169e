"""The decision of settle: every cell of the table, named cases, and all 720 orders of six events."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from uuid import UUID, uuid5

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.gateways.facts import PaymentSeen, ProviderState, RefundSeen, RefundState
from billing.gateways.settling import (
    ENDS,
    MONEY_IS_HERE,
    TABLE,
    Decision,
    Ours,
    PaymentState,
    Reason,
    Step,
    applied,
    decide,
    settled,
)

ID = UUID("6f1d2a1e-8a53-4f0d-9d30-3a0f1b6c7d8e")
TOTAL_WON = 110_000
BEGUN = datetime(2026, 11, 28, tzinfo=UTC)
P, S = PaymentState, ProviderState


def ours(state: PaymentState = P.created, **more: object) -> Ours:
    given_values = {"id": ID, "amount_won": TOTAL_WON, "wanted": True, "live": True} | more
    return Ours(state=state, **given_values)  # type: ignore[arg-type]


def a_part(number: int, amount_won: int, state: RefundState = RefundState.done) -> RefundSeen:
    return RefundSeen(
        refund_id=uuid5(ID, str(number)),
        provider_key=f"r{number}",
        amount_won=amount_won,
        state=state,
    )


def truth(
    state: ProviderState, *parts: RefundSeen, asked_s: int = 0, **more: object
) -> PaymentSeen:
    values = {
        "gateway": "sandbox",
        "provider_status": state.value.upper(),
        "provider_key": "k",
        "amount_won": 0 if state is S.absent else TOTAL_WON,
        "refunded_won": sum(p.amount_won for p in parts if p.state is not RefundState.failed),
        "live": True,
    } | more
    asked_at = BEGUN + timedelta(seconds=asked_s)
    return PaymentSeen(id=ID, state=state, refunds=parts, asked_at=asked_at, **values)  # type: ignore[arg-type]


WHOLE = a_part(9, TOTAL_WON)
THIRD = a_part(1, 30_000)


def booked(*parts: RefundSeen) -> dict[str, object]:
    return {
        "refunded_won": sum(part.amount_won for part in parts),
        "booked": frozenset(str(part.refund_id) for part in parts),
    }


CASES: dict[str, tuple[Ours, PaymentSeen, Step]] = {
    "the buyer never came": (ours(), truth(S.absent), Step.wait),
    "the buyer is on the provider's page": (ours(), truth(S.open), Step.wait),
    "an account was issued": (ours(), truth(S.awaiting_deposit), Step.show_account),
    "the account still waits": (ours(P.awaiting_deposit), truth(S.awaiting_deposit), Step.wait),
    "paid": (ours(), truth(S.paid), Step.complete),
    "paid, told again": (ours(P.paid), truth(S.paid), Step.nothing),
    "deposited": (ours(P.awaiting_deposit), truth(S.paid), Step.complete),
    "refused": (ours(), truth(S.failed), Step.fail),
    "refused, then paid with another card": (ours(P.failed), truth(S.paid), Step.complete),
    "given up": (ours(), truth(S.closed), Step.close),
    "refused, then expired": (ours(P.failed), truth(S.closed), Step.close),
    "deposit taken back": (ours(P.paid), truth(S.awaiting_deposit), Step.take_back),
    "taken back and deposited again": (ours(P.taken_back), truth(S.paid), Step.complete),
    "taken back and expired": (ours(P.taken_back), truth(S.closed), Step.close),
    "taken back and expired, both missed": (ours(P.paid), truth(S.closed), Step.take_back),
    "money for an expired order": (ours(P.closed, wanted=False), truth(S.paid), Step.keep_apart),
    "money late, the order still open": (ours(P.closed), truth(S.paid), Step.complete),
    "paid twice, the second payment": (ours(wanted=False), truth(S.paid), Step.keep_apart),
    "surplus goes back": (ours(P.surplus, wanted=False), truth(S.paid), Step.give_back),
    "surplus is on its way back": (
        ours(P.surplus, wanted=False),
        truth(S.refunded, a_part(9, TOTAL_WON, RefundState.pending)),
        Step.wait,
    ),
    "surplus came back": (
        ours(P.surplus, wanted=False),
        truth(S.refunded, WHOLE),
        Step.book_refund,
    ),
    "surplus taken back by the bank": (
        ours(P.surplus, wanted=False),
        truth(S.awaiting_deposit),
        Step.take_back,
    ),
    "closed here, open there": (ours(P.closed), truth(S.open), Step.close_there),
    "closed here, an account waits there": (
        ours(P.closed),
        truth(S.awaiting_deposit),
        Step.close_there,
    ),
    "refunded before we heard of the payment": (
        ours(),
        truth(S.refunded, WHOLE),
        Step.keep_apart,
    ),
    "a part went back": (ours(P.paid), truth(S.partly_refunded, THIRD), Step.book_refund),
    "a part went back, told again": (
        ours(P.partly_refunded, **booked(THIRD)),
        truth(S.partly_refunded, THIRD),
        Step.nothing,
    ),
    "a refund on its way": (
        ours(P.paid),
        truth(S.partly_refunded, a_part(1, 30_000, RefundState.pending)),
        Step.wait,
    ),
    "a refund that failed": (
        ours(P.paid),
        truth(S.paid, a_part(1, 30_000, RefundState.failed)),
        Step.nothing,
    ),
    "the rest went back": (
        ours(P.partly_refunded, **booked(THIRD)),
        truth(S.refunded, THIRD, a_part(2, 80_000)),
        Step.book_refund,
    ),
}

OPERATOR: dict[str, tuple[Ours, PaymentSeen, Reason]] = {
    "another amount": (ours(), truth(S.paid, amount_won=11_000), Reason.amount_differs),
    "another currency": (ours(), truth(S.paid, currency="USD"), Reason.currency_differs),
    "paid with test money": (ours(), truth(S.paid, live=False), Reason.not_live),
    "real money in the sandbox": (ours(live=False), truth(S.paid), Reason.live_in_test),
    "contested": (ours(P.paid), truth(S.paid, disputed=True), Reason.disputed),
    "a paid one is gone": (ours(P.paid), truth(S.absent), Reason.vanished),
    "a paid one is open again": (ours(P.paid), truth(S.open), Reason.regressed),
    "a refund undone": (
        ours(P.refunded, **booked(WHOLE)),
        truth(S.paid),
        Reason.refunds_differ,
    ),
    "more refunded than its parts say": (
        ours(P.paid),
        truth(S.partly_refunded, THIRD, refunded_won=40_000),
        Reason.refunds_differ,
    ),
    "more refunded than was paid": (
        ours(P.partly_refunded, **booked(THIRD)),
        truth(S.refunded, THIRD, a_part(2, 80_001)),
        Reason.refunds_differ,
    ),
    "taken back after a part went back": (
        ours(P.surplus, wanted=False, **booked(THIRD)),
        truth(S.awaiting_deposit),
        Reason.regressed,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    mine, seen, step = CASES[name]
    assert decide(mine, seen).step is step


@pytest.mark.parametrize("name", OPERATOR)
def test_no_rule_guesses(name: str) -> None:
    mine, seen, reason = OPERATOR[name]
    decision = decide(mine, seen)
    assert (decision.step, decision.reason) == (Step.ask_operator, reason)
    assert applied(mine, decision, seen).state is mine.state


def test_an_older_answer_is_not_applied() -> None:
    mine = ours(P.paid, asked_at=BEGUN + timedelta(seconds=5))
    assert decide(mine, truth(S.open, asked_s=4)).step is Step.ask_again
    assert applied(mine, Decision(step=Step.ask_again), truth(S.open)) == mine
    assert decide(mine, truth(S.paid, asked_s=5)).step is Step.nothing


def test_the_truth_of_another_payment_is_a_fault() -> None:
    with pytest.raises(ValueError, match="does not concern"):
        decide(ours(id=uuid5(ID, "other")), truth(S.paid))


def test_the_table_is_complete_and_every_pair_comes_to_an_end() -> None:
    assert set(TABLE) == set(product(PaymentState, ProviderState))
    for (state, theirs), wanted in product(TABLE, [True, False]):
        parts = {S.refunded: (WHOLE,), S.partly_refunded: (THIRD,)}.get(theirs, ())
        already = {P.refunded: (WHOLE,), P.partly_refunded: (THIRD,)}.get(state, ())
        mine = ours(state, wanted=wanted, **booked(*already))
        after, taken = settled(mine, truth(theirs, *parts))
        assert taken[-1].step in ENDS
        again, more = settled(after, truth(theirs, *parts))
        assert [one.step for one in more] == [taken[-1].step], (state, theirs)
        assert again == after


# Six events of one payment: the truth after each. The last one counts, whatever came before it.
HISTORIES: dict[str, list[PaymentSeen]] = {
    "card": [
        truth(S.open),
        truth(S.failed),
        truth(S.paid),
        truth(S.partly_refunded, THIRD),
        truth(S.partly_refunded, THIRD, a_part(2, 30_000)),
        truth(S.refunded, THIRD, a_part(2, 30_000), a_part(3, 50_000)),
    ],
    "account": [
        truth(S.awaiting_deposit),
        truth(S.paid),
        truth(S.awaiting_deposit),
        truth(S.paid),
        truth(S.partly_refunded, THIRD),
        truth(S.partly_refunded, THIRD, a_part(2, 30_000)),
    ],
    "account, taken back for good": [
        truth(S.open),
        truth(S.awaiting_deposit),
        truth(S.paid),
        truth(S.awaiting_deposit),
        truth(S.closed),
        truth(S.closed),
    ],
    "transfer": [
        truth(S.absent),
        truth(S.open),
        truth(S.open),
        truth(S.paid),
        truth(S.paid),
        truth(S.paid),
    ],
    "late money": [
        truth(S.awaiting_deposit),
        truth(S.paid),
        truth(S.refunded, a_part(9, TOTAL_WON, RefundState.pending)),
        truth(S.paid, a_part(9, TOTAL_WON, RefundState.failed)),
        truth(S.refunded, a_part(9, TOTAL_WON, RefundState.failed), a_part(8, TOTAL_WON)),
        truth(S.refunded, a_part(9, TOTAL_WON, RefundState.failed), a_part(8, TOTAL_WON)),
    ],
}
ENDINGS = {
    "card": (P.refunded, 0),
    "account": (P.partly_refunded, 50_000),
    "account, taken back for good": (P.closed, 0),
    "transfer": (P.paid, TOTAL_WON),
    "late money": (P.refunded, 0),
}


def stamped(history: list[PaymentSeen]) -> list[PaymentSeen]:
    """Return the truths with the instants at which they held."""
    return [
        msgspec.structs.replace(seen, asked_at=BEGUN + timedelta(seconds=second))
        for second, seen in enumerate(history)
    ]


def prompt(order: tuple[int, ...]) -> Iterator[int]:
    """An event is delivered after it happened; the provider is asked at once and knows it."""
    newest = 0
    for event in order:
        newest = max(newest, event)
        yield newest


def overtaking(order: tuple[int, ...]) -> Iterator[int]:
    """Answers overtake each other: an old truth comes after a newer one was applied."""
    yield from order


class Books:
    """A ledger of one payment that follows the steps, and refuses what must not happen."""

    def __init__(self) -> None:
        self.held_won = 0
        self.delivered = False

    def follow(self, decision: Decision) -> None:
        if decision.step in {Step.complete, Step.keep_apart}:
            assert self.held_won == 0, "booked twice"
            self.held_won = TOTAL_WON
            self.delivered = decision.step is Step.complete
        elif decision.step is Step.take_back:
            assert self.held_won == TOTAL_WON, "taken back what is not here"
            self.held_won, self.delivered = 0, False
        elif decision.step is Step.book_refund:
            self.held_won -= sum(refund.amount_won for refund in decision.refunds)
        assert self.held_won >= 0, "more went back than came"


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("way", [prompt, overtaking])
def test_all_720_orders_of_six_events_end_alike(
    name: str, way: Callable[[tuple[int, ...]], Iterator[int]]
) -> None:
    history = stamped(HISTORIES[name])
    endings = set()
    orders = 0
    for order in permutations(range(6)):
        orders += 1
        mine, books = ours(wanted=name != "late money"), Books()
        for index in way(order):
            mine, taken = settled(mine, history[index])
            for decision in taken:
                books.follow(decision)
            assert books.held_won == mine.held_won
        endings.add((mine.state, books.held_won, mine.refunded_won, mine.booked))
    assert orders == 720
    assert len(endings) == 1
    ((state, held_won, refunded_won, keys),) = endings
    assert (state, held_won) == ENDINGS[name]
    done = [one for one in history[-1].refunds if one.state is RefundState.done]
    assert refunded_won == sum(one.amount_won for one in done)
    assert keys == frozenset(str(one.refund_id) for one in done)


TRUTHS = st.sampled_from(
    [
        *(truth(state) for state in (S.absent, S.open, S.awaiting_deposit, S.failed, S.closed)),
        truth(S.paid),
        truth(S.partly_refunded, THIRD),
        truth(S.refunded, THIRD, a_part(2, 80_000)),
        truth(S.paid, amount_won=1),
    ]
)


@given(st.lists(st.tuples(TRUTHS, st.integers(0, 20), st.booleans()), max_size=30))
def test_whatever_the_provider_says_money_is_booked_once(
    answers: list[tuple[PaymentSeen, int, bool]],
) -> None:
    mine, books = ours(), Books()
    for answer, asked_s, wanted in answers:
        seen = msgspec.structs.replace(answer, asked_at=BEGUN + timedelta(seconds=asked_s))
        mine, taken = settled(msgspec.structs.replace(mine, wanted=wanted), seen)
        for decision in taken:
            books.follow(decision)
        assert books.held_won == mine.held_won >= 0
        assert (mine.state in MONEY_IS_HERE) >= (mine.held_won > 0)
