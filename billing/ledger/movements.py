"""The movements of money of an exchange, each as one entry. Pure.

What a buyer paid is held for the sellers, becomes theirs with acceptance, and is paid out less the fee. A refund
takes from what is held, from what is payable, or, where that was paid out, becomes the seller's debt.
"""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from billing.ledger.entries import Account, Entry, Line, Source, credit, debit
from billing.money import Split

PAYMENT: Final = "payment"
ACCEPTANCE: Final = "acceptance"
FEE: Final = "fee"
REFUND: Final = "refund"
REFUND_PAID: Final = "refund_paid"
GATEWAY_SETTLEMENT: Final = "gateway_settlement"
SET_OFF: Final = "set_off"
PAYOUT: Final = "payout"
SURPLUS: Final = "surplus"
SURPLUS_BACK: Final = "surplus_back"


def paid(
    payment_id: UUID, order_id: UUID, shares_won: Mapping[UUID, int], *, into: Account, nth: int = 1
) -> Entry:
    """A buyer's payment has arrived and is held for the sellers.

    Args:
        shares_won: of each seller, with tax [won]
        into: ``gateway_clearing``, or ``bank`` for a deposit on the exchange's own account
        nth: a deposit that the bank took back can come again; each time is a source of its own
    """
    lines = [debit(into, sum(shares_won.values()))]
    lines += [
        credit(Account.held_seller_payable, won, seller_id) for seller_id, won in shares_won.items()
    ]
    return _entry(PAYMENT, payment_id, order_id, lines, nth=nth)


def kept_apart(payment_id: UUID, order_id: UUID, amount_won: int, *, into: Account) -> Entry:
    """Money has arrived for which nothing is given: too late, or twice. It goes back."""
    lines = [debit(into, amount_won), credit(Account.unmatched_receipt, amount_won)]
    return _entry(SURPLUS, payment_id, order_id, lines)


def given_back(refund_id: UUID, order_id: UUID, amount_won: int, *, out_of: Account) -> Entry:
    """What was kept apart has gone back to the payer."""
    lines = [debit(Account.unmatched_receipt, amount_won), credit(out_of, amount_won)]
    return _entry(SURPLUS_BACK, refund_id, order_id, lines)


def accepted(
    line_id: UUID, order_id: UUID, seller_id: UUID, amount_won: int, *, nth: int = 1
) -> Entry:
    """A line was accepted, or its window has ended: what was held is payable.

    Args:
        nth: of the payment that is accepted, as for ``paid``
    """
    lines = [
        debit(Account.held_seller_payable, amount_won, seller_id),
        credit(Account.seller_payable, amount_won, seller_id),
    ]
    return _entry(ACCEPTANCE, line_id, order_id, lines, nth=nth)


def fee_charged(fee_id: UUID, settlement_id: UUID, seller_id: UUID, fee: Split) -> Entry:
    """The exchange takes its fee, with the tax on it, from what is payable."""
    lines = [
        debit(Account.seller_payable, fee.total_won, seller_id),
        credit(Account.fee_income, fee.supply_won),
        credit(Account.vat_payable, fee.vat_won),
    ]
    return _entry(FEE, fee_id, settlement_id, lines)


def refund_decided(
    refund_id: UUID, order_id: UUID, buyer_id: UUID, taken: Iterable[tuple[Account, UUID, int]]
) -> Entry:
    """A refund is owed to the buyer.

    Args:
        taken: from which account of which seller how much [won]: ``held_seller_payable`` before
            acceptance, ``seller_payable`` after it, ``seller_clawback`` once it was paid out
    """
    lines = [debit(account, won, seller_id) for account, seller_id, won in taken]
    lines.append(credit(Account.refund_payable, sum(line.amount_won for line in lines), buyer_id))
    return _entry(REFUND, refund_id, order_id, lines)


def refund_paid(
    refund_id: UUID, order_id: UUID, buyer_id: UUID, amount_won: int, *, out_of: Account
) -> Entry:
    """The gateway or the bank has paid the refund.

    Args:
        out_of: ``gateway_clearing`` or ``bank``
    """
    lines = [debit(Account.refund_payable, amount_won, buyer_id), credit(out_of, amount_won)]
    return _entry(REFUND_PAID, refund_id, order_id, lines)


def gateway_settled(batch_id: UUID, *, gross_won: int, fee_won: int) -> Entry:
    """A gateway has sent what it collected to the bank, less its own fee [won]."""
    lines = [
        debit(Account.bank, gross_won - fee_won),
        debit(Account.gateway_fee, fee_won),
        credit(Account.gateway_clearing, gross_won),
    ]
    return _entry(GATEWAY_SETTLEMENT, batch_id, batch_id, lines)


def set_off(settlement_id: UUID, seller_id: UUID, amount_won: int) -> Entry:
    """A seller's debt is taken from what is payable, so that the next payout is smaller."""
    lines = [
        debit(Account.seller_payable, amount_won, seller_id),
        credit(Account.seller_clawback, amount_won, seller_id),
    ]
    return _entry(SET_OFF, settlement_id, settlement_id, lines)


def paid_out(payout_id: UUID, settlement_id: UUID, seller_id: UUID, amount_won: int) -> Entry:
    """The bank statement shows a payout to a seller."""
    lines = [
        debit(Account.seller_payable, amount_won, seller_id),
        credit(Account.bank, amount_won),
    ]
    return _entry(PAYOUT, payout_id, settlement_id, lines)


def _entry(
    kind: str, source_id: UUID, matter_id: UUID, lines: list[Line], *, nth: int = 1
) -> Entry:
    moved = tuple(line for line in lines if line.amount_won != 0)
    return Entry(source_of(kind, source_id, nth), matter_id, moved)


def source_of(kind: str, source_id: UUID, nth: int = 1) -> Source:
    """Return the source of a movement; one that happens again is another source."""
    return Source(kind, str(source_id) if nth == 1 else f"{source_id}:{nth}")
