"""A version that is ready can be examined again, and its earlier reports and certificates stay.

A version had one report and one certificate for ever, also after the engine or the rules had been mended. The
newest report stays where everybody reads it; the ones before lie beside it. A certificate is of one report.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "profiles"
down_revision = "matches"
branch_labels = None
depends_on = None

PUBLISHED = (
    "exists (select 1 from dataset_version v where v.id = earlier_report.version_id"
    " and v.published_at is not null and v.state <> 'revoked')"
)
PUBLIC = {"profile_order": None, "earlier_report": PUBLISHED}


def upgrade() -> None:
    create_tables()
    for table, public in PUBLIC.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy own_rows on {table} for select to marketplace_tenant"
            " using (organization_id = app_org())"
        )
        if public is not None:
            op.execute(
                f"create policy public_rows on {table} for select to marketplace_tenant using ({public})"
            )
        op.execute(
            f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
        )
        op.execute(f"revoke insert, update, delete on {table} from marketplace_tenant")
    # Staff order; only the worker examines, and what was replaced stays as it was.
    op.execute("revoke update, delete on profile_order from marketplace_staff")
    op.execute("revoke insert, update, delete on earlier_report from marketplace_staff")
    op.execute("revoke update, delete on earlier_report from marketplace_system")
    op.add_column("quality_certificate", sa.Column("report_sha256", sa.String(length=64)))
    op.execute(
        "update quality_certificate set report_sha256 = cast(content as jsonb)->>'report_sha256'"
    )
    op.alter_column("quality_certificate", "report_sha256", nullable=False)
    op.drop_constraint(op.f("pk_quality_certificate"), "quality_certificate")
    op.create_primary_key(
        op.f("pk_quality_certificate"), "quality_certificate", ["version_id", "report_sha256"]
    )


def create_tables() -> None:
    op.create_table(
        "profile_order",
        _reference("id"),
        _reference("version_id"),
        _reference("organization_id"),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "done",
                "unchanged",
                "failed",
                name=op.f("ck_profile_order_state"),
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        _reference("ordered_by"),
        _stamp("ordered_at"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (ended_at is null)", name=op.f("ck_profile_order_ended_has_time")
        ),
        _key("profile_order", "version_id", "dataset_version"),
        _key("profile_order", "organization_id", "organization"),
        _key("profile_order", "ordered_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_order")),
    )
    op.create_index(op.f("ix_profile_order_version_id"), "profile_order", ["version_id"])
    op.create_index(
        "uq_profile_order_waiting",
        "profile_order",
        ["version_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "earlier_report",
        _reference("version_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _reference("organization_id"),
        sa.Column("engine", sa.String(length=80), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("blocker_count", sa.Integer(), nullable=False),
        sa.Column("warning_count", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _stamp("replaced_at"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_earlier_report_number")),
        _key("earlier_report", "version_id", "dataset_version"),
        _key("earlier_report", "organization_id", "organization"),
        sa.PrimaryKeyConstraint("version_id", "number", name=op.f("pk_earlier_report")),
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
    op.execute(
        "delete from quality_certificate c using quality_certificate first"
        " where first.version_id = c.version_id and first.issued_at < c.issued_at"
    )
    op.drop_constraint(op.f("pk_quality_certificate"), "quality_certificate")
    op.create_primary_key(op.f("pk_quality_certificate"), "quality_certificate", ["version_id"])
    op.drop_column("quality_certificate", "report_sha256")
    for table in reversed(list(PUBLIC)):
        op.drop_table(table)
