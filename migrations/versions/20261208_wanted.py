"""Data that somebody looks for and nobody sells yet, and the threads in which sellers answer.

Sellers did not learn what is missing on the market. A request is public until the operator hides it; a thread
belongs to the asker and one seller. The public may not read threads, so a trigger keeps their number with
the request, and the products that sellers name have a table of their own.
"""

import sqlalchemy as sa
from alembic import op

revision = "wanted"
down_revision = "saved_searches"
branch_labels = None
depends_on = None

STATES = ("open", "found", "not_needed", "expired")
DATA_KINDS = ("tabular", "time_series", "image", "sound", "mixed")
# A first answer and the end of a request take turns at its row, so no answer comes in after the end.
COUNTING = """
create function admit_wanted_answer() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from wanted_request
    where id = new.request_id and state = 'open' and hidden_at is null for no key update;
  return case when found then new end;
end $$;
create function count_wanted_answer() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update wanted_request set answer_count = answer_count + 1 where id = new.request_id;
  return null;
end $$;
revoke execute on function admit_wanted_answer(), count_wanted_answer() from public;
create trigger admit_wanted_answer before insert on wanted_thread
  for each row execute function admit_wanted_answer();
create trigger count_wanted_answer after insert on wanted_thread
  for each row execute function count_wanted_answer();
grant create on schema public to marketplace_system;
alter function admit_wanted_answer() owner to marketplace_system;
alter function count_wanted_answer() owner to marketplace_system;
revoke create on schema public from marketplace_system;
"""


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _time(name: str, *, nullable: bool = True) -> sa.Column[object]:
    default = None if nullable else sa.text("app_now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable)


def _words(name: str, length: int, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def upgrade() -> None:
    _make_request()
    _make_thread()
    _make_message()
    _make_product()
    for table in ("wanted_request", "wanted_thread", "wanted_message", "wanted_product"):
        _separate(table)
    _restrict()
    op.execute(COUNTING)


def _make_request() -> None:
    table = "wanted_request"
    op.create_table(
        table,
        _id("id"),
        _id("organization_id"),
        _id("asked_by"),
        _words("asker_name", 200),
        _words("title", 100),
        _words("purpose", 2000),
        _words("industry_division", 2),
        _words("process", 60),
        _words("equipment", 60),
        sa.Column("data_kind", _choice("data_kind", DATA_KINDS), nullable=True),
        _words("period", 100),
        sa.Column("budget_from_won", sa.BigInteger(), nullable=False),
        sa.Column("budget_to_won", sa.BigInteger(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("state", _choice("state", STATES), nullable=False),
        sa.Column("answer_count", sa.Integer(), nullable=False),
        _time("asked_at", nullable=False),
        _time("told_at"),
        _time("reminded_at"),
        _time("closed_at"),
        _words("hidden_reason", 1000, nullable=True),
        _id("hidden_by", nullable=True),
        _time("hidden_at"),
        sa.CheckConstraint(
            "industry_division ~ '^[0-9]{2}$'", name=op.f("ck_wanted_request_industry_division")
        ),
        sa.CheckConstraint(
            "budget_from_won >= 0 and budget_from_won <= budget_to_won",
            name=op.f("ck_wanted_request_budget_in_order"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at is null)",
            name=op.f("ck_wanted_request_closed_has_time"),
        ),
        sa.CheckConstraint(
            "(hidden_at is null) = (hidden_reason is null)",
            name=op.f("ck_wanted_request_hidden_has_reason"),
        ),
        sa.CheckConstraint("answer_count >= 0", name=op.f("ck_wanted_request_answer_count")),
        _to(table, "organization_id", "organization"),
        _to(table, "asked_by", "user_account"),
        _to(table, "hidden_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wanted_request")),
    )
    op.create_index("ix_wanted_request_asked_at", table, ["asked_at", "id"])
    op.create_index("ix_wanted_request_state_until_on", table, ["state", "until_on"])
    op.create_index("ix_wanted_request_organization_id", table, ["organization_id"])


def _make_thread() -> None:
    table = "wanted_thread"
    op.create_table(
        table,
        _id("id"),
        _id("request_id"),
        _id("organization_id"),
        _id("asker_organization_id"),
        _words("seller_name", 200),
        _time("begun_at", nullable=False),
        sa.CheckConstraint(
            "organization_id <> asker_organization_id", name=op.f("ck_wanted_thread_two_sides")
        ),
        _to(table, "request_id", "wanted_request"),
        _to(table, "organization_id", "organization"),
        _to(table, "asker_organization_id", "organization"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wanted_thread")),
        sa.UniqueConstraint(
            "request_id",
            "organization_id",
            name=op.f("uq_wanted_thread_request_id_organization_id"),
        ),
    )
    op.create_index("ix_wanted_thread_organization_id", table, ["organization_id"])


def _make_message() -> None:
    table = "wanted_message"
    op.create_table(
        table,
        _id("id"),
        _id("thread_id"),
        _id("organization_id"),
        _id("asker_organization_id"),
        sa.Column("by_asker", sa.Boolean(), nullable=False),
        _id("author_id"),
        _words("body", 2000),
        _id("product_id", nullable=True),
        _time("at", nullable=False),
        _time("told_at"),
        _to(table, "thread_id", "wanted_thread"),
        _to(table, "organization_id", "organization"),
        _to(table, "asker_organization_id", "organization"),
        _to(table, "author_id", "user_account"),
        _to(table, "product_id", "product"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wanted_message")),
    )
    op.create_index("ix_wanted_message_thread_id_at", table, ["thread_id", "at"])


def _make_product() -> None:
    table = "wanted_product"
    op.create_table(
        table,
        _id("request_id"),
        _id("product_id"),
        _id("organization_id"),
        _time("named_at", nullable=False),
        _to(table, "request_id", "wanted_request"),
        _to(table, "product_id", "product"),
        _to(table, "organization_id", "organization"),
        sa.PrimaryKeyConstraint("request_id", "product_id", name=op.f("pk_wanted_product")),
    )


def _separate(table: str) -> None:
    own = "organization_id = app_org()"
    if table in ("wanted_thread", "wanted_message"):
        own += " or asker_organization_id = app_org()"
    public = {
        "wanted_request": "hidden_at is null",
        "wanted_product": "exists (select 1 from wanted_request r where r.id = request_id)",
    }
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy own_rows on {table} to marketplace_tenant using ({own})")
    if table in public:
        op.execute(
            f"create policy public_rows on {table} for select to marketplace_tenant"
            f" using ({public[table]})"
        )
    op.execute(
        f"create policy all_rows on {table} to marketplace_staff, marketplace_system using (true)"
    )
    op.execute(f"revoke delete on {table} from marketplace_tenant, marketplace_staff")
    if table != "wanted_request":
        op.execute(f"revoke update on {table} from marketplace_tenant, marketplace_staff")


def _restrict() -> None:
    # An asker asks in the own name and hides nothing; what is hidden stays as it is.
    op.execute(
        "create policy asks on wanted_request as restrictive for insert to marketplace_tenant"
        " with check (organization_id = app_org() and asked_by = app_user() and state = 'open'"
        " and answer_count = 0 and hidden_at is null)"
    )
    op.execute(
        "create policy changes on wanted_request as restrictive for update to marketplace_tenant"
        " using (organization_id = app_org() and hidden_at is null)"
        " with check (organization_id = app_org() and hidden_at is null)"
    )
    # A seller begins a thread with the one who really asks.
    op.execute(
        "create policy answers on wanted_thread as restrictive for insert to marketplace_tenant"
        " with check (organization_id = app_org() and exists (select 1 from wanted_request r"
        " where r.id = wanted_thread.request_id and r.hidden_at is null and r.state = 'open'"
        " and r.organization_id = wanted_thread.asker_organization_id))"
    )
    # Each side writes in the own name into a thread of theirs.
    op.execute(
        "create policy says on wanted_message as restrictive for insert to marketplace_tenant"
        " with check (author_id = app_user()"
        " and case when by_asker then asker_organization_id else organization_id end = app_org()"
        " and exists (select 1 from wanted_thread t where t.id = wanted_message.thread_id"
        " and t.organization_id = wanted_message.organization_id"
        " and t.asker_organization_id = wanted_message.asker_organization_id))"
    )
    op.execute(
        "create policy names on wanted_product as restrictive for insert to marketplace_tenant"
        " with check (organization_id = app_org() and exists (select 1 from wanted_thread t"
        " where t.request_id = wanted_product.request_id and t.organization_id = app_org())"
        " and exists (select 1 from product p where p.id = wanted_product.product_id"
        " and p.organization_id = app_org() and p.state = 'listed'))"
    )


def downgrade() -> None:
    op.execute("drop trigger admit_wanted_answer on wanted_thread")
    op.execute("drop trigger count_wanted_answer on wanted_thread")
    op.execute("set role marketplace_system")
    op.execute("drop function admit_wanted_answer(), count_wanted_answer()")
    op.execute("reset role")
    for table in ("wanted_product", "wanted_message", "wanted_thread", "wanted_request"):
        op.drop_table(table)
