"""Signed quality reports, and the history of the keys that sign them.

Whether a report was about the bytes that a buyer holds could only be believed. A certificate is public with
its report and is never changed; of a key only its end and its revocation are entered later.
"""

import sqlalchemy as sa
from alembic import op

revision = "certificates"
down_revision = "wanted"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
PUBLISHED = (
    "exists (select 1 from dataset_version v where v.id = quality_certificate.version_id"
    " and v.published_at is not null and v.state <> 'revoked')"
)


def _time(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "quality_key",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("public_key", sa.String(length=44), nullable=False),
        _time("valid_from", nullable=False),
        _time("valid_until"),
        _time("revoked_at"),
        sa.Column("revoked_reason", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_quality_key_valid")),
        sa.CheckConstraint(
            "(revoked_at is null) = (revoked_reason is null)",
            name=op.f("ck_quality_key_revoked_has_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_key")),
    )
    op.create_table(
        "quality_certificate",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        _time("issued_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["dataset_version.id"],
            name=op.f("fk_quality_certificate_version_id_dataset_version"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_quality_certificate_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["quality_key.id"], name=op.f("fk_quality_certificate_key_id_quality_key")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_quality_certificate")),
    )
    op.create_index(
        "ix_quality_certificate_organization_id", "quality_certificate", ["organization_id"]
    )
    op.execute("alter table quality_certificate enable row level security")
    op.execute("alter table quality_certificate force row level security")
    op.execute(
        "create policy own_rows on quality_certificate to marketplace_tenant"
        " using (organization_id = app_org())"
    )
    op.execute(
        "create policy public_rows on quality_certificate for select to marketplace_tenant"
        f" using ({PUBLISHED})"
    )
    op.execute(
        "create policy all_rows on quality_certificate to marketplace_staff, marketplace_system"
        " using (true)"
    )
    # What was given out stays; only the exchange itself signs, and only it enters keys.
    op.execute(f"revoke update, delete on quality_certificate from {ROLES}")
    op.execute(f"revoke delete on quality_key from {ROLES}")
    op.execute(
        "revoke insert, update on quality_key, quality_certificate"
        " from marketplace_tenant, marketplace_staff"
    )
    op.execute("revoke update on quality_key from marketplace_system")
    op.execute(
        "grant update (valid_until, revoked_at, revoked_reason) on quality_key to marketplace_system"
    )


def downgrade() -> None:
    op.drop_table("quality_certificate")
    op.drop_table("quality_key")
