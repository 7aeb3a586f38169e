"""Reviews of registration requests and the thread that both sides write in.

There was no place for a request and its decision. A seller sees the own reviews and writes requests and
comments; a decision is the staff's, so a tenant may not write what decides.
"""

import sqlalchemy as sa
from alembic import op

revision = "review"
down_revision = "catalog"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            choice("state", "waiting", "approved", "returned", "rejected", "recalled"),
            nullable=False,
        ),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column(
            "submitted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("approved_by_first", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at is null)", name=op.f("ck_review_decided_has_time")
        ),
        sa.CheckConstraint(
            "state not in ('returned', 'rejected') or reason is not null",
            name=op.f("ck_review_refusal_has_reason"),
        ),
        sa.CheckConstraint("decided_by <> approved_by_first", name=op.f("ck_review_second_person")),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user_account.id"], name=op.f(f"fk_review_{column}_user_account")
            )
            for column in ("submitted_by", "assigned_to", "approved_by_first", "decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_review_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["content_id"],
            ["product_content.id"],
            name=op.f("fk_review_content_id_product_content"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_review_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(
        "uq_review_waiting",
        "review",
        ["content_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_review_state_submitted_at", "review", ["state", "submitted_at"])
    op.create_table(
        "review_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("by_operator", sa.Boolean(), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("body", sa.String(length=2000), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_comment_review_id_review")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_review_comment_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_review_comment_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_review_comment_author_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comment")),
    )
    op.create_index("ix_review_comment_product_id_at", "review_comment", ["product_id", "at"])
    for table in ("review", "review_comment"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy own_rows on {table} to marketplace_tenant"
            " using (organization_id = app_org())"
        )
        op.execute(
            f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
        )
    # A seller may take a request back; approving, returning and rejecting are the staff's.
    op.execute(
        "create policy staff_decides on review as restrictive for update to marketplace_tenant"
        " using (organization_id = app_org()) with check (state in ('waiting', 'recalled')"
        " and decided_by is null and approved_by_first is null)"
    )
    op.execute(
        "create policy begins_waiting on review as restrictive for insert to marketplace_tenant"
        " with check (organization_id = app_org() and state = 'waiting'"
        " and approved_by_first is null)"
    )
    op.execute(f"revoke update, delete on review_comment from {ROLES}")
    op.execute(
        "create trigger review_comment_append_only before update or delete or truncate"
        " on review_comment execute function refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("review_comment")
    op.drop_table("review")
