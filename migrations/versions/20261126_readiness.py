"""The application may read which migration the database is at, for its answer to "ready"."""

from alembic import op

revision = "readiness"
down_revision = "mail"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"


def upgrade() -> None:
    op.execute(f"grant select on alembic_version to {ROLES}")


def downgrade() -> None:
    op.execute(f"revoke select on alembic_version from {ROLES}")
