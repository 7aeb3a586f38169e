"""The daily comparison with the gateways' lists: which days were compared, and what differs.

Both tables are the exchange's own; no tenant reads them.
"""

import sqlalchemy as sa
from alembic import op

revision = "reconciliation"
down_revision = "orders"
branch_labels = None
depends_on = None

TABLES = ("reconciliation", "reconciliation_difference")


def upgrade() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("movement_count", sa.Integer(), nullable=False),
        sa.Column("difference_count", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "day", name=op.f("pk_reconciliation")),
    )
    op.create_table(
        "reconciliation_difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "unknown_there",
                "unpaid_here",
                "missing_there",
                "amount_differs",
                "refund_unbooked",
                "refund_differs",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("provider_key", sa.String(length=200), nullable=False),
        sa.Column("theirs_won", sa.BigInteger(), nullable=True),
        sa.Column("ours_won", sa.BigInteger(), nullable=True),
        sa.Column(
            "found_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "(closed_at is null) = (outcome is null) and (closed_at is null) = (closed_by is null)",
            name=op.f("ck_reconciliation_difference_closed"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"],
            ["user_account.id"],
            name=op.f("fk_reconciliation_difference_closed_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
            name=op.f("fk_reconciliation_difference_payment_id_payment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_difference")),
    )
    op.create_index(
        "ix_reconciliation_difference_open",
        "reconciliation_difference",
        ["day"],
        unique=False,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index(
        "uq_reconciliation_difference_line",
        "reconciliation_difference",
        ["gateway", "day", "kind", "provider_key", "payment_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
