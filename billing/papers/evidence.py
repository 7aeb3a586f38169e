"""Which paper proves a payment. A card slip, an invoice and a cash receipt exclude one another. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from billing.errors import BillingError
from billing.money import Taxation, whole_won

TRANSFER_MOST_WON: Final = 10_000_000


class Method(StrEnum):
    """How a buyer pays. Wallets charge a card or prepaid money and count as cards (§46)."""

    card = "card"
    transfer = "transfer"
    virtual_account = "virtual_account"


class Evidence(StrEnum):
    """신용카드매출전표, 세금계산서, 계산서: exactly one for each payment."""

    card_slip = "card_slip"
    tax_invoice = "tax_invoice"
    exempt_invoice = "exempt_invoice"


class CashReceipt(StrEnum):
    """What the gateway is asked for; a cash receipt would exclude the invoice, so never another."""

    none = "none"


class SellerTax(StrEnum):
    """Tax type of a business in the tax office's register (tax_type_cd)."""

    general = "01"
    simplified = "02"
    special = "03"
    exempt = "04"
    institution = "05"
    identified_body = "06"
    simplified_invoicing = "07"


@dataclass(frozen=True)
class Proof:
    """What a payment is proven by, and whether tax is on it."""

    evidence: Evidence
    taxation: Taxation
    cash_receipt: CashReceipt = CashReceipt.none


class NoInvoice(BillingError):
    """The seller can give no invoice, so a transfer is not offered."""

    code = "seller_gives_no_invoice"

    def __init__(self, tax: SellerTax) -> None:
        super().__init__(f"a seller of tax type {tax.value} can give no invoice for a transfer")


class OperatorDecides(BillingError):
    """The register does not say how the seller is taxed; the operator does."""

    code = "seller_tax_undecided"

    def __init__(self, tax: SellerTax) -> None:
        super().__init__(f"how a seller of tax type {tax.value} is taxed, the operator decides")


_TAXATION: Final = {
    SellerTax.general: Taxation.taxable,
    SellerTax.simplified: Taxation.taxable,
    SellerTax.simplified_invoicing: Taxation.taxable,
    SellerTax.exempt: Taxation.exempt,
}
_INVOICE: Final = {
    Taxation.taxable: Evidence.tax_invoice,
    Taxation.zero_rated: Evidence.tax_invoice,
    Taxation.exempt: Evidence.exempt_invoice,
}


def proof_of(method: Method, tax: SellerTax, *, decided: Taxation | None = None) -> Proof:
    """Return what proves a payment to a seller; ask again on the day of issue.

    Args:
        method: how the buyer pays
        tax: what the register says of the seller today
        decided: what the operator decided for a seller whose type says nothing

    Raises:
        OperatorDecides: types 03, 05, 06, and nothing was decided
        NoInvoice: a transfer to a seller of type 02, who gives receipts alone

    Source:
        부가가치세법 제33조제2항 (no invoice where a card slip was issued), 제36조제1항 (receipts alone), DOMAIN B2
    """
    taxation = _TAXATION.get(tax, decided)
    if taxation is None:
        raise OperatorDecides(tax)
    if method is Method.card:
        return Proof(Evidence.card_slip, taxation)
    if tax is SellerTax.simplified:
        raise NoInvoice(tax)
    return Proof(_INVOICE[taxation], taxation)


def methods_offered(
    total_won: int, sellers: Iterable[SellerTax], *, transfer_most_won: int = TRANSFER_MOST_WON
) -> list[Method]:
    """Return how an order of these sellers can be paid.

    Args:
        total_won: what is paid at once, with tax [won]
        sellers: the tax type of each seller in the order
        transfer_most_won: above it banks refuse a real-time transfer [won]

    Returns:
        A card always; a transfer where every seller gives an invoice and the sum is within the limit;
        a virtual account without that limit.
    """
    methods = [Method.card]
    if SellerTax.simplified in set(sellers):
        return methods
    if whole_won(total_won) <= transfer_most_won:
        methods.append(Method.transfer)
    return [*methods, Method.virtual_account]
