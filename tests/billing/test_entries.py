"""What the ledger takes: entries that balance, with their source and parties. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.ledger.entries import Account, Entry, Line, Source, credit, debit
from billing.ledger.errors import EntryInvalid
from tests.billing.books import ORDER, SELLER, an_entry


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((debit(Account.bank, 1),), "1 lines"),
        ((debit(Account.bank, 2), credit(Account.fee_income, 1)), "1 won out of balance"),
        (
            (debit(Account.bank, 0), debit(Account.bank, 1), credit(Account.fee_income, 1)),
            "moves nothing",
        ),
        ((debit(Account.bank, 1), credit(Account.seller_payable, 1)), "wrong party"),
        ((debit(Account.bank, 1, SELLER), credit(Account.fee_income, 1)), "wrong party"),
        (tuple(debit(Account.bank, 1) for _ in range(501)), "501 lines"),
    ],
)
def test_an_entry_balances_and_names_its_parties(lines: tuple[Line, ...], why: str) -> None:
    with pytest.raises(EntryInvalid, match=why):
        Entry(Source("payment", "1"), ORDER, lines)


@pytest.mark.parametrize("source", [Source("", "1"), Source("payment", ""), Source("p" * 41, "1")])
def test_an_entry_names_its_source(source: Source) -> None:
    with pytest.raises(EntryInvalid, match="names no"):
        Entry(source, ORDER, an_entry(1).lines)


def test_won_of_a_line_are_whole() -> None:
    with pytest.raises(TypeError, match="whole number"):
        Entry(Source("p", "1"), ORDER, (debit(Account.bank, True), credit(Account.bank, 1)))  # noqa: FBT003


AMOUNTS = st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=6)


@given(st.lists(st.tuples(AMOUNTS, st.booleans()), max_size=30))
def test_any_sequence_of_entries_and_reversals_balances(
    steps: list[tuple[list[int], bool]],
) -> None:
    """The pure model: whatever balances line by line balances over all accounts."""
    books: dict[Account, int] = dict.fromkeys(Account, 0)
    for number, (amounts, turned) in enumerate(steps):
        sign = -1 if turned else 1
        lines = [debit(Account.bank, sign * won) for won in amounts]
        if (left := sum(line.amount_won for line in lines)) == 0:
            continue
        lines.append(credit(Account.fee_income, left))
        for line in Entry(Source("step", str(number)), ORDER, tuple(lines)).lines:
            books[line.account] += line.amount_won
        assert sum(books.values()) == 0
