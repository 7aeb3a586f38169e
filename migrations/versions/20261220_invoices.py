"""Invoices of sales, each with its deadlines and how far it is, and the archive of the local provider.

Buyer and seller share a paper: both read it, only the exchange itself writes. An order has one original of each seller
that stands.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "invoices"
down_revision = "delivery"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
STEPS = {
    "drawn_up": ("issued", "sending", "sent", "failed"),
    "issued": ("sending", "sent", "failed", "cancelled"),
    "sending": ("sent", "failed"),
    "failed": ("sending", "sent", "void"),
}


def upgrade() -> None:
    create_tables()
    op.execute(
        "create trigger tax_invoice_needs_step before update of state on tax_invoice"
        " for each row execute function needs_step()"
    )
    for from_state, to_states in STEPS.items():
        for to_state in to_states:
            op.execute(
                f"insert into allowed_step values ('tax_invoice', '{from_state}', '{to_state}')"
            )
    for table in ("tax_invoice", "invoice_document"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
        )
    op.execute(
        "create policy own_rows on tax_invoice for select to marketplace_tenant"
        " using (organization_id = app_org() or seller_id = app_org())"
    )
    op.execute("revoke insert, update, delete on tax_invoice from marketplace_tenant")
    op.execute(f"revoke delete on tax_invoice, invoice_document from {ROLES}")


def downgrade() -> None:
    op.drop_table("tax_invoice")
    op.drop_table("invoice_document")
    op.execute("delete from allowed_step where machine = 'tax_invoice'")


def create_tables() -> None:
    op.create_table(
        "invoice_document",
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("issue_id", sa.String(length=24), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_invoice_document")),
        sa.UniqueConstraint("issue_id", name=op.f("uq_invoice_document_issue_id")),
    )
    op.create_table(
        "tax_invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column(
            "document",
            sa.Enum(
                "01",
                "02",
                "03",
                "04",
                name="document",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drawn_up",
                "issued",
                "sending",
                "sent",
                "failed",
                "cancelled",
                "void",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("issue_id", sa.String(length=24), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issue_due_on", sa.Date(), nullable=False),
        sa.Column("transmit_due_on", sa.Date(), nullable=True),
        sa.Column("supply_won", sa.BigInteger(), nullable=False),
        sa.Column("vat_won", sa.BigInteger(), nullable=False),
        sa.Column("amends_id", sa.Uuid(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "01",
                "02",
                "04",
                "06",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("failure", sa.String(length=1000), nullable=False),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alarmed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(amends_id is null) = (reason is null) and (amends_id is null) = (document in ('01', '03'))",
            name=op.f("ck_tax_invoice_amended_has_reason"),
        ),
        sa.CheckConstraint(
            "document in ('01', '02') or vat_won = 0",
            name=op.f("ck_tax_invoice_exempt_without_tax"),
        ),
        sa.CheckConstraint(
            "state <> 'failed' or failure <> ''", name=op.f("ck_tax_invoice_failed_has_reason")
        ),
        sa.CheckConstraint(
            "state <> 'sent' or sent_at is not null", name=op.f("ck_tax_invoice_sent_has_time")
        ),
        sa.CheckConstraint(
            "state in ('drawn_up', 'failed', 'void') or (issue_id is not null and issued_on is not null and transmit_due_on is not null)",
            name=op.f("ck_tax_invoice_issued_has_number"),
        ),
        sa.CheckConstraint(
            "amends_id is not null or (supply_won > 0 and vat_won >= 0)",
            name=op.f("ck_tax_invoice_original_is_positive"),
        ),
        sa.CheckConstraint(
            "sign(supply_won) * sign(vat_won) >= 0", name=op.f("ck_tax_invoice_same_sign")
        ),
        sa.ForeignKeyConstraint(
            ["amends_id"], ["tax_invoice.id"], name=op.f("fk_tax_invoice_amends_id_tax_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_tax_invoice_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_tax_invoice_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["organization.id"], name=op.f("fk_tax_invoice_seller_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_invoice")),
        sa.UniqueConstraint("issue_id", name=op.f("uq_tax_invoice_issue_id")),
        sa.UniqueConstraint("key", name=op.f("uq_tax_invoice_key")),
    )
    op.create_index("ix_tax_invoice_amends_id", "tax_invoice", ["amends_id"], unique=False)
    op.create_index("ix_tax_invoice_order_id", "tax_invoice", ["order_id"], unique=False)
    op.create_index(
        "ix_tax_invoice_organization_id_written_on",
        "tax_invoice",
        ["organization_id", "written_on"],
        unique=False,
    )
    op.create_index(
        "ix_tax_invoice_seller_id_written_on",
        "tax_invoice",
        ["seller_id", "written_on"],
        unique=False,
    )
    op.create_index(
        "ix_tax_invoice_unsent",
        "tax_invoice",
        ["asked_at"],
        unique=False,
        postgresql_where=sa.text("state in ('drawn_up', 'issued', 'sending', 'failed')"),
    )
    op.create_index(
        "uq_tax_invoice_original",
        "tax_invoice",
        ["order_id", "seller_id"],
        unique=True,
        postgresql_where=sa.text(
            "amends_id is null and ended_at is null and state not in ('void', 'cancelled')"
        ),
    )
