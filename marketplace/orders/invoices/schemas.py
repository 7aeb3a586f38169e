"""Bodies of the API of invoices."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from billing.papers.documents import Document, Reason
from marketplace.members.oversight.schemas import Reason as Why
from marketplace.orders.invoices.models import PaperState

BusinessNumber = Annotated[
    str, Meta(pattern=r"^[0-9]{3}-?[0-9]{2}-?[0-9]{5}$", examples=["000-81-00000"])
]
Name = Annotated[str, Meta(min_length=1, max_length=70)]
Representative = Annotated[str, Meta(min_length=1, max_length=30)]
Address = Annotated[str, Meta(max_length=150)]
Email = Annotated[str, Meta(min_length=3, max_length=40)]


class InvoiceOut(Struct, frozen=True):
    """A paper in a list [won]; an amended one has its sign and names its original."""

    id: UUID
    key: str
    order_id: UUID
    order_number: str
    document: Document
    state: PaperState
    issue_id: str | None
    written_on: date
    issued_on: date | None
    issue_due_on: date
    transmit_due_on: date | None
    sent_at: datetime | None
    supplier_number: str
    supplier_name: str
    buyer_number: str
    buyer_name: str
    title: str
    supply_won: int
    vat_won: int
    total_won: int
    amends_id: UUID | None
    reason: Reason | None
    failure: str
    made_at: datetime


class PartyOut(Struct, frozen=True):
    """A business on the paper."""

    business_number: str
    name: str
    representative: str
    address: str | None
    business_type: str | None
    business_item: str | None
    email: str | None
    phone: str | None


class InvoiceLineOut(Struct, frozen=True):
    """A line of the paper [won]."""

    name: str
    specification: str | None
    supplied_on: date | None
    quantity: int | None
    unit_price_won: int | None
    supply_won: int
    vat_won: int


class SheetOut(Struct, frozen=True):
    """What stands on a paper; of a preview, what would."""

    document: Document
    reason: Reason | None
    original_issue_id: str | None
    written_on: date
    supplier: PartyOut
    buyer: PartyOut
    broker: PartyOut | None
    lines: list[InvoiceLineOut]
    supply_won: int
    vat_won: int
    total_won: int
    remarks: list[str]


class InvoiceDetail(Struct, frozen=True):
    """A paper with what stands on it, and the papers that belong to it."""

    invoice: InvoiceOut
    sheet: SheetOut
    related: list[InvoiceOut]


class InvoicePage(Struct, frozen=True):
    """One page of papers; ``next_cursor`` opens the following one."""

    items: list[InvoiceOut]
    next_cursor: str | None


class CorrectionIn(Struct, forbid_unknown_fields=True):
    """The entries as they are right, and why they were wrong (수정사유 1)."""

    written_on: date
    supplier_name: Name
    supplier_representative: Representative
    buyer_number: BusinessNumber
    buyer_name: Name
    buyer_representative: Representative
    buyer_email: Email
    reason: Why
    supplier_address: Address = ""
    buyer_address: Address = ""


class CorrectionPreview(Struct, frozen=True):
    """The two papers that a correction makes."""

    sheets: list[SheetOut]
