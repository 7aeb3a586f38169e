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


def paid(
    payment_id: UUID, order_id: UUID, shares_won: Mapping[UUID, int], *, into: Account
) -> Entry:
    """A buyer's payment has arrived and is held for the sellers.

    Args:
        shares_won: of each seller, with tax [won]
        into: ``gateway_clearing``, or ``bank`` for a deposit on the exchange's own account
    """
    lines = [debit(into, sum(shares_won.values()))]
    lines += [
        credit(Account.held_seller_payable, won, seller_id) for seller_id, won in shares_won.items()
    ]
    return _entry(PAYMENT, payment_id, order_id, lines)


def accepted(line_id: UUID, order_id: UUID, seller_id: UUID, amount_won: int) -> Entry:
    """A line was accepted, or its window has ended: what was held is payable."""
    lines = [
        debit(Account.held_seller_payable, amount_won, seller_id),
        credit(Account.seller_payable, amount_won, seller_id),
    ]
    return _entry(ACCEPTANCE, line_id, order_id, lines)


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


def _entry(kind: str, source_id: UUID, matter_id: UUID, lines: list[Line]) -> Entry:
    moved = tuple(line for line in lines if line.amount_won != 0)
    return Entry(Source(kind, str(source_id)), matter_id, moved)
