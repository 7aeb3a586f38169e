"""Settlements of sellers by month, with their lines, payouts and the exchange's fee.

A seller reads its own; only the exchange itself writes. A line is settled once, a settlement paid out once.
"""

import sqlalchemy as sa
from alembic import op

revision = "settlements"
down_revision = "refunds"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
STEPS = {
    "settlement_period": {"open": ("closed",), "closed": ("open",)},
    "settlement": {
        "drafted": ("approved_once", "cancelled"),
        "approved_once": ("drafted", "approved", "cancelled"),
        "approved": ("paying", "paid"),
        "paying": ("paid",),
    },
}
OF_SELLERS = ("settlement", "settlement_line", "payout", "fee_invoice")
OF_EXCHANGE = ("settlement_period", "payout_statement_row")


def upgrade() -> None:
    create_tables()
    for machine, steps in STEPS.items():
        op.execute(
            f"create trigger {machine}_needs_step before update of state on {machine}"
            " for each row execute function needs_step()"
        )
        for from_state, to_states in steps.items():
            for to_state in to_states:
                op.execute(
                    f"insert into allowed_step values ('{machine}', '{from_state}', '{to_state}')"
                )
    for table in (*OF_SELLERS, *OF_EXCHANGE):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
        )
        op.execute(f"revoke insert, update, delete on {table} from marketplace_tenant")
        op.execute(f"revoke delete on {table} from {ROLES}")
    for table in OF_SELLERS:
        op.execute(
            f"create policy own_rows on {table} for select to marketplace_tenant"
            " using (organization_id = app_org())"
        )


def downgrade() -> None:
    for table in (
        "payout_statement_row",
        "fee_invoice",
        "payout",
        "settlement_line",
        "settlement",
        "settlement_period",
    ):
        op.drop_table(table)
    for machine in STEPS:
        op.execute(f"delete from allowed_step where machine = '{machine}'")


