"""Versions that were offered stay known, and one of them can be revoked.

Only the version of the approved content was public, so nobody could read what had changed since the one
before, and nothing could stand where a revoked version had been. A version is public from its first
approval on; the files and the report of a revoked one are not. A content that had stepped back may be
approved again, because it takes the place of one whose version was revoked.
"""

import sqlalchemy as sa
from alembic import op

revision = "revocation"
down_revision = "reports"
branch_labels = None
depends_on = None

APPROVED = "exists (select 1 from product_content c where c.dataset_version_id = {} and c.state = 'approved')"
PUBLISHED = (
    "exists (select 1 from dataset_version v where v.id = {} and v.published_at is not null"
    " and v.state <> 'revoked')"
)
EVIDENCE = ("data_file", "quality_report")
AGAIN = "('product_content', 'superseded', 'approved')"
TOLD = (
    "(state = 'revoked') = (revoked_at is not null) and"
    " (state = 'revoked') = (revoked_by_operator is not null)"
)


def upgrade() -> None:
    op.add_column("dataset_version", sa.Column("published_at", sa.DateTime(timezone=True)))
    op.add_column("dataset_version", sa.Column("revoked_by_operator", sa.Boolean()))
    op.execute(
        "update dataset_version v set published_at = c.at from (select dataset_version_id,"
        " min(coalesce(decided_at, submitted_at)) as at from product_content"
        " where state in ('approved', 'superseded') group by dataset_version_id) c"
        " where c.dataset_version_id = v.id"
    )
    op.create_check_constraint(op.f("ck_dataset_version_revoked_is_told"), "dataset_version", TOLD)
    publish("dataset_version", "published_at is not null")
    for table in EVIDENCE:
        publish(table, PUBLISHED.format(f"{table}.version_id"))
    op.execute(f"insert into allowed_step values {AGAIN}")


def publish(table: str, rows: str) -> None:
    op.execute(f"drop policy public_rows on {table}")
    op.execute(
        f"create policy public_rows on {table} for select to marketplace_tenant using ({rows})"
    )


def downgrade() -> None:
    op.execute(f"delete from allowed_step where (machine, from_state, to_state) = {AGAIN}")
    for table in EVIDENCE:
        publish(table, APPROVED.format(f"{table}.version_id"))
    publish("dataset_version", APPROVED.format("dataset_version.id"))
    op.drop_constraint(op.f("ck_dataset_version_revoked_is_told"), "dataset_version")
    op.drop_column("dataset_version", "revoked_by_operator")
    op.drop_column("dataset_version", "published_at")
