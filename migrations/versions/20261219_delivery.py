"""Receipts of downloads: who took which bytes of what was bought, when and from where.

A right to use data said when it was used first, but neither buyer nor seller could show what was delivered. Only
the exchange itself writes a receipt, and nobody changes one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "delivery"
down_revision = "reconciliation"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
TABLE = "download_receipt"


def upgrade() -> None:
    create_table()
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    op.execute(
        f"create policy own_rows on {TABLE} to marketplace_tenant using (organization_id = app_org())"
    )
    op.execute(
        f"create policy sold_rows on {TABLE} for select to marketplace_tenant using (seller_id = app_org())"
    )
    op.execute(
        f"create policy all_rows on {TABLE} to marketplace_staff, marketplace_system using (true)"
    )
    op.execute(f"revoke insert on {TABLE} from marketplace_tenant")
    op.execute(f"revoke update, delete on {TABLE} from {ROLES}")
    op.execute(
        f"create trigger {TABLE}_append_only before update or delete or truncate on {TABLE}"
        " execute function refuse_change()"
    )


def downgrade() -> None:
    op.drop_table(TABLE)


def create_table() -> None:
    op.create_table(
        "download_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("entitlement_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("address", postgresql.INET(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "file",
                "whole",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "downloaded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'file') = (file_id is not null)",
            name=op.f("ck_download_receipt_file_is_named"),
        ),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_download_receipt_size_bytes")),
        sa.ForeignKeyConstraint(
            ["entitlement_id"],
            ["entitlement.id"],
            name=op.f("fk_download_receipt_entitlement_id_entitlement"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["data_file.id"], name=op.f("fk_download_receipt_file_id_data_file")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_download_receipt_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"],
            ["organization.id"],
            name=op.f("fk_download_receipt_seller_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_download_receipt_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download_receipt")),
        sa.UniqueConstraint("sequence", name=op.f("uq_download_receipt_sequence")),
    )
    op.create_index(
        "ix_download_receipt_entitlement_id", "download_receipt", ["entitlement_id"], unique=False
    )
    op.create_index(
        "ix_download_receipt_organization_id_sequence",
        "download_receipt",
        ["organization_id", "sequence"],
        unique=False,
    )
    op.create_index(
        "ix_download_receipt_seller_id_sequence",
        "download_receipt",
        ["seller_id", "sequence"],
        unique=False,
    )
