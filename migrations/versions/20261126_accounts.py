"""An authenticator app can be replaced, and live API tokens of a person have different names.

The secret being set up stands beside the one in use, so that a lost set-up locks nobody out. A
repeated creation of a token meets the name and makes no second secret.
"""

import sqlalchemy as sa
from alembic import op

revision = "accounts"
down_revision = "readiness"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("second_factor", sa.Column("pending_encrypted", sa.LargeBinary(), nullable=True))
    op.add_column(
        "second_factor", sa.Column("pending_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_check_constraint(
        "ck_second_factor_pending",
        "second_factor",
        "(pending_encrypted is null) = (pending_at is null)",
    )
    op.create_index(
        "uq_api_token_user_id_name_live",
        "api_token",
        ["user_id", "name"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )


def downgrade() -> None:
    op.drop_index("uq_api_token_user_id_name_live", table_name="api_token")
    op.drop_constraint("ck_second_factor_pending", "second_factor")
    op.drop_column("second_factor", "pending_at")
    op.drop_column("second_factor", "pending_encrypted")
