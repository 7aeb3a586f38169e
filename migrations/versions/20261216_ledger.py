"""The ledger: accounts as data, transactions with their source, postings that balance and stay.

Four triggers guard the books, whoever writes: a posting is taken only from the transaction of PostgreSQL that
made its ledger transaction (its number alone would come again after a backup was restored); at commit each balances and has two lines; nothing changes or goes. Functions name
their schema, so that a temporary table of the same name deceives nobody.
"""

import sqlalchemy as sa
from alembic import op

revision = "ledger"
down_revision = "cart"
branch_labels = None
depends_on = None

ROLES = "marketplace_tenant, marketplace_staff, marketplace_system"
TABLES = ("ledger_account", "ledger_transaction", "ledger_posting")

ACCOUNTS = (
    ("bank", "asset", False, "보통예금", "Bank"),
    ("gateway_clearing", "asset", False, "결제대행 미수금", "Receivable from gateways"),
    ("buyer_receivable", "asset", True, "구매자 미수금", "Receivable from buyers"),
    ("seller_clawback", "asset", True, "판매자 환수 채권", "Clawback from sellers"),
    ("held_seller_payable", "liability", True, "판매대금 보관금", "Held for sellers"),
    ("seller_payable", "liability", True, "판매자 미지급금", "Payable to sellers"),
    ("refund_payable", "liability", True, "환불 미지급금", "Refunds payable"),
    ("unmatched_receipt", "liability", False, "미확인 입금", "Receipts not matched"),
    ("vat_payable", "liability", False, "부가가치세 예수금", "VAT payable"),
    ("fee_income", "income", False, "거래 수수료 수입", "Exchange fees"),
    ("gateway_fee", "expense", False, "결제대행 수수료", "Gateway fees"),
)

GUARDS = """
create function ledger_stamp() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
begin
  new.at := public.app_now();
  new.transaction_number := txid_current();
  new.transaction_began_at := now();
  if exists (select 1 from public.ledger_transaction o
             where o.id = new.reverses_id and o.reverses_id is not null) then
    raise exception 'ledger transaction % is a reversal', new.reverses_id
      using errcode = '23514', constraint = 'ledger_transaction_reverses_no_reversal';
  end if;
  return new;
end $$;

create function ledger_seal() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  sealed boolean;
  named boolean;
begin
  select (transaction_number, transaction_began_at) <> (txid_current(), now()) into sealed
    from public.ledger_transaction where id = new.transaction_id;
  if sealed then
    raise exception 'ledger transaction % is sealed', new.transaction_id
      using errcode = '23001', constraint = 'ledger_posting_sealed';
  end if;
  select by_party into named from public.ledger_account where code = new.account_code;
  if named <> (new.party_id is not null) then
    raise exception 'the party of account % is wrong', new.account_code
      using errcode = '23514', constraint = 'ledger_posting_party';
  end if;
  return new;
end $$;

create function ledger_weigh(weighed bigint) returns void language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  won numeric;
  lines bigint;
  reversed bigint;
begin
  select sum(amount_won), count(*) into won, lines
    from public.ledger_posting where transaction_id = weighed;
  if lines < 2 or won <> 0 then
    raise exception 'ledger transaction % has % lines, % won out of balance', weighed, lines, won
      using errcode = '23514', constraint = 'ledger_transaction_balanced';
  end if;
  select reverses_id into reversed from public.ledger_transaction where id = weighed;
  if reversed is not null and exists (
      select 1 from public.ledger_posting where transaction_id in (weighed, reversed)
      group by account_code, party_id having sum(amount_won) <> 0) then
    raise exception 'ledger transaction % is not the opposite of %', weighed, reversed
      using errcode = '23514', constraint = 'ledger_transaction_mirrors';
  end if;
end $$;

create function ledger_transaction_weigh() returns trigger language plpgsql as $$
begin perform public.ledger_weigh(new.id); return null; end $$;
create function ledger_posting_weigh() returns trigger language plpgsql as $$
begin perform public.ledger_weigh(new.transaction_id); return null; end $$;

create trigger ledger_transaction_stamp before insert on ledger_transaction
  for each row execute function ledger_stamp();
create trigger ledger_posting_seal before insert on ledger_posting
  for each row execute function ledger_seal();
create constraint trigger ledger_transaction_balanced after insert on ledger_transaction
  deferrable initially deferred for each row execute function ledger_transaction_weigh();
create constraint trigger ledger_posting_balanced after insert on ledger_posting
  deferrable initially deferred for each row execute function ledger_posting_weigh();
"""


