"""The cart of an organization, quotations, and how sellers are taxed.

Nobody but its members reads an organization, but a buyer must know whether VAT is added: a function gives
the kind of tax of those that have or had something on sale, as the register says it.
"""

import sqlalchemy as sa
from alembic import op

revision = "cart"
down_revision = "profiles"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
TAX_TYPES = """
create function seller_tax_types(wanted uuid[]) returns table(id uuid, tax_type text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, coalesce(o.registry_tax_type, o.tax_type)
    from organization o
   where o.id = any(wanted)
     and exists (select 1 from product p where p.organization_id = o.id and p.state <> 'draft') $$;
revoke execute on function seller_tax_types(uuid[]) from public;
grant execute on function seller_tax_types(uuid[])
  to marketplace_tenant, marketplace_staff, marketplace_system;
grant create on schema public to marketplace_system;
alter function seller_tax_types(uuid[]) owner to marketplace_system;
revoke create on schema public from marketplace_system;
"""


def _time(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("app_now()"), nullable=False
    )


def _id(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
    )


def upgrade() -> None:
    op.execute(TAX_TYPES)
    op.create_table(
        "cart_item",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("title_ko", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("price_won", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        _time("added_at"),
        sa.CheckConstraint("price_won > 0", name=op.f("ck_cart_item_price_won")),
        _id("cart_item", "organization_id", "organization"),
        _id("cart_item", "product_id", "product"),
        _id("cart_item", "version_id", "dataset_version"),
        _id("cart_item", "added_by", "user_account"),
        sa.PrimaryKeyConstraint("organization_id", "product_id", name=op.f("pk_cart_item")),
    )
    op.create_table(
        "quotation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("organization_name", sa.String(length=120), nullable=False),
        sa.Column("organization_number", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("supply_won", sa.BigInteger(), nullable=False),
        sa.Column("vat_won", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        _time("made_at"),
        sa.CheckConstraint("supply_won > 0 and vat_won >= 0", name=op.f("ck_quotation_sums")),
        sa.CheckConstraint("line_count > 0", name=op.f("ck_quotation_line_count")),
        _id("quotation", "organization_id", "organization"),
        _id("quotation", "made_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotation")),
        sa.UniqueConstraint("sequence", name=op.f("uq_quotation_sequence")),
    )
    op.create_index(
        "ix_quotation_organization_id_sequence", "quotation", ["organization_id", "sequence"]
    )
    op.create_table(
        "quotation_line",
        sa.Column("quotation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("product_number", sa.BigInteger(), nullable=False),
        sa.Column("title_ko", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("licence_sha256", sa.String(length=64), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("seller_name", sa.String(length=120), nullable=False),
        sa.Column("seller_number", sa.String(length=10), nullable=False),
        sa.Column("seller_representative", sa.String(length=80), nullable=False),
        sa.Column("seller_address", sa.String(length=300), nullable=False),
        sa.Column("seller_phone", sa.String(length=30), nullable=False),
        sa.Column(
            "taxation",
            sa.Enum(
                "taxable",
                "zero_rated",
                "exempt",
                name=op.f("ck_quotation_line_taxation"),
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("supply_won", sa.BigInteger(), nullable=False),
        sa.Column("vat_won", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("supply_won > 0 and vat_won >= 0", name=op.f("ck_quotation_line_sums")),
        sa.CheckConstraint("position > 0", name=op.f("ck_quotation_line_position")),
        _id("quotation_line", "quotation_id", "quotation"),
        _id("quotation_line", "organization_id", "organization"),
        _id("quotation_line", "product_id", "product"),
        _id("quotation_line", "version_id", "dataset_version"),
        _id("quotation_line", "seller_id", "organization"),
        sa.PrimaryKeyConstraint("quotation_id", "position", name=op.f("pk_quotation_line")),
    )
    op.create_index("ix_quotation_line_organization_id", "quotation_line", ["organization_id"])
    for table in ("cart_item", "quotation", "quotation_line"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy own_rows on {table} to marketplace_tenant"
            " using (organization_id = app_org())"
        )
        op.execute(
            f"create policy all_rows on {table} to marketplace_staff, marketplace_system"
            " using (true)"
        )
    # A paper that was given out stays as it was.
    op.execute(f"revoke update, delete on quotation, quotation_line from {ROLES}")
    op.execute(f"revoke update on cart_item from {ROLES}")


def downgrade() -> None:
    op.drop_table("quotation_line")
    op.drop_table("quotation")
    op.drop_table("cart_item")
    op.execute("drop function seller_tax_types(uuid[])")
