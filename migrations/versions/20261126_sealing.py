"""Sealing of the audit trail: each row's hash over the row and the hash before it.

The exchange itself seals; nobody changes a seal.
"""

import sqlalchemy as sa
from alembic import op

revision = "sealing"
down_revision = "operator_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_seal",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sealed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("position > 0", name=op.f("ck_audit_seal_position")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_audit_seal_hash_length")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name="fk_audit_seal_event_id_audit_event"
        ),
        sa.PrimaryKeyConstraint("position", name="pk_audit_seal"),
        sa.UniqueConstraint("event_id", name="uq_audit_seal_event_id"),
    )
    op.execute("revoke all on audit_seal from marketplace_tenant, marketplace_staff")
    op.execute("grant select on audit_seal to marketplace_staff")
    op.execute("revoke update, delete on audit_seal from marketplace_system")
    op.execute(
        "create trigger audit_seal_append_only before update or delete or truncate on audit_seal"
        " execute function refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("audit_seal")
