"""Sellers as buyers see them, and views of products by day.

Nobody but its members could read an organization, but the law of mediated sales asks that buyers read
name, representative, address and number of who sells. A function gives just these, and only of
organizations that have or had something on sale.
"""

import sqlalchemy as sa
from alembic import op

revision = "market"
down_revision = "review"
branch_labels = None
depends_on = None

SOLD = "exists (select 1 from product p where p.organization_id = {}.organization_id and p.state <> 'draft')"
CARDS = """
create function seller_cards(wanted uuid[]) returns table(
  id uuid, name text, representative text, address text, business_number text, kind text,
  business_type text, business_item text, contact_email text, contact_phone text,
  mail_order_number text, introduction_ko text, introduction_en text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.name, o.representative, o.address, o.business_number, o.kind,
         o.business_type, o.business_item, coalesce(s.contact_email, o.invoice_email),
         coalesce(s.contact_phone, o.phone), coalesce(s.mail_order_number, ''),
         coalesce(s.introduction_ko, ''), coalesce(s.introduction_en, '')
    from organization o left join seller_profile s on s.organization_id = o.id
   where o.id = any(wanted)
     and exists (select 1 from product p where p.organization_id = o.id and p.state <> 'draft') $$;
revoke execute on function seller_cards(uuid[]) from public;
grant execute on function seller_cards(uuid[])
  to marketplace_tenant, marketplace_staff, marketplace_system;
create function count_view(wanted uuid, who bytea) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
  insert into product_view (product_id, day, visitor, organization_id)
  select p.id, (app_now() at time zone 'Asia/Seoul')::date, who, p.organization_id
    from product p
   where p.id = wanted and p.state = 'listed' and p.organization_id is distinct from app_org()
  on conflict do nothing $$;
revoke execute on function count_view(uuid, bytea) from public;
grant execute on function count_view(uuid, bytea) to marketplace_tenant;
grant create on schema public to marketplace_system;
alter function seller_cards(uuid[]) owner to marketplace_system;
alter function count_view(uuid, bytea) owner to marketplace_system;
revoke create on schema public from marketplace_system;
"""


def upgrade() -> None:
    op.create_table(
        "seller_profile",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=30), nullable=False),
        sa.Column("mail_order_number", sa.String(length=40), nullable=False),
        sa.Column("mail_order_exempt", sa.Boolean(), nullable=False),
        sa.Column("introduction_ko", sa.String(length=2000), nullable=False),
        sa.Column("introduction_en", sa.String(length=2000), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column(
            "saved_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "mail_order_exempt = (mail_order_number = '')",
            name=op.f("ck_seller_profile_mail_order_said_once"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_seller_profile_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["user_account.id"], name=op.f("fk_seller_profile_saved_by_user_account")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_seller_profile")),
    )
    op.create_table(
        "product_view",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitor", sa.LargeBinary(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("octet_length(visitor) = 16", name=op.f("ck_product_view_visitor")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_view_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_product_view_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("product_id", "day", "visitor", name=op.f("pk_product_view")),
    )
    op.create_index("ix_product_view_organization_id", "product_view", ["organization_id"])
    separate("seller_profile", SOLD.format("seller_profile"))
    separate("product_view", None)
    # A visitor's view is written by the exchange, never by the visitor's own rights.
    op.execute(
        "create policy counted_by_system on product_view as restrictive for insert"
        " to marketplace_tenant with check (false)"
    )
    op.execute(CARDS)


def separate(table: str, public: str | None) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy own_rows on {table} to marketplace_tenant"
        " using (organization_id = app_org())"
    )
    if public is not None:
        op.execute(
            f"create policy public_rows on {table} for select to marketplace_tenant using ({public})"
        )
    op.execute(
        f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
    )


def downgrade() -> None:
    op.execute("set role marketplace_system")
    op.execute("drop function seller_cards(uuid[])")
    op.execute("drop function count_view(uuid, bytea)")
    op.execute("reset role")
    op.drop_table("product_view")
    op.drop_table("seller_profile")
