"""SQL attacks on the books by the application's own login, each refused with its SQLSTATE."""

import psycopg
import pytest

from tests import servers
from tests.billing.books import ORDER, SELLER, as_role

TRANSACTION = (
    "insert into ledger_transaction (source_kind, source_id, matter_id)"
    f" values ('payment', '{{0}}', '{ORDER}') returning id"
)
NEW = f"with t as ({TRANSACTION.format('new')})"
POSTING = "insert into ledger_posting (transaction_id, account_code, amount_won)"
PARTY_POSTING = "insert into ledger_posting (transaction_id, account_code, party_id, amount_won)"
FIRST = "(select min(id) from ledger_transaction)"
PAIR = f"('bank', null::uuid, 500), ('seller_payable', '{SELLER}', -500)"

# name: statements of one transaction, and the refusal.
ATTACKS: dict[str, tuple[tuple[str, ...], str]] = {
    "1 an unbalanced pair": (
        (
            f"{NEW} {POSTING} select id, a, w from t, (values ('bank', 500), ('fee_income', -499)) v(a, w)",
        ),
        "23514",
    ),
    "2 a single line": ((f"{NEW} {POSTING} select id, 'bank', 500 from t",), "23514"),
    "3 a transaction without lines": ((TRANSACTION.format("new"),), "23514"),
    "4 a line of nothing": ((f"{NEW} {POSTING} select id, 'bank', 0 from t",), "23514"),
    "5 a balanced pair into a sealed transaction": (
        (f"{PARTY_POSTING} select {FIRST}, a, p, w from (values {PAIR}) v(a, p, w)",),
        "23001",
    ),
    "6 update an amount": (("update ledger_posting set amount_won = amount_won * 2",), "42501"),
    "7 delete lines": (("delete from ledger_posting",), "42501"),
    "8 empty the table": (("truncate ledger_posting, ledger_transaction",), "42501"),
    "9 use a source again": ((TRANSACTION.format("first"),), "23505"),
    "10 switch a trigger off": (
        ("alter table ledger_posting disable trigger ledger_posting_seal",),
        "42501",
    ),
    "11 take the table over": (
        ("alter table ledger_posting owner to marketplace_system",),
        "42501",
    ),
    "12 sleep through the triggers": (("set session_replication_role = replica",), "42501"),
    "13 another currency": (
        (
            (
                f"{NEW} insert into ledger_posting (transaction_id, account_code, amount_won, currency)"
                " select id, 'bank', 500, 'USD' from t"
            ),
        ),
        "42703",
    ),
    "14 a party missing where the account asks for one": (
        (f"{NEW} {POSTING} select id, 'seller_payable', -500 from t",),
        "23514",
    ),
    "15 a party where none belongs": (
        (f"{NEW} {PARTY_POSTING} select id, 'bank', '{SELLER}', 500 from t",),
        "23514",
    ),
    "16 an account that is not there": (
        (f"{NEW} {POSTING} select id, 'pocket', 500 from t",),
        "23503",
    ),
    "17 a seal of one's own": (
        (
            (
                "insert into ledger_transaction (source_kind, source_id, matter_id, transaction_number)"
                f" values ('payment', 'new', '{ORDER}', 1)"
            ),
        ),
        "42501",
    ),
    "18 a date of one's own": (
        (
            (
                "insert into ledger_transaction (source_kind, source_id, matter_id, at)"
                f" values ('payment', 'new', '{ORDER}', '2020-01-01')"
            ),
        ),
        "42501",
    ),
    "19 constraints brought forward, then one line": (
        (
            "set constraints all immediate",
            f"{PARTY_POSTING} select {FIRST}, a, p, w from (values {PAIR}) v(a, p, w)",
        ),
        "23001",
    ),
    "20 a reversal that is not the opposite": (
        (
            (
                "with t as (insert into ledger_transaction (source_kind, source_id, matter_id, reverses_id)"
                f" values ('reversal', 'new', '{ORDER}', {FIRST}) returning id)"
                f" {POSTING} select id, a, w from t, (values ('bank', -1), ('fee_income', 1)) v(a, w)"
            ),
        ),
        "23514",
    ),
    "21 insert that updates": (
        (
            (
                f"insert into ledger_transaction (source_kind, source_id, matter_id) values ('payment', 'first', '{ORDER}')"
                " on conflict (source_kind, source_id) do update set source_id = 'stolen'"
            ),
        ),
        "42501",
    ),
    "22 an account of one's own": (
        ("insert into ledger_account values ('pocket', 'asset', false, 'x', 'x')",),
        "42501",
    ),
    "23 drop the books": (("drop table ledger_posting",), "42501"),
    "24 a rule instead of the insert": (
        ("create rule nothing as on insert to ledger_posting do instead nothing",),
        "42501",
    ),
    "25 more than there is": (
        (f"{NEW} {POSTING} select id, 'bank', 1000000000000001 from t",),
        "23514",
    ),
    "26 another trigger function": (
        (
            "create or replace function ledger_weigh(weighed bigint) returns void language sql as ''",
        ),
        "42501",
    ),
}


