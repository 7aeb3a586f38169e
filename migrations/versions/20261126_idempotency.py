"""Idempotency keys: which acts were carried out and what they answered.

A tenant sees the keys of its own person alone. Only the exchange itself forgets keys.
"""

import sqlalchemy as sa
from alembic import op

revision = "idempotency"
down_revision = "records"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("location", sa.String(length=2000), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status is null) = (answered_at is null)", name=op.f("ck_idempotency_key_answered")
        ),
        sa.CheckConstraint(
            "length(key) between 16 and 255", name=op.f("ck_idempotency_key_key_length")
        ),
        sa.PrimaryKeyConstraint("actor_id", "route", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])
    op.execute("alter table idempotency_key enable row level security")
    op.execute("alter table idempotency_key force row level security")
    op.execute(
        "create policy own_rows on idempotency_key to marketplace_tenant"
        " using (actor_id = app_user())"
    )
    op.execute(
        "create policy all_rows on idempotency_key to marketplace_staff, marketplace_system"
        " using (true)"
    )
    op.execute("revoke delete on idempotency_key from marketplace_tenant, marketplace_staff")


def downgrade() -> None:
    op.drop_table("idempotency_key")