def upgrade() -> None:
    create_tables()
    insert_accounts()
    op.execute(GUARDS)
    for table in TABLES:
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table}"
            " execute function refuse_change()"
        )
        op.execute(f"revoke all on {table} from {ROLES}")
        op.execute(f"grant select on {table} to marketplace_staff, marketplace_system")
    # Only what a caller says: number, time and seal are the database's.
    op.execute(
        "grant insert (source_kind, source_id, matter_id, reverses_id) on ledger_transaction"
        " to marketplace_system"
    )
    op.execute(
        "grant insert (transaction_id, account_code, party_id, amount_won) on ledger_posting"
        " to marketplace_system"
    )


def insert_accounts() -> None:
    table = sa.table(
        "ledger_account",
        *(sa.column(c) for c in ("code", "side", "by_party", "name_ko", "name_en")),
    )
    names = [column.name for column in table.columns]
    op.bulk_insert(table, [dict(zip(names, row, strict=True)) for row in ACCOUNTS])


def create_tables() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "asset",
                "liability",
                "income",
                "expense",
                name=op.f("ck_ledger_account_side"),
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("by_party", sa.Boolean(), nullable=False),
        sa.Column("name_ko", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ledger_account")),
    )
    op.create_table(
        "ledger_transaction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source_kind", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("app_now()"),
            nullable=False,
        ),
        sa.Column(
            "transaction_number",
            sa.BigInteger(),
            server_default=sa.text("txid_current()"),
            nullable=False,
        ),
        sa.Column(
            "transaction_began_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "source_kind <> '' and source_id <> ''",
            name=op.f("ck_ledger_transaction_source_is_named"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["ledger_transaction.id"],
            name=op.f("fk_ledger_transaction_reverses_id_ledger_transaction"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transaction")),
    )
    op.create_index(
        "uq_ledger_transaction_source",
        "ledger_transaction",
        ["source_kind", "source_id"],
        unique=True,
    )
    op.create_index(
        "uq_ledger_transaction_reverses_id", "ledger_transaction", ["reverses_id"], unique=True
    )
    op.create_index("ix_ledger_transaction_matter_id", "ledger_transaction", ["matter_id"])
    op.create_table(
        "ledger_posting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("account_code", sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("amount_won", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount_won <> 0 and amount_won between -1000000000000000 and 1000000000000000",
            name=op.f("ck_ledger_posting_amount_won"),
        ),
        sa.ForeignKeyConstraint(
            ["account_code"],
            ["ledger_account.code"],
            name=op.f("fk_ledger_posting_account_code_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["ledger_transaction.id"],
            name=op.f("fk_ledger_posting_transaction_id_ledger_transaction"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_posting")),
    )
    op.create_index("ix_ledger_posting_transaction_id", "ledger_posting", ["transaction_id"])
    op.create_index(
        "ix_ledger_posting_account_code_party_id", "ledger_posting", ["account_code", "party_id"]
    )


def downgrade() -> None:
    op.execute("drop table ledger_posting, ledger_transaction, ledger_account")
    op.execute(
        "drop function ledger_transaction_weigh, ledger_posting_weigh, ledger_weigh, ledger_seal,"
        " ledger_stamp"
    )
