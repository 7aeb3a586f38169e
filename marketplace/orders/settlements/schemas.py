"""What crosses the wire about settlements, sales and the books, apart from the tables [won]."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct

from billing.ledger.models import Side
from marketplace.members.oversight.schemas import OptionalReason, Reason
from marketplace.orders.settlements.models import (
    CarryReason,
    FeeBase,
    PeriodState,
    SettlementState,
    StatementOutcome,
)
from marketplace.orders.settlements.periods import MONTH_PATTERN

Month = Annotated[str, Meta(pattern=MONTH_PATTERN, examples=["2026-10"])]
ColumnName = Annotated[str, Meta(max_length=40)]


class SaleState(StrEnum):
    """How far the money of a sold line is."""

    held = "held"
    accepted = "accepted"
    settled = "settled"
    refunded = "refunded"


class SaleOut(Struct, frozen=True, kw_only=True):
    """A sold line as its seller sees it; ``left_won`` is what was paid and not paid back."""

    id: UUID
    order_number: str
    buyer: str
    product_id: UUID
    product_number: int
    title_ko: str
    title_en: str
    version_number: int
    paid_at: datetime
    accepted_at: datetime | None
    supply_won: int
    vat_won: int
    refunded_won: int
    left_won: int
    state: SaleState
    settlement_id: UUID | None


class StateSum(Struct, frozen=True):
    """What the sold lines of one state come to."""

    state: SaleState
    count: int
    left_won: int


class MonthSum(Struct, frozen=True):
    """What was sold in a month, less what was paid back."""

    month: str
    count: int
    left_won: int


class Sales(Struct, frozen=True):
    """Sold lines, the newest first, with the sums of all that fit and the last twelve months."""

    items: list[SaleOut]
    sums: list[StateSum]
    months: list[MonthSum]
    next_cursor: str | None = None


class SettledLineOut(Struct, frozen=True, kw_only=True):
    """A line of a settlement."""

    order_line_id: UUID
    order_number: str
    buyer: str
    product_number: int
    title_ko: str
    title_en: str
    accepted_at: datetime
    amount_won: int
    fee_base_won: int


class FeeInvoiceOut(Struct, frozen=True, kw_only=True):
    """The exchange's tax invoice for its fee; not issued yet while ``issued_at`` is empty."""

    supply_won: int
    vat_won: int
    written_on: date
    issue_due_on: date
    issued_at: datetime | None


class SettlementOut(Struct, frozen=True, kw_only=True):
    """What a seller gets for a month; ``lines`` are empty in lists."""

    id: UUID
    number: str
    month: str
    begins_on: date
    ends_on: date
    seller_id: UUID
    seller_name: str
    seller_number: str
    state: SettlementState
    gross_won: int
    fee_bps: int
    fee_base: FeeBase
    fee_supply_won: int
    fee_vat_won: int
    fee_won: int
    set_off_won: int
    carried_in_won: int
    paid_won: int
    carried_out_won: int
    carry_reason: CarryReason | None
    debt_left_won: int
    drafted_at: datetime
    first_approved_at: datetime | None
    approved_at: datetime | None
    paid_at: datetime | None
    paid_on: date | None
    fee_invoice: FeeInvoiceOut | None
    lines: list[SettledLineOut]


class Settlements(Struct, frozen=True):
    """Settlements; ``next_after`` is the number to go on after."""

    items: list[SettlementOut]
    next_after: int | None = None


class PeriodOut(Struct, frozen=True, kw_only=True):
    """A month that is settled."""

    id: UUID
    month: str
    begins_on: date
    ends_on: date
    state: PeriodState
    drafted_at: datetime | None


class Periods(Struct, frozen=True):
    """The months, the newest first."""

    items: list[PeriodOut]


class MonthIn(Struct, forbid_unknown_fields=True):
    """The month whose drafts are made."""

    month: Month


class PaidIn(Struct, forbid_unknown_fields=True):
    """When a payout has gone, and what showed it."""

    paid_on: date
    reason: Reason


class FileKind(StrEnum):
    """The form of a table that leaves."""

    csv = "csv"
    xlsx = "xlsx"


class PayoutFileIn(Struct, forbid_unknown_fields=True):
    """Which payouts, in which form, and why account numbers leave the exchange."""

    reason: OptionalReason = ""
    kind: FileKind = FileKind.xlsx
    again: bool = False


class StatementIn(Struct, forbid_unknown_fields=True):
    """A bank's statement; names of columns that are left empty are those of the settings."""

    file: UploadFile
    date_column: ColumnName = ""
    amount_column: ColumnName = ""
    description_column: ColumnName = ""


class TakenOut(Struct, frozen=True, kw_only=True):
    """What became of a line of the statement that names a payout."""

    booked_on: date
    amount_won: int
    description: str
    number: str
    expected_won: int | None
    outcome: StatementOutcome


class ImportedOut(Struct, frozen=True):
    """What a statement brought: lines without a reference, lines taken before, and the others."""

    other_count: int
    known_count: int
    items: list[TakenOut]


class AccountOut(Struct, frozen=True, kw_only=True):
    """An account of the books with what was posted to it."""

    code: str
    side: Side
    name_ko: str
    name_en: str
    debit_won: int
    credit_won: int
    balance_won: int


class BooksOut(Struct, frozen=True):
    """The trial balance at the end of a day in Seoul; both sums are equal."""

    until: date
    debit_won: int
    credit_won: int
    accounts: list[AccountOut]
