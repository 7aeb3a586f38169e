"""Records of what happened: audit trail, limits on attempts, notices and outgoing mail.

Telling somebody else and writing the trail are inserts of rows the writer may not read back.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "records"
down_revision = "ground"
branch_labels = None
depends_on = None


ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
TENANT_READS = {
    "audit_event": "organization_id = app_org() or actor_user_id = app_user()",
    "notice": "user_id = app_user()",
    "muted_notice": "user_id = app_user()",
    "mail": "false",
}


def separate_tenants() -> None:
    for table, rows in TENANT_READS.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy own_rows on {table} to marketplace_tenant using ({rows}) with check (true)"
        )
        op.execute(
            f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
        )
    op.execute("revoke all on attempt from marketplace_tenant, marketplace_staff")
    op.execute(f"revoke update, delete on audit_event from {ROLES}")
    op.execute(
        "create trigger audit_event_append_only before update or delete or truncate on audit_event"
        " execute function refuse_change()"
    )


def upgrade() -> None:
    create_tables()
    separate_tenants()


def create_tables() -> None:
    op.create_table(
        "attempt",
        sa.Column("limit_name", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("limit_name", "subject", "window_ends_at", name="pk_attempt"),
    )
    op.create_index("ix_attempt_window_ends_at", "attempt", ["window_ends_at"], unique=False)
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("app_now()"), nullable=False
        ),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=80), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("actor_user_id", sa.Uuid(), nullable=True),
        sa.Column("actor_organization_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("address", postgresql.INET(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
    )
    op.create_index(
        "ix_audit_event_actor_user_id_id", "audit_event", ["actor_user_id", "id"], unique=False
    )
    op.create_index(
        "ix_audit_event_object", "audit_event", ["object_kind", "object_id"], unique=False
    )
    op.create_index(
        "ix_audit_event_organization_id_id", "audit_event", ["organization_id", "id"], unique=False
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column(
            "next_try_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.CheckConstraint("tries >= 0", name="ck_mail_tries"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_mail_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
    )
    op.create_index("ix_mail_user_id", "mail", ["user_id"], unique=False)
    op.create_index(
        "ix_mail_waiting",
        "mail",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("sent_at is null"),
    )
    op.create_table(
        "muted_notice",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_muted_notice_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", name="pk_muted_notice"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_notice_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    op.create_index(
        "ix_notice_user_id_created_at", "notice", ["user_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_notice_user_id_unread",
        "notice",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("read_at is null"),
    )


def downgrade() -> None:
    op.execute("drop table notice, muted_notice, mail, audit_event, attempt")
