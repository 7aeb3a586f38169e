"""What is posted: an entry of lines that balance. Pure; the database checks the same again."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from billing.ledger.errors import EntryInvalid
from billing.money import whole_won

LINES_MOST: Final = 500
SOURCE_KIND_MOST: Final = 40
SOURCE_ID_MOST: Final = 80


class Account(StrEnum):
    """The accounts, by their codes; the rows of ``ledger_account`` say what they are."""

    bank = "bank"
    gateway_clearing = "gateway_clearing"
    buyer_receivable = "buyer_receivable"
    seller_clawback = "seller_clawback"
    held_seller_payable = "held_seller_payable"
    seller_payable = "seller_payable"
    refund_payable = "refund_payable"
    unmatched_receipt = "unmatched_receipt"
    vat_payable = "vat_payable"
    fee_income = "fee_income"
    gateway_fee = "gateway_fee"


# Of these each posting names whose balance it moves.
OF_PARTIES: Final = frozenset(
    {
        Account.buyer_receivable,
        Account.seller_clawback,
        Account.held_seller_payable,
        Account.seller_payable,
        Account.refund_payable,
    }
)


@dataclass(frozen=True)
class Source:
    """Where a movement comes from; each source is posted once."""

    kind: str
    id: str


@dataclass(frozen=True)
class Line:
    """One line: debit is positive, credit negative [won]."""

    account: Account
    amount_won: int
    party_id: UUID | None = None


def debit(account: Account, amount_won: int, party_id: UUID | None = None) -> Line:
    """Return a line that adds to what is owned or spent, or takes from what is owed [won]."""
    return Line(account, amount_won, party_id)


def credit(account: Account, amount_won: int, party_id: UUID | None = None) -> Line:
    """Return a line that takes from what is owned, or adds to what is owed or earned [won]."""
    return Line(account, -amount_won, party_id)


@dataclass(frozen=True)
class Entry:
    """One movement of money.

    Args:
        source: what caused it; the same source is never posted twice
        matter_id: the order, settlement or other matter it belongs to
        lines: at least two, together nothing

    Raises:
        EntryInvalid: it does not balance, or a line is not one that the ledger takes
    """

    source: Source
    matter_id: UUID
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if not 2 <= len(self.lines) <= LINES_MOST:
            raise EntryInvalid(self.source, f"has {len(self.lines)} lines, not 2 to {LINES_MOST}")
        if not (0 < len(self.source.kind) <= SOURCE_KIND_MOST):
            raise EntryInvalid(self.source, "names no kind of source")
        if not (0 < len(self.source.id) <= SOURCE_ID_MOST):
            raise EntryInvalid(self.source, "names no source")
        for line in self.lines:
            self._check(line)
        if (left_won := sum(line.amount_won for line in self.lines)) != 0:
            raise EntryInvalid(self.source, f"is {left_won} won out of balance")

    def _check(self, line: Line) -> None:
        if whole_won(line.amount_won) == 0:
            raise EntryInvalid(self.source, f"moves nothing on {line.account}")
        if (line.account in OF_PARTIES) != (line.party_id is not None):
            raise EntryInvalid(self.source, f"names the wrong party on {line.account}")
