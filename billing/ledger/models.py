"""Tables of the ledger. The database guards them itself; see the migration ``ledger``."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy import Enum as TextEnum
from sqlmodel import Field, SQLModel

from billing.money import WON_MOST


class Side(StrEnum):
    """What an account is: what is owned, what is owed, what was earned, what was spent."""

    asset = "asset"
    liability = "liability"
    income = "income"
    expense = "expense"


class LedgerAccount(SQLModel, table=True):
    """An account of the books; a new one comes by a migration."""

    __tablename__ = "ledger_account"

    code: str = Field(max_length=40, primary_key=True)
    side: Side = Field(
        sa_type=TextEnum(
            Side,
            name="side",
            native_enum=False,
            create_constraint=True,
            length=40,
            values_callable=lambda kind: [member.value for member in kind],
        )
    )
    # Whether each posting names whose balance it moves.
    by_party: bool
    name_ko: str = Field(max_length=60)
    name_en: str = Field(max_length=60)


class LedgerTransaction(SQLModel, table=True):
    """One movement of money, with where it comes from. Append-only."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (
        CheckConstraint("source_kind <> '' and source_id <> ''", name="source_is_named"),
        Index("uq_ledger_transaction_source", "source_kind", "source_id", unique=True),
        Index("uq_ledger_transaction_reverses_id", "reverses_id", unique=True),
        Index("ix_ledger_transaction_matter_id", "matter_id"),
    )

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=[Identity(always=True)],
    )
    source_kind: str = Field(max_length=40)
    source_id: str = Field(max_length=80)
    # The order, settlement or other matter that the movement belongs to.
    matter_id: UUID
    reverses_id: int | None = Field(
        default=None, sa_type=BigInteger, sa_column_args=[ForeignKey("ledger_transaction.id")]
    )
    at: datetime | None = Field(
        default=None, nullable=False, sa_column_kwargs={"server_default": text("app_now()")}
    )
    # Of PostgreSQL: postings are taken from the same one alone. Numbers begin again in a server that a backup
    # was restored into; the instant at which the transaction began does not come again.
    transaction_number: int | None = Field(
        default=None,
        nullable=False,
        sa_type=BigInteger,
        sa_column_kwargs={"server_default": text("txid_current()")},
    )
    transaction_began_at: datetime | None = Field(
        default=None, nullable=False, sa_column_kwargs={"server_default": text("now()")}
    )


class LedgerPosting(SQLModel, table=True):
    """One line of a movement: debit is positive, credit negative [won]. Append-only."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        CheckConstraint(
            f"amount_won <> 0 and amount_won between -{WON_MOST} and {WON_MOST}",
            name="amount_won",
        ),
        Index("ix_ledger_posting_transaction_id", "transaction_id"),
        Index("ix_ledger_posting_account_code_party_id", "account_code", "party_id"),
    )

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=[Identity(always=True)],
    )
    transaction_id: int = Field(
        sa_type=BigInteger, sa_column_args=[ForeignKey("ledger_transaction.id")]
    )
    account_code: str = Field(max_length=40, foreign_key="ledger_account.code")
    party_id: UUID | None = None
    amount_won: int = Field(sa_type=BigInteger)
