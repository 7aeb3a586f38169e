"""Reports of products by other organizations, and their outcomes.

The operator had no way to hear of a product that infringes rights or holds personal data. The seller sees
neither the report nor who filed it.
"""

import sqlalchemy as sa
from alembic import op

revision = "reports"
down_revision = "inquiries"
branch_labels = None
depends_on = None

REASONS = ("personal_data", "rights", "description", "illegal", "other")
OUTCOMES = ("unfounded", "seller_asked", "sale_stopped")


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "product_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("reason", _choice("reason", REASONS), nullable=False),
        sa.Column("body", sa.String(length=2000), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column(
            "reported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("outcome", _choice("outcome", OUTCOMES), nullable=True),
        sa.Column("answer", sa.String(length=2000), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(outcome is null) = (closed_at is null) and (outcome is null) = (answer is null)",
            name=op.f("ck_product_report_closed_is_answered"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_report_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_product_report_organization_id_organization"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user_account.id"], name=op.f(f"fk_product_report_{column}_user_account")
            )
            for column in ("reported_by", "closed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_report")),
    )
    op.create_index(
        "uq_product_report_open",
        "product_report",
        ["product_id", "organization_id"],
        unique=True,
        postgresql_where=sa.text("outcome is null"),
    )
    op.create_index(
        "ix_product_report_outcome_reported_at", "product_report", ["outcome", "reported_at"]
    )
    op.execute("alter table product_report enable row level security")
    op.execute("alter table product_report force row level security")
    op.execute(
        "create policy own_rows on product_report to marketplace_tenant"
        " using (organization_id = app_org())"
    )
    op.execute(
        "create policy all_rows on product_report to marketplace_staff, marketplace_system"
        " using (true)"
    )
    # A reporter files in the own name and decides nothing.
    op.execute(
        "create policy files on product_report as restrictive for insert to marketplace_tenant"
        " with check (organization_id = app_org() and reported_by = app_user() and outcome is null)"
    )
    op.execute("revoke update, delete on product_report from marketplace_tenant")
    op.execute("revoke delete on product_report from marketplace_staff")


def downgrade() -> None:
    op.drop_table("product_report")
