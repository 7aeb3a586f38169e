"""An electronic tax invoice (전자세금계산서) or invoice without tax (전자계산서), as plain values.

The names follow the standard document; the field numbers of the form are not needed here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from billing.money import Split


class Document(StrEnum):
    """First half of the type code."""

    tax_invoice = "01"
    amended_tax_invoice = "02"
    exempt_invoice = "03"
    amended_exempt_invoice = "04"


class Handling(StrEnum):
    """Second half of the type code: 일반, 영세율, 위수탁, 영세율 위수탁."""

    general = "01"
    zero_rated = "02"
    entrusted = "03"
    zero_rated_entrusted = "05"


class Purpose(StrEnum):
    """영수 (paid) or 청구 (to be paid)."""

    received = "01"
    claimed = "02"


class Reason(StrEnum):
    """Why a paper was amended (수정사유). 3 (return of goods) and 5 (letter of credit) do not occur here."""

    entry_error = "01"
    price_change = "02"
    rescission = "04"
    double_issue = "06"


class Means(StrEnum):
    """현금, 수표, 어음, 외상."""

    cash = "10"
    cheque = "20"
    note = "30"
    credit = "40"


@dataclass(frozen=True)
class Contact:
    """A person to reach at a party."""

    email: str | None = None
    name: str | None = None
    department: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Party:
    """A business on the paper: supplier, buyer, or the one that issues in the supplier's name.

    Args:
        business_number: ten digits
        representative: 대표자
        business_type: 업태
        business_item: 종목
        sub_place: four digits of a 종사업장
        second_contact: of a buyer alone
    """

    business_number: str
    name: str
    representative: str
    address: str | None = None
    business_type: str | None = None
    business_item: str | None = None
    sub_place: str | None = None
    contact: Contact | None = None
    second_contact: Contact | None = None


@dataclass(frozen=True)
class InvoiceLine:
    """One line of the paper; quantities and prices of data are whole [won]."""

    name: str
    amount: Split
    supplied_on: date | None = None
    specification: str | None = None
    quantity: int | None = None
    unit_price_won: int | None = None
    remark: str | None = None


@dataclass(frozen=True)
class Amendment:
    """Why a paper amends another, and that one's approval number."""

    reason: Reason
    original_issue_id: str


@dataclass(frozen=True)
class Invoice:
    """One paper between one supplier and one buyer.

    Args:
        issue_id: approval number; None until it is issued
        management_id: our own number
        sent_at: when the document is made
        written_on: 작성 연월일
        broker: who issues in the supplier's name; exactly for entrusted handling
        charge: supply value and tax of the whole paper
        grand_won: what both are together, as the document says [won]
        paid_by: parts of the total by means of payment; empty where it does not say
    """

    document: Document
    handling: Handling
    sent_at: datetime
    written_on: date
    purpose: Purpose
    supplier: Party
    buyer: Party
    lines: tuple[InvoiceLine, ...]
    charge: Split
    grand_won: int
    issue_id: str | None = None
    management_id: str | None = None
    amendment: Amendment | None = None
    remarks: tuple[str, ...] = ()
    broker: Party | None = None
    paid_by: tuple[tuple[Means, int], ...] = ()

    @property
    def type_code(self) -> str:
        """Four digits: document and handling."""
        return self.document.value + self.handling.value

    @property
    def amended(self) -> bool:
        """Whether it is a paper that amends another."""
        return self.document in {Document.amended_tax_invoice, Document.amended_exempt_invoice}

    @property
    def without_tax(self) -> bool:
        """Whether no tax may stand on it."""
        return self.document in {
            Document.exempt_invoice,
            Document.amended_exempt_invoice,
        } or self.handling in {Handling.zero_rated, Handling.zero_rated_entrusted}


def sum_of(lines: Iterable[InvoiceLine]) -> Split:
    """Return supply value and tax of the lines together."""
    amounts = [line.amount for line in lines]
    return Split(sum(one.supply_won for one in amounts), sum(one.vat_won for one in amounts))
