"""Disputes of delivered lines, and refunds as traceable cases.

Buyer and seller read both; only the exchange itself writes them, together with the money they move.
"""

import sqlalchemy as sa
from alembic import op

revision = "refunds"
down_revision = "invoices"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
STEPS = {
    "dispute": {
        "open": ("proposed", "for_seller", "for_buyer", "price_cut", "withdrawn"),
        "proposed": ("open", "for_buyer", "price_cut"),
    },
    "refund_case": {
        "waiting_second_person": ("decided", "refused"),
        "decided": ("sent", "paid"),
        "sent": ("paid",),
    },
}
# What a row must say for the seller to read it; a refund that waits is not decided.
SOLD = {
    "dispute": "seller_id = app_org()",
    "refund_line": "seller_id = app_org()",
    "refund_case": "state in ('decided', 'sent', 'paid') and exists"
    " (select 1 from refund_line l where l.case_id = refund_case.id and l.seller_id = app_org())",
}


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
    for table, sold in SOLD.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
        )
        op.execute(
            f"create policy own_rows on {table} to marketplace_tenant using (organization_id = app_org())"
        )
        op.execute(
            f"create policy sold_rows on {table} for select to marketplace_tenant using ({sold})"
        )
    op.execute("revoke insert, update on dispute, refund_case, refund_line from marketplace_tenant")
    op.execute(f"revoke delete on dispute, refund_case, refund_line from {ROLES}")


def downgrade() -> None:
    op.drop_column("payment_refund", "account_asked_at")
    op.execute("drop policy sold_rows on refund_case")
    for table in ("refund_line", "refund_case", "dispute"):
        op.drop_table(table)
    for machine in STEPS:
        op.execute(f"delete from allowed_step where machine = '{machine}'")


def create_tables() -> None:
    op.add_column(
        "payment_refund", sa.Column("account_asked_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_table(
        "refund_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "withdrawal",
                "dispute_lost",
                "price_cut",
                "operator",
                "gateway_made",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("amount_won", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting_second_person",
                "decided",
                "sent",
                "paid",
                "refused",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_at is not null)", name=op.f("ck_refund_case_paid_has_time")
        ),
        sa.CheckConstraint(
            "(state in ('decided', 'sent', 'paid')) = (decided_at is not null)",
            name=op.f("ck_refund_case_decided_has_time"),
        ),
        sa.CheckConstraint("amount_won > 0", name=op.f("ck_refund_case_amount_won")),
        sa.CheckConstraint(
            "approved_by is null or approved_by <> decided_by",
            name=op.f("ck_refund_case_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"],
            ["user_account.id"],
            name=op.f("fk_refund_case_approved_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_refund_case_decided_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_refund_case_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_refund_case_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_refund_case_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_case")),
    )
    op.create_index("ix_refund_case_order_id", "refund_case", ["order_id"], unique=False)
    op.create_index(
        "ix_refund_case_organization_id", "refund_case", ["organization_id"], unique=False
    )
    op.create_index("ix_refund_case_payment_id", "refund_case", ["payment_id"], unique=False)
    op.create_index(
        "ix_refund_case_state_made_at", "refund_case", ["state", "made_at"], unique=False
    )
    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "proposed",
                "for_seller",
                "for_buyer",
                "price_cut",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=2000), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cut_won", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state in ('open', 'proposed')) = (decided_at is null)",
            name=op.f("ck_dispute_decided_has_time"),
        ),
        sa.CheckConstraint(
            "(answer is null) = (answered_at is null)", name=op.f("ck_dispute_answered_has_time")
        ),
        sa.CheckConstraint("cut_won is null or cut_won > 0", name=op.f("ck_dispute_cut_won")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["user_account.id"], name=op.f("fk_dispute_answered_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_dispute_decided_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["user_account.id"], name=op.f("fk_dispute_opened_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_dispute_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_dispute_order_line_id_order_line")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_dispute_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["organization.id"], name=op.f("fk_dispute_seller_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    op.create_index("ix_dispute_order_line_id", "dispute", ["order_line_id"], unique=False)
    op.create_index("ix_dispute_organization_id", "dispute", ["organization_id"], unique=False)
    op.create_index(
        "ix_dispute_seller_id_opened_at", "dispute", ["seller_id", "opened_at"], unique=False
    )
    op.create_index("ix_dispute_state_opened_at", "dispute", ["state", "opened_at"], unique=False)
    op.create_index(
        "uq_dispute_open",
        "dispute",
        ["order_line_id"],
        unique=True,
        postgresql_where=sa.text("state in ('open', 'proposed')"),
    )
    op.create_table(
        "refund_line",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("supply_won", sa.BigInteger(), nullable=False),
        sa.Column("vat_won", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "supply_won >= 0 and vat_won >= 0 and supply_won + vat_won > 0",
            name=op.f("ck_refund_line_sums"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["refund_case.id"], name=op.f("fk_refund_line_case_id_refund_case")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_refund_line_order_line_id_order_line"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_refund_line_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["organization.id"], name=op.f("fk_refund_line_seller_id_organization")
        ),
        sa.PrimaryKeyConstraint("case_id", "order_line_id", name=op.f("pk_refund_line")),
    )
    op.create_index("ix_refund_line_order_line_id", "refund_line", ["order_line_id"], unique=False)
    op.create_index(
        "ix_refund_line_organization_id", "refund_line", ["organization_id"], unique=False
    )
    op.create_index("ix_refund_line_seller_id", "refund_line", ["seller_id"], unique=False)
