"""Fingerprints of tables, and which versions of different products hold the same data.

Whether a version repeats what somebody else sells could only be noticed by chance. Fingerprints let people
guess values, so nobody but their owner and the exchange reads them. What was found is for the operator; a seller sees what it has in common
with its own products and with versions on sale, never that somebody's draft exists.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "matches"
down_revision = "rules"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
OWN = "organization_id = app_org()"
ON_SALE = (
    "exists (select 1 from product p join dataset_version v on v.product_id = p.id"
    " where p.id = data_match.other_product_id and v.id = data_match.other_version_id"
    " and p.state = 'listed' and v.published_at is not null and v.state = 'ready')"
)
POLICIES = {
    "table_fingerprint": OWN,
    "data_match": f"{OWN} and (other_organization_id = app_org() or {ON_SALE})",
    "match_run": OWN,
}


def upgrade() -> None:
    create_tables()
    for table, own in POLICIES.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy own_rows on {table} for select to marketplace_tenant using ({own})"
        )
        op.execute(
            f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
        )
        # Only the worker compares.
        op.execute(
            f"revoke insert, update, delete on {table} from marketplace_tenant, marketplace_staff"
        )


def create_tables() -> None:
    op.create_table(
        "table_fingerprint",
        _reference("version_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        _reference("organization_id"),
        _reference("product_id"),
        sa.Column("table_name", sa.String(length=1000), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.CheckConstraint("row_count >= 0", name=op.f("ck_table_fingerprint_row_count")),
        _key("table_fingerprint", "version_id", "dataset_version"),
        _key("table_fingerprint", "organization_id", "organization"),
        _key("table_fingerprint", "product_id", "product"),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_table_fingerprint")),
    )
    op.create_index(
        "ix_table_fingerprint_keys", "table_fingerprint", ["keys"], postgresql_using="gin"
    )
    op.create_index(op.f("ix_table_fingerprint_product_id"), "table_fingerprint", ["product_id"])
    op.create_table(
        "data_match",
        _reference("version_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        _reference("other_version_id"),
        sa.Column("other_position", sa.Integer(), nullable=False),
        _reference("organization_id"),
        _reference("product_id"),
        _reference("other_organization_id"),
        _reference("other_product_id"),
        sa.Column("table_name", sa.String(length=1000), nullable=False),
        sa.Column("other_table_name", sa.String(length=1000), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("strong", sa.Boolean(), nullable=False),
        sa.Column("same_bytes", sa.Boolean(), nullable=False),
        sa.Column("row_share", sa.Float(), nullable=True),
        sa.Column("other_row_share", sa.Float(), nullable=True),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("stretch_share", sa.Float(), nullable=True),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _stamp("found_at"),
        sa.CheckConstraint("share > 0 and share <= 1", name=op.f("ck_data_match_share")),
        sa.CheckConstraint(
            "product_id <> other_product_id", name=op.f("ck_data_match_other_product")
        ),
        _key("data_match", "version_id", "dataset_version"),
        _key("data_match", "other_version_id", "dataset_version"),
        _key("data_match", "organization_id", "organization"),
        _key("data_match", "product_id", "product"),
        _key("data_match", "other_organization_id", "organization"),
        _key("data_match", "other_product_id", "product"),
        sa.PrimaryKeyConstraint(
            "version_id",
            "position",
            "other_version_id",
            "other_position",
            name=op.f("pk_data_match"),
        ),
    )
    op.create_index("ix_data_match_other_version_id", "data_match", ["other_version_id"])
    op.create_table(
        "match_run",
        _reference("version_id"),
        _reference("organization_id"),
        sa.Column("table_count", sa.Integer(), nullable=False),
        sa.Column("least_share", sa.Float(), nullable=False),
        sa.Column("strong_share", sa.Float(), nullable=False),
        _stamp("compared_at"),
        sa.CheckConstraint("table_count >= 0", name=op.f("ck_match_run_table_count")),
        _key("match_run", "version_id", "dataset_version"),
        _key("match_run", "organization_id", "organization"),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_match_run")),
    )


def _reference(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _stamp(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("app_now()"), nullable=False
    )


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
    )


def downgrade() -> None:
    for table in reversed(list(POLICIES)):
        op.drop_table(table)
