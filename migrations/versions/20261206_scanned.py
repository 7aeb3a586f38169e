"""Files say by which malware scanner, and which signatures of it, they were scanned.

The step of a file said so only while the file was being processed, and only to its seller.
"""

import sqlalchemy as sa
from alembic import op

revision = "scanned"
down_revision = "revocation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("data_file", sa.Column("scanned_by", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("data_file", "scanned_by")
