"""Requests that need a second administrator, and one exchange operator at most.

Tenants neither see nor write proposals; staff decide them, the system keeps them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "oversight"
down_revision = "jobs"
branch_labels = None
depends_on = None


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            choice("kind", "add_staff", "change_roles", "reset_second_factor"),
            nullable=False,
        ),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column(
            "state",
            choice("state", "waiting", "confirmed", "refused", "withdrawn"),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at is null)", name="ck_proposal_decided_has_time"
        ),
        sa.CheckConstraint(
            "state not in ('confirmed', 'refused') or decided_by <> proposed_by",
            name="ck_proposal_second_person",
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' or user_id is null or decided_by <> user_id",
            name="ck_proposal_not_about_oneself",
        ),
        sa.CheckConstraint(
            "(kind = 'reset_second_factor') = (cardinality(roles) = 0)",
            name="ck_proposal_roles_fit_kind",
        ),
        sa.CheckConstraint(
            "kind = 'add_staff' or user_id is not null", name="ck_proposal_user_known"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_proposal_user_id_user_account"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["user_account.id"], name="fk_proposal_proposed_by_user_account"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name="fk_proposal_decided_by_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_user_id", "proposal", ["user_id"])
    op.create_index(
        "uq_proposal_waiting",
        "proposal",
        ["kind", "email"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.execute("revoke all on proposal from marketplace_tenant")
    op.execute("alter table proposal enable row level security")
    op.execute("alter table proposal force row level security")
    op.execute("create policy own_rows on proposal to marketplace_tenant using (false)")
    op.execute(
        "create policy all_rows on proposal to marketplace_staff, marketplace_system using (true)"
    )
    op.create_index(
        "uq_organization_exchange_operator",
        "organization",
        ["function"],
        unique=True,
        postgresql_where=sa.text("function = 'exchange_operator'"),
    )


def downgrade() -> None:
    op.drop_index("uq_organization_exchange_operator", table_name="organization")
    op.execute("drop table proposal")