@pytest.fixture
def books(database_name: str, clean: None) -> str:
    """A database with one committed transaction."""
    with as_role(database_name) as connection:
        connection.execute(
            f"with t as ({TRANSACTION.format('first')}) {PARTY_POSTING}"
            f" select id, a, p, w from t, (values {PAIR}) v(a, p, w)"
        )
        connection.commit()
    return database_name


def contents(admin: psycopg.Connection) -> list[tuple[object, ...]]:
    return admin.execute(
        "select t.source_kind, t.source_id, p.account_code, p.amount_won from ledger_transaction t"
        " left join ledger_posting p on p.transaction_id = t.id order by p.id"
    ).fetchall()


def refusal(database_name: str, *statements: str, role: str = "marketplace_system") -> str | None:
    """Run the statements and commit; return the SQLSTATE of what refused them."""
    with as_role(database_name, role) as connection:
        try:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        except psycopg.Error as error:
            return error.sqlstate
    return None


@pytest.mark.parametrize(("statements", "sqlstate"), ATTACKS.values(), ids=list(ATTACKS))
def test_an_attack_of_the_application_is_refused(
    books: str, admin: psycopg.Connection, statements: tuple[str, ...], sqlstate: str
) -> None:
    before = contents(admin)
    assert refusal(books, *statements) == sqlstate
    assert contents(admin) == before


def test_lines_copied_in_late_are_refused(books: str, admin: psycopg.Connection) -> None:
    before = contents(admin)
    number = admin.execute(f"select {FIRST}").fetchone()
    assert number is not None
    with as_role(books) as connection, pytest.raises(psycopg.Error) as refused:
        copy_pair(connection, number[0])
    assert refused.value.sqlstate == "23001"
    assert contents(admin) == before


def copy_pair(connection: psycopg.Connection, transaction_id: int) -> None:
    copy = "copy ledger_posting (transaction_id, account_code, amount_won) from stdin"
    with connection.cursor() as cursor, cursor.copy(copy) as lines:
        lines.write_row((transaction_id, "bank", 500))
        lines.write_row((transaction_id, "fee_income", -500))


def test_a_temporary_table_of_the_same_name_deceives_no_trigger(
    books: str, admin: psycopg.Connection
) -> None:
    """The functions name their schema; found first, the empty table would balance everything."""
    admin.execute(f'grant temporary on database "{books}" to marketplace_system')
    before = contents(admin)
    sqlstate = refusal(
        books,
        "create temporary table ledger_posting (like public.ledger_posting)",
        f"{NEW} insert into public.ledger_posting (transaction_id, account_code, amount_won)"
        " select id, 'bank', 500 from t",
    )
    assert sqlstate == "23514"
    assert contents(admin) == before


def test_a_number_that_comes_again_opens_no_seal(books: str, admin: psycopg.Connection) -> None:
    """A restored backup brings numbers of transactions that its new server has yet to give."""
    late_pair = f"{PARTY_POSTING} select {FIRST}, a, p, w from (values {PAIR}) v(a, p, w)"
    before = contents(admin)
    with as_role(books) as connection:
        row = connection.execute("select txid_current()").fetchone()
        assert row is not None
        with admin.transaction():
            admin.execute("set local session_replication_role = replica")
            admin.execute("update ledger_transaction set transaction_number = %s", row)
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(late_pair)
    assert refused.value.sqlstate == "23001"
    assert contents(admin) == before


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_posting set amount_won = 1",
        "delete from ledger_transaction",
        "truncate ledger_posting, ledger_transaction",
        "update ledger_account set by_party = false",
    ],
)
def test_even_the_owner_of_the_tables_changes_nothing(
    books: str, admin: psycopg.Connection, statement: str
) -> None:
    before = contents(admin)
    with (
        psycopg.connect(servers.dsn(books, "owner")) as connection,
        pytest.raises(psycopg.Error) as refused,
    ):
        connection.execute(statement)
    assert refused.value.sqlstate == "23001"
    assert contents(admin) == before


@pytest.mark.parametrize("role", ["marketplace_staff", "marketplace_tenant", "marketplace_app"])
def test_only_the_exchange_itself_writes_into_the_books(books: str, role: str) -> None:
    assert refusal(books, TRANSACTION.format("new"), role=role) == "42501"


@pytest.mark.parametrize("table", ["ledger_account", "ledger_transaction", "ledger_posting"])
def test_a_tenant_reads_none_of_the_books(books: str, table: str) -> None:
    assert refusal(books, f"select * from {table}", role="marketplace_tenant") == "42501"
    assert refusal(books, f"select * from {table}", role="marketplace_staff") is None


def test_a_balanced_transaction_works_within_a_savepoint(
    books: str, admin: psycopg.Connection
) -> None:
    again = (
        f"with t as ({TRANSACTION.format('second')}) {PARTY_POSTING}"
        f" select id, a, p, w from t, (values {PAIR}) v(a, p, w)"
    )
    assert refusal(books, "savepoint one", again, "release savepoint one") is None
    assert len(contents(admin)) == 4