def create_tables() -> None:
    op.create_table(
        "settlement_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "closed", name="state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("begins_on < ends_on", name=op.f("ck_settlement_period_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_period")),
        sa.UniqueConstraint("begins_on", name="uq_settlement_period_begins_on"),
    )
    op.create_table(
        "settlement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("seller_name", sa.String(length=120), nullable=False),
        sa.Column("seller_number", sa.String(length=10), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "approved_once",
                "approved",
                "paying",
                "paid",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("gross_won", sa.BigInteger(), nullable=False),
        sa.Column("fee_bps", sa.Integer(), nullable=False),
        sa.Column(
            "fee_base",
            sa.Enum(
                "supply",
                "total",
                name="fee_base",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fee_supply_won", sa.BigInteger(), nullable=False),
        sa.Column("fee_vat_won", sa.BigInteger(), nullable=False),
        sa.Column("set_off_won", sa.BigInteger(), nullable=False),
        sa.Column("carried_in_won", sa.BigInteger(), nullable=False),
        sa.Column("paid_won", sa.BigInteger(), nullable=False),
        sa.Column("carried_out_won", sa.BigInteger(), nullable=False),
        sa.Column(
            "carry_reason",
            sa.Enum(
                "below_least",
                "no_account",
                "suspended",
                "debt",
                name="carry_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("debt_left_won", sa.BigInteger(), nullable=False),
        sa.Column(
            "drafted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("first_approved_by", sa.Uuid(), nullable=True),
        sa.Column("first_approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state not in ('approved', 'paying', 'paid') or (first_approved_by is not null and approved_by is not null)",
            name=op.f("ck_settlement_approved_by_two"),
        ),
        sa.CheckConstraint(
            "(carried_out_won = 0) = (carry_reason is null)",
            name=op.f("ck_settlement_carried_has_reason"),
        ),
        sa.CheckConstraint(
            "approved_by <> first_approved_by", name=op.f("ck_settlement_second_person")
        ),
        sa.CheckConstraint("fee_bps between 0 and 5000", name=op.f("ck_settlement_fee_bps")),
        sa.CheckConstraint(
            "gross_won >= 0 and fee_supply_won >= 0 and fee_vat_won >= 0 and set_off_won >= 0 and paid_won >= 0 and debt_left_won >= 0",
            name=op.f("ck_settlement_sums"),
        ),
        sa.CheckConstraint(
            "paid_won + carried_out_won = gross_won + carried_in_won - fee_supply_won - fee_vat_won - set_off_won",
            name=op.f("ck_settlement_adds_up"),
        ),
        sa.CheckConstraint(
            "paid_won = 0 or carried_out_won = 0", name=op.f("ck_settlement_paid_or_carried")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"],
            ["user_account.id"],
            name=op.f("fk_settlement_approved_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["first_approved_by"],
            ["user_account.id"],
            name=op.f("fk_settlement_first_approved_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_settlement_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["settlement_period.id"],
            name=op.f("fk_settlement_period_id_settlement_period"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("sequence", name=op.f("uq_settlement_sequence")),
    )
    op.create_index(
        "ix_settlement_organization_id_sequence",
        "settlement",
        ["organization_id", "sequence"],
        unique=False,
    )
    op.create_index(
        "uq_settlement_period_id_organization_id",
        "settlement",
        ["period_id", "organization_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_index(
        "uq_settlement_undecided",
        "settlement",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("state in ('drafted', 'approved_once')"),
    )
    op.create_table(
        "fee_invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("supply_won", sa.BigInteger(), nullable=False),
        sa.Column("vat_won", sa.BigInteger(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("issue_due_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paper_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(issued_at is null) = (paper_id is null)", name=op.f("ck_fee_invoice_issued_is_named")
        ),
        sa.CheckConstraint("supply_won > 0 and vat_won >= 0", name=op.f("ck_fee_invoice_sums")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_fee_invoice_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["settlement.id"],
            name=op.f("fk_fee_invoice_settlement_id_settlement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_invoice")),
        sa.UniqueConstraint("settlement_id", name="uq_fee_invoice_settlement_id"),
    )
    op.create_index(
        "ix_fee_invoice_organization_id", "fee_invoice", ["organization_id"], unique=False
    )
    op.create_table(
        "payout_statement_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_won", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "paid",
                "amount_differs",
                "not_sent",
                "paid_before",
                "unknown",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("imported_by", sa.Uuid(), nullable=False),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "length(fingerprint) = 64", name=op.f("ck_payout_statement_row_fingerprint")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"],
            ["user_account.id"],
            name=op.f("fk_payout_statement_row_imported_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["settlement.id"],
            name=op.f("fk_payout_statement_row_settlement_id_settlement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_statement_row")),
        sa.UniqueConstraint("fingerprint", name="uq_payout_statement_row_fingerprint"),
    )
    op.create_table(
        "payout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("amount_won", sa.BigInteger(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_cause", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "(paid_at is null) = (paid_on is null) and (paid_at is null) = (paid_cause is null)",
            name=op.f("ck_payout_paid"),
        ),
        sa.CheckConstraint("amount_won > 0", name=op.f("ck_payout_amount_won")),
        sa.ForeignKeyConstraint(
            ["bank_account_id"],
            ["bank_account.id"],
            name=op.f("fk_payout_bank_account_id_bank_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_payout_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.id"], name=op.f("fk_payout_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("settlement_id", name="uq_payout_settlement_id"),
    )
    op.create_index("ix_payout_organization_id", "payout", ["organization_id"], unique=False)
    op.create_table(
        "settlement_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_won", sa.BigInteger(), nullable=False),
        sa.Column("fee_base_won", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "amount_won > 0 and fee_base_won > 0", name=op.f("ck_settlement_line_sums")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_settlement_line_order_line_id_order_line"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_settlement_line_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["settlement.id"],
            name=op.f("fk_settlement_line_settlement_id_settlement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_line")),
    )
    op.create_index(
        "ix_settlement_line_organization_id", "settlement_line", ["organization_id"], unique=False
    )
    op.create_index(
        "ix_settlement_line_settlement_id", "settlement_line", ["settlement_id"], unique=False
    )
    op.create_index(
        "uq_settlement_line_order_line_id",
        "settlement_line",
        ["order_line_id"],
        unique=True,
        postgresql_where=sa.text("released_at is null"),
    )
