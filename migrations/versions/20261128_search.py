"""The search of the market: a row for each product on sale, the words of the market, counts of facets.

Products could be opened by their address alone. The index is one GIN over lexemes that carry their
field and their facets; words and counts are kept by triggers, so that they are exact whoever writes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "search"
down_revision = "market"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
# What a row counts for: its words, and the values of its facets.
COUNTING = """
create function count_facets(found product_search, step integer) returns void
language sql security definer set search_path = public, pg_temp as $$
  insert into facet_count (name, value, product_count)
  select name, value, step from (
    values ('industry', found.industry), ('process', found.process),
           ('equipment', found.equipment), ('data_kind', found.data_kind),
           ('price', found.price_band), ('grade', found.grade),
           ('seller', found.organization_id::text), ('all', '')
    union all select 'format', unnest(found.formats)) as facet(name, value)
  where value <> '' or name = 'all' order by name, value
  on conflict (name, value) do update set product_count = facet_count.product_count + step $$;
create function search_counts() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone text[] := case when tg_op = 'INSERT' then '{}' else old.terms end;
  come text[] := case when tg_op = 'DELETE' then '{}' else new.terms end;
begin
  perform 1 from search_term where term = any(gone || come) order by term for update;
  update search_term set product_count = product_count - 1
   where term = any(gone) and not term = any(come);
  update search_term set product_count = product_count + 1
   where term = any(come) and not term = any(gone);
  if tg_op <> 'INSERT' then perform count_facets(old, -1); end if;
  if tg_op <> 'DELETE' then perform count_facets(new, 1); end if;
  return null;
end $$;
revoke execute on function search_counts(), count_facets(product_search, integer) from public;
create trigger product_search_counts after insert or update or delete on product_search
  for each row execute function search_counts();
grant create on schema public to marketplace_system;
alter function search_counts() owner to marketplace_system;
alter function count_facets(product_search, integer) owner to marketplace_system;
revoke create on schema public from marketplace_system;
"""


def upgrade() -> None:
    op.create_table(
        "product_search",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price_won", sa.BigInteger(), nullable=False),
        sa.Column("industry", sa.String(length=2), nullable=False),
        sa.Column("process", sa.String(length=60), nullable=False),
        sa.Column("equipment", sa.String(length=60), nullable=False),
        sa.Column("data_kind", sa.String(length=20), nullable=False),
        sa.Column("formats", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("price_band", sa.String(length=1), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("terms", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_search_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_product_search_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_product_search")),
        sa.UniqueConstraint("position", name=op.f("uq_product_search_position")),
        postgresql_with={"toast_tuple_target": "128"},
    )
    op.execute("create sequence product_search_position owned by product_search.position")
    op.execute(f"grant usage on sequence product_search_position to {ROLES}")
    # The words lie beside the row, so that counting facets reads little.
    op.execute("alter table product_search alter words set storage external")
    op.execute("create index ix_product_search_words on product_search using gin (words)")
    op.create_table(
        "search_term",
        sa.Column("term", sa.String(length=60), nullable=False),
        sa.Column("product_count", sa.Integer(), nullable=False),
        sa.Column("jamo", sa.String(length=200), nullable=False),
        sa.Column("choseong", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_search_term")),
    )
    op.execute("create index ix_search_term_jamo on search_term using gin (jamo gin_trgm_ops)")
    op.execute("create index ix_search_term_jamo_start on search_term (jamo text_pattern_ops)")
    op.execute("create index ix_search_term_choseong on search_term (choseong text_pattern_ops)")
    op.create_table(
        "facet_count",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("product_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "value", name=op.f("pk_facet_count")),
    )
    op.execute(COUNTING)
    separate()


def separate() -> None:
    for table in ("product_search", "search_term", "facet_count"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(
            f"create policy public_rows on {table} for select to marketplace_tenant using (true)"
        )
        op.execute(
            f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
        )
    op.execute(
        "create policy own_rows on product_search to marketplace_tenant"
        " using (organization_id = app_org()) with check (organization_id = app_org()"
        " and exists (select 1 from product p where p.id = product_id and p.state = 'listed'))"
    )
    # A word is made known by whoever uses it; the triggers alone count.
    op.execute(
        "create policy new_words on search_term for insert to marketplace_tenant"
        " with check (product_count = 0)"
    )
    op.execute(f"revoke update, delete on search_term from {ROLES}")
    op.execute(f"revoke insert, update, delete on facet_count from {ROLES}")
    op.execute("grant update on search_term to marketplace_system")
    op.execute("grant insert, update on facet_count to marketplace_system")


def downgrade() -> None:
    op.execute("drop trigger product_search_counts on product_search")
    op.execute("set role marketplace_system")
    op.execute("drop function search_counts()")
    op.execute("drop function count_facets(product_search, integer)")
    op.execute("reset role")
    op.drop_table("facet_count")
    op.drop_table("product_search")
    op.drop_table("search_term")
