"""What a mail needs for its footer, and that its text is forgotten when it held a secret.

The wait between tries belongs to the job that sends the mail, so its own column goes.
"""

import sqlalchemy as sa
from alembic import op

revision = "mail"
down_revision = "oversight"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_mail_waiting", table_name="mail")
    op.drop_column("mail", "next_try_at")
    for column in (
        sa.Column("link", sa.String(length=300), server_default="", nullable=False),
        sa.Column("language", sa.String(length=2), server_default="ko", nullable=False),
        sa.Column("mutable", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("secret", sa.Boolean(), server_default=sa.false(), nullable=False),
    ):
        op.add_column("mail", column)
        op.alter_column("mail", column.name, server_default=None)
    op.create_check_constraint("ck_mail_language", "mail", "language in ('ko', 'en')")


def downgrade() -> None:
    for name in ("link", "language", "mutable", "secret"):
        op.drop_column("mail", name)
    op.add_column(
        "mail",
        sa.Column(
            "next_try_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
    )
    op.create_index(
        "ix_mail_waiting", "mail", ["next_try_at"], postgresql_where=sa.text("sent_at is null")
    )
