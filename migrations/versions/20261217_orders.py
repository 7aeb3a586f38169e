"""Orders with frozen lines, payments with the gateway's truth, entitlements and acceptances.

Buyer and seller share a line: the buyer owns it, the seller reads it once it is paid. Only the exchange itself
moves payments, entitlements and acceptances, so a tenant's role may not change them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "orders"
down_revision = "ledger"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
STEPS = {
    "purchase_order": {
        "awaiting_payment": ("paid", "cancelled", "expired"),
        "paid": ("refunded", "taken_back"),
        "taken_back": ("paid", "cancelled"),
    },
    "payment": {
        "created": ("awaiting_deposit", "paid", "surplus", "failed", "closed"),
        "awaiting_deposit": ("paid", "surplus", "failed", "closed"),
        "failed": ("awaiting_deposit", "paid", "surplus", "closed"),
        "closed": ("paid", "surplus"),
        "paid": ("partly_refunded", "refunded", "taken_back"),
        "partly_refunded": ("refunded",),
        "taken_back": ("paid", "surplus", "closed"),
        "surplus": ("refunded", "taken_back"),
    },
    "acceptance": {
        "open": ("accepted", "lapsed", "disputed", "ended"),
        "disputed": ("accepted", "ended"),
        "accepted": ("ended",),
        "lapsed": ("ended",),
        "ended": ("open",),
    },
}
SOLD = "exists (select 1 from order_line l where l.order_id = purchase_order.id and l.seller_id = app_org())"
# What a row must say for the buyer to own it, and for the seller to read it.
OWN = {
    "purchase_order": SOLD,
    "order_line": "seller_id = app_org()",
    "payment": None,
    "payment_refund": None,
    "entitlement": "seller_id = app_org()",
    "acceptance": "seller_id = app_org()",
}
OF_EXCHANGE = ("payment_question", "payment_webhook", "sandbox_payment", "sandbox_webhook")


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
    for table, sold in OWN.items():
        _separate(table)
        op.execute(
            f"create policy own_rows on {table} to marketplace_tenant using (organization_id = app_org())"
        )
        if sold is not None:
            op.execute(
                f"create policy sold_rows on {table} for select to marketplace_tenant using ({sold})"
            )
    for table in OF_EXCHANGE:
        _separate(table)
    op.execute(
        "revoke insert, update, delete on payment_refund, entitlement, acceptance from marketplace_tenant"
    )
    op.execute("revoke update, delete on order_line, payment from marketplace_tenant")
    op.execute(f"revoke delete on purchase_order, order_line, payment, payment_refund from {ROLES}")


def _separate(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
    )


def downgrade() -> None:
    op.execute("drop policy sold_rows on purchase_order")
    for table in (
        "entitlement",
        "acceptance",
        "payment_refund",
        "payment_question",
        "order_line",
        "payment",
        "purchase_order",
        "sandbox_webhook",
        "sandbox_payment",
        "payment_webhook",
    ):
        op.drop_table(table)
    for machine in STEPS:
        op.execute(f"delete from allowed_step where machine = '{machine}'")


def create_tables() -> None:
    op.create_table(
        "payment_webhook",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_webhook")),
        sa.UniqueConstraint("gateway", "event_id", name="uq_payment_webhook_event"),
    )
    op.create_index(
        "ix_payment_webhook_received_at", "payment_webhook", ["received_at"], unique=False
    )
    op.create_table(
        "sandbox_payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_payment")),
    )
    op.create_table(
        "sandbox_webhook",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_webhook")),
    )
    op.create_index("ix_sandbox_webhook_due_at", "sandbox_webhook", ["due_at"], unique=False)
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("organization_name", sa.String(length=120), nullable=False),
        sa.Column("organization_number", sa.String(length=10), nullable=False),
        sa.Column("organization_representative", sa.String(length=80), nullable=False),
        sa.Column("organization_address", sa.String(length=300), nullable=False),
        sa.Column("organization_business_type", sa.String(length=100), nullable=False),
        sa.Column("organization_business_item", sa.String(length=100), nullable=False),
        sa.Column("invoice_email", sa.String(length=254), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "quality_assurance",
                "predictive_maintenance",
                "process_optimisation",
                "resource_optimisation",
                "anomaly_detection",
                "other",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("purpose_note", sa.String(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "awaiting_payment",
                "paid",
                "cancelled",
                "expired",
                "refunded",
                "taken_back",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("supply_won", sa.BigInteger(), nullable=False),
        sa.Column("vat_won", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column(
            "placed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state not in ('paid', 'refunded', 'taken_back') or paid_at is not null",
            name=op.f("ck_purchase_order_paid_has_time"),
        ),
        sa.CheckConstraint("line_count > 0", name=op.f("ck_purchase_order_line_count")),
        sa.CheckConstraint("supply_won > 0 and vat_won >= 0", name=op.f("ck_purchase_order_sums")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_purchase_order_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["placed_by"],
            ["user_account.id"],
            name=op.f("fk_purchase_order_placed_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("sequence", name=op.f("uq_purchase_order_sequence")),
    )
    op.create_index(
        "ix_purchase_order_organization_id_sequence",
        "purchase_order",
        ["organization_id", "sequence"],
        unique=False,
    )
    op.create_index(
        "ix_purchase_order_state_expires_at",
        "purchase_order",
        ["state", "expires_at"],
        unique=False,
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "card",
                "transfer",
                "virtual_account",
                "kakaopay",
                "naverpay",
                "tosspay",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column(
            "evidence",
            sa.Enum(
                "card_slip",
                "invoice",
                name="evidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_won", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "created",
                "awaiting_deposit",
                "paid",
                "partly_refunded",
                "refunded",
                "failed",
                "closed",
                "taken_back",
                "surplus",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "provider_state",
            sa.Enum(
                "absent",
                "open",
                "awaiting_deposit",
                "paid",
                "partly_refunded",
                "refunded",
                "failed",
                "closed",
                name="provider_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("provider_status", sa.String(length=60), nullable=False),
        sa.Column("provider_key", sa.String(length=200), nullable=False),
        sa.Column("redirect_url", sa.String(length=2000), nullable=False),
        sa.Column("kit", postgresql.JSONB(), nullable=True),
        sa.Column("refunded_won", sa.BigInteger(), nullable=False),
        sa.Column("account", postgresql.JSONB(), nullable=True),
        sa.Column("receipt_url", sa.String(length=2000), nullable=False),
        sa.Column("failure_code", sa.String(length=100), nullable=False),
        sa.Column("failure_message", sa.String(length=500), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(evidence = 'invoice') = (method in ('transfer', 'virtual_account'))",
            name=op.f("ck_payment_one_evidence"),
        ),
        sa.CheckConstraint(
            "(state = 'refunded') <= (refunded_won = amount_won)",
            name=op.f("ck_payment_refunded_is_whole"),
        ),
        sa.CheckConstraint("amount_won > 0", name=op.f("ck_payment_amount_won")),
        sa.CheckConstraint(
            "refunded_won between 0 and amount_won", name=op.f("ck_payment_refunded_won")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_payment_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_payment_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_payment_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index(
        "ix_payment_ask_at",
        "payment",
        ["ask_at"],
        unique=False,
        postgresql_where=sa.text("ask_at is not null"),
    )
    op.create_index("ix_payment_order_id", "payment", ["order_id"], unique=False)
    op.create_index("ix_payment_organization_id", "payment", ["organization_id"], unique=False)
    op.create_index("ix_payment_started_at_id", "payment", ["started_at", "id"], unique=False)
    op.create_index(
        "uq_payment_kept",
        "payment",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("state in ('paid', 'partly_refunded')"),
    )
    op.create_index(
        "uq_payment_open",
        "payment",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("state in ('created', 'awaiting_deposit')"),
    )
    op.create_table(
        "order_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("product_number", sa.BigInteger(), nullable=False),
        sa.Column("title_ko", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("licence", postgresql.JSONB(), nullable=False),
        sa.Column("licence_ko", sa.Text(), nullable=False),
        sa.Column("licence_sha256", sa.String(length=64), nullable=False),
        sa.Column("terms_accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acceptance_days", sa.Integer(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("seller_name", sa.String(length=120), nullable=False),
        sa.Column("seller_number", sa.String(length=10), nullable=False),
        sa.Column("seller_representative", sa.String(length=80), nullable=False),
        sa.Column("seller_address", sa.String(length=300), nullable=False),
        sa.Column("seller_phone", sa.String(length=30), nullable=False),
        sa.Column("seller_email", sa.String(length=254), nullable=False),
        sa.Column("seller_business_type", sa.String(length=100), nullable=False),
        sa.Column("seller_business_item", sa.String(length=100), nullable=False),
        sa.Column("seller_kind", sa.String(length=40), nullable=False),
        sa.Column("seller_tax_type", sa.String(length=2), nullable=False),
        sa.Column(
            "taxation",
            sa.Enum(
                "taxable",
                "zero_rated",
                "exempt",
                name="taxation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("supply_won", sa.BigInteger(), nullable=False),
        sa.Column("vat_won", sa.BigInteger(), nullable=False),
        sa.Column("refunded_supply_won", sa.BigInteger(), nullable=False),
        sa.Column("refunded_vat_won", sa.BigInteger(), nullable=False),
        sa.Column("funding_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "acceptance_days between 0 and 90", name=op.f("ck_order_line_acceptance_days")
        ),
        sa.CheckConstraint(
            "organization_id <> seller_id", name=op.f("ck_order_line_not_own_product")
        ),
        sa.CheckConstraint("position > 0", name=op.f("ck_order_line_position")),
        sa.CheckConstraint(
            "refunded_supply_won between 0 and supply_won and refunded_vat_won between 0 and vat_won",
            name=op.f("ck_order_line_refunded"),
        ),
        sa.CheckConstraint("supply_won > 0 and vat_won >= 0", name=op.f("ck_order_line_sums")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_line_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_order_line_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_order_line_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["organization.id"], name=op.f("fk_order_line_seller_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["dataset_version.id"],
            name=op.f("fk_order_line_version_id_dataset_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
    )
    op.create_index(
        "ix_order_line_organization_id", "order_line", ["organization_id"], unique=False
    )
    op.create_index("ix_order_line_seller_id", "order_line", ["seller_id"], unique=False)
    op.create_index("ix_order_line_version_id", "order_line", ["version_id"], unique=False)
    op.create_index(
        "uq_order_line_order_id_position", "order_line", ["order_id", "position"], unique=True
    )
    op.create_index(
        "uq_order_line_order_id_version_id", "order_line", ["order_id", "version_id"], unique=True
    )
    op.create_table(
        "payment_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "amount_differs",
                "currency_differs",
                "not_live",
                "live_in_test",
                "disputed",
                "vanished",
                "regressed",
                "refunds_differ",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column(
            "raised_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "(closed_at is null) = (outcome is null) and (closed_at is null) = (closed_by is null)",
            name=op.f("ck_payment_question_closed"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"],
            ["user_account.id"],
            name=op.f("fk_payment_question_closed_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_question_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_question")),
    )
    op.create_index(
        "uq_payment_question_open",
        "payment_question",
        ["payment_id", "reason"],
        unique=True,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_table(
        "payment_refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("amount_won", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "wanted",
                "done",
                "refused",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("provider_key", sa.String(length=200), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column(
            "wanted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (booked_at is not null)",
            name=op.f("ck_payment_refund_done_is_booked"),
        ),
        sa.CheckConstraint("amount_won > 0", name=op.f("ck_payment_refund_amount_won")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_payment_refund_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_refund_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_refund")),
    )
    op.create_index(
        "ix_payment_refund_organization_id", "payment_refund", ["organization_id"], unique=False
    )
    op.create_index(
        "uq_payment_refund_provider_key",
        "payment_refund",
        ["payment_id", "provider_key"],
        unique=True,
        postgresql_where=sa.text("provider_key <> ''"),
    )
    op.create_index("ix_payment_refund_payment_id", "payment_refund", ["payment_id"], unique=False)
    op.create_table(
        "acceptance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "lapsed",
                "disputed",
                "ended",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state in ('open', 'disputed')) = (decided_at is null)",
            name=op.f("ck_acceptance_decided_has_time"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_acceptance_decided_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["order_line.id"], name=op.f("fk_acceptance_id_order_line")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_acceptance_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_acceptance_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["organization.id"], name=op.f("fk_acceptance_seller_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
    )
    op.create_index(
        "ix_acceptance_organization_id", "acceptance", ["organization_id"], unique=False
    )
    op.create_index("ix_acceptance_seller_id", "acceptance", ["seller_id"], unique=False)
    op.create_index(
        "ix_acceptance_state_closes_at", "acceptance", ["state", "closes_at"], unique=False
    )
    op.create_table(
        "entitlement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "granted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.Column("first_access_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "end_reason",
            sa.Enum(
                "refunded",
                "taken_back",
                name="end_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(ended_at is null) = (end_reason is null)",
            name=op.f("ck_entitlement_ended_has_reason"),
        ),
        sa.CheckConstraint(
            "first_access_at is null or told_at is not null",
            name=op.f("ck_entitlement_told_before_access"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_entitlement_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_entitlement_order_line_id_order_line"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_entitlement_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_entitlement_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["organization.id"], name=op.f("fk_entitlement_seller_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["told_by"], ["user_account.id"], name=op.f("fk_entitlement_told_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["dataset_version.id"],
            name=op.f("fk_entitlement_version_id_dataset_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement")),
        sa.UniqueConstraint("order_line_id", name="uq_entitlement_order_line_id"),
    )
    op.create_index(
        "ix_entitlement_organization_id_granted_at",
        "entitlement",
        ["organization_id", "granted_at"],
        unique=False,
    )
    op.create_index("ix_entitlement_seller_id", "entitlement", ["seller_id"], unique=False)
    op.create_index("ix_entitlement_version_id", "entitlement", ["version_id"], unique=False)
