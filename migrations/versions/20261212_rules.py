"""Rules that a seller declares for his data, and what came of them on each version.

The rules lie with the content, so that they are examined and frozen with it. What came of them is public
with the approved content that holds them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "rules"
down_revision = "certificates"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
PUBLISHED = (
    "exists (select 1 from product_content c where c.dataset_version_id = rule_run.version_id"
    " and c.rules_sha256 = rule_run.sha256 and c.state = 'approved')"
)


def upgrade() -> None:
    op.add_column(
        "product_content",
        sa.Column(
            "rules", postgresql.JSONB(astext_type=sa.Text(), none_as_null=True), nullable=True
        ),
    )
    op.add_column("product_content", sa.Column("rules_sha256", sa.String(length=64), nullable=True))
    op.create_check_constraint(
        op.f("ck_product_content_rules_are_hashed"),
        "product_content",
        "(rules is null) = (rules_sha256 is null)",
    )
    op.create_table(
        "rule_run",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "done",
                "failed",
                name=op.f("ck_rule_run_state"),
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rule_count", sa.Integer(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("results", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "rule_count >= 0 and failed_count >= 0", name=op.f("ck_rule_run_counts")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["dataset_version.id"],
            name=op.f("fk_rule_run_version_id_dataset_version"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_rule_run_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("version_id", "sha256", name=op.f("pk_rule_run")),
    )
    op.create_index("ix_rule_run_organization_id", "rule_run", ["organization_id"])
    op.execute("alter table rule_run enable row level security")
    op.execute("alter table rule_run force row level security")
    op.execute(
        "create policy own_rows on rule_run to marketplace_tenant using (organization_id = app_org())"
    )
    op.execute(
        f"create policy public_rows on rule_run for select to marketplace_tenant using ({PUBLISHED})"
    )
    op.execute(
        "create policy all_rows on rule_run to marketplace_staff, marketplace_system using (true)"
    )
    # Only the worker says what came of rules, and what is there stays.
    op.execute(f"revoke delete on rule_run from {ROLES}")
    op.execute("revoke insert, update on rule_run from marketplace_tenant, marketplace_staff")


def downgrade() -> None:
    op.drop_table("rule_run")
    op.drop_constraint(
        op.f("ck_product_content_rules_are_hashed"), "product_content", type_="check"
    )
    op.drop_column("product_content", "rules_sha256")
    op.drop_column("product_content", "rules")
