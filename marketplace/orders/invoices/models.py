"""Tables of invoices: each paper with its deadlines and how far it is, and the archive of the local provider."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from billing.money import Split
from billing.papers.documents import Document, Reason
from marketplace.columns import choice, stamped


class PaperState(StrEnum):
    """How far a paper is."""

    drawn_up = "drawn_up"
    """It stands in our books and is being issued."""
    issued = "issued"
    sending = "sending"
    sent = "sent"
    """The tax office has it; from here on it is amended, never changed."""
    failed = "failed"
    """It could not be issued, or the tax office refused it; ``failure`` says why."""
    cancelled = "cancelled"
    """Taken back before it was sent."""
    void = "void"
    """A failed one in whose place another stands, or that is no longer wanted."""


GONE = frozenset({PaperState.cancelled, PaperState.void})
"""No paper any more."""


class TaxInvoice(SQLModel, table=True):
    """One paper between one supplier and one buyer: a tax invoice, one without tax, or one that amends it [won].

    ``key`` is our number, fixed before the first call to the provider. ``content`` is the paper as it was drawn up
    (``billing.papers.documents.Invoice``). ``ended_at`` is when an original was taken back as a whole, so that another
    may stand in its place. ``case_id`` names the refund that caused the paper or took it back.
    """

    __tablename__ = "tax_invoice"
    __table_args__ = (
        CheckConstraint("sign(supply_won) * sign(vat_won) >= 0", name="same_sign"),
        CheckConstraint(
            "amends_id is not null or (supply_won > 0 and vat_won >= 0)",
            name="original_is_positive",
        ),
        CheckConstraint(
            "(amends_id is null) = (reason is null)"
            " and (amends_id is null) = (document in ('01', '03'))",
            name="amended_has_reason",
        ),
        CheckConstraint("document in ('01', '02') or vat_won = 0", name="exempt_without_tax"),
        CheckConstraint(
            "state in ('drawn_up', 'failed', 'void')"
            " or (issue_id is not null and issued_on is not null and transmit_due_on is not null)",
            name="issued_has_number",
        ),
        CheckConstraint("state <> 'failed' or failure <> ''", name="failed_has_reason"),
        CheckConstraint("state <> 'sent' or sent_at is not null", name="sent_has_time"),
        Index(
            "uq_tax_invoice_original",
            "order_id",
            "seller_id",
            unique=True,
            postgresql_where=text(
                "amends_id is null and ended_at is null and state not in ('void', 'cancelled')"
            ),
        ),
        Index("ix_tax_invoice_organization_id_written_on", "organization_id", "written_on"),
        Index("ix_tax_invoice_seller_id_written_on", "seller_id", "written_on"),
        Index("ix_tax_invoice_order_id", "order_id"),
        Index("ix_tax_invoice_amends_id", "amends_id"),
        Index(
            "ix_tax_invoice_unsent",
            "asked_at",
            postgresql_where=text("state in ('drawn_up', 'issued', 'sending', 'failed')"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    order_id: UUID = Field(sa_column_args=[ForeignKey("purchase_order.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    seller_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    document: Document = Field(sa_type=choice(Document, "document"))
    key: str = Field(max_length=24, unique=True)
    state: PaperState = Field(default=PaperState.drawn_up, sa_type=choice(PaperState, "state"))
    issue_id: str | None = Field(default=None, max_length=24, unique=True)
    written_on: date
    issued_on: date | None = None
    issue_due_on: date
    transmit_due_on: date | None = None
    supply_won: int = Field(sa_type=BigInteger)
    vat_won: int = Field(sa_type=BigInteger)
    amends_id: UUID | None = Field(default=None, sa_column_args=[ForeignKey("tax_invoice.id")])
    reason: Reason | None = Field(default=None, sa_type=choice(Reason, "reason"))
    case_id: UUID | None = None
    content: dict[str, Any] = Field(sa_type=JSONB)
    failure: str = Field(default="", max_length=1000)
    made_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    asked_at: datetime | None = None
    alarmed_on: date | None = None

    @property
    def charge(self) -> Split:
        """Supply value and tax."""
        return Split(self.supply_won, self.vat_won)


class InvoiceDocument(SQLModel, table=True):
    """A document in the archive of the local provider, by our number."""

    __tablename__ = "invoice_document"

    key: str = Field(max_length=24, primary_key=True)
    issue_id: str = Field(max_length=24, unique=True)
    issued_on: date
    document: bytes
    cancelled: bool = False
