"""The migrations arrive where the models say, can be taken back, and the database refuses bad rows."""

from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.errors import CheckViolation
from sqlmodel import SQLModel

from marketplace.embedded.roles import prepare_database
from marketplace.schema import migrate
from marketplace.tables import import_models
from tests import catalogue, servers
from tests.forbidden_rows import ALLOWED, FORBIDDEN

APPEND_ONLY = {
    "audit_event",
    "audit_seal",
    "consent",
    "ledger_account",
    "ledger_posting",
    "ledger_transaction",
    "legal_text",
    "price_change",
    "review_comment",
    "training_signature",
    "role_change",
    "state_step",
}
APPLICATION_ROLES = ("marketplace_tenant", "marketplace_staff", "marketplace_system")
CLOCK = "create function app_now() returns timestamptz language sql volatile as 'select now()'"


@pytest.fixture
def empty_database() -> Iterator[str]:
    """A database of its own with roles and extensions, and no table."""
    name = f"test_migrations_{id(object())}"
    with psycopg.connect(servers.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template template0 owner marketplace_owner")
    with psycopg.connect(servers.dsn(name), autocommit=True) as connection:
        prepare_database(connection)
    yield name
    with psycopg.connect(servers.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


def described(name: str, questions: dict[str, str]) -> catalogue.Snapshot:
    with psycopg.connect(servers.dsn(name), autocommit=True) as connection:
        return catalogue.snapshot(connection, questions)


def test_the_newest_migration_can_be_taken_back_and_applied_again(empty_database: str) -> None:
    address = servers.url(empty_database, "owner")
    migrate(address)
    before = described(empty_database, catalogue.MIGRATIONS_SAY)

    migrate(address, "-1")
    between = described(empty_database, catalogue.MIGRATIONS_SAY)
    migrate(address)

    assert between != before
    assert described(empty_database, catalogue.MIGRATIONS_SAY) == before


def test_every_migration_can_be_taken_back(empty_database: str) -> None:
    address = servers.url(empty_database, "owner")
    migrate(address)

    migrate(address, "base")

    assert described(empty_database, catalogue.MIGRATIONS_SAY) == {}


def test_the_migrations_arrive_at_the_models(
    empty_database: str, admin: psycopg.Connection
) -> None:
    import_models()
    with psycopg.connect(servers.dsn(empty_database, "owner"), autocommit=True) as connection:
        connection.execute(CLOCK)
    engine = sa.create_engine(servers.url(empty_database, "owner"), poolclass=sa.pool.NullPool)
    SQLModel.metadata.create_all(engine)

    from_models = described(empty_database, catalogue.MODELS_SAY)
    migrated = catalogue.snapshot(admin, catalogue.MODELS_SAY)

    differences = {
        name: (migrated.get(name), from_models.get(name))
        for name in sorted(migrated.keys() | from_models.keys())
        if migrated.get(name) != from_models.get(name)
    }
    assert differences == {}, "left: the migrations, right: the models"


def test_every_check_refuses_its_forbidden_row(admin: psycopg.Connection) -> None:
    unguarded = []
    for check in catalogue.checks(admin):
        plain = catalogue.plain_row(admin, check.table) | ALLOWED.get(check.table, {})
        change = FORBIDDEN.get(check.name)
        if change is None and check.column is not None:
            change = {check.column: "no-such-choice"}
        if change is None:
            unguarded.append(f"{check.name}: {check.text}")
            continue
        with catalogue.undone(admin):
            catalogue.insert(admin, check.table, plain)
        with catalogue.undone(admin):
            catalogue.drop_other_checks(admin, check)
            with pytest.raises(CheckViolation) as refused:
                catalogue.insert(admin, check.table, plain | change)
        assert refused.value.diag.constraint_name == check.name
    assert unguarded == [], "write a row for them into tests/forbidden_rows.py"


def test_no_forbidden_row_is_left_of_a_check_that_is_gone(admin: psycopg.Connection) -> None:
    assert set(FORBIDDEN) <= {check.name for check in catalogue.checks(admin)}


EVERYBODYS = {f"{table}.public_rows" for table in ("product_search", "search_term", "facet_count")}


def test_rows_of_tenants_are_separated_by_the_database(admin: psycopg.Connection) -> None:
    tables = catalogue.tables_with(admin, "user_id", "organization_id") | {
        "organization",
        "user_account",
    }
    security = catalogue.snapshot(admin, {"": catalogue.SECURITY})
    policies = catalogue.snapshot(admin, {"": catalogue.POLICIES})

    assert {table for table in tables if security["", table] != "t t"} == set()
    assert {table for table in tables if ("", f"{table}.own_rows") not in policies} == set()
    for (_, name), text in policies.items():
        if text.split()[0] == "{marketplace_tenant}":
            # The tenant's own policy names the tenant; "true" would show everybody's rows.
            # What the market is searched by is everybody's: it holds listed products alone.
            assert text.split()[2] != "true" or name in EVERYBODYS, name


def test_history_cannot_be_changed_by_any_role_of_the_application(
    admin: psycopg.Connection,
) -> None:
    triggers = catalogue.snapshot(admin, {"": catalogue.TRIGGERS})
    grants = catalogue.snapshot(admin, {"": catalogue.GRANTS})
    protected = {name.partition(".")[0] for _, name in triggers if name.endswith("_append_only")}

    assert protected >= APPEND_ONLY
    for table in protected:
        for role in APPLICATION_ROLES:
            rights = set(grants.get(("", f"{table} {role}"), "").split(","))
            assert not rights & {"UPDATE", "DELETE", "TRUNCATE"}, (table, role)


def test_the_application_logs_in_without_rights_over_the_schema(
    admin: psycopg.Connection,
) -> None:
    rows = admin.execute(
        "select rolname from pg_roles where rolname like 'marketplace%' and rolname <>"
        " 'marketplace_owner' and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole"
        " or has_schema_privilege(oid, 'public', 'create'))"
    ).fetchall()
    owned = admin.execute(
        "select tablename from pg_tables where schemaname = 'public' and tableowner <>"
        " 'marketplace_owner'"
    ).fetchall()

    assert [name for (name,) in rows if name != "marketplace_backup"] == []
    assert owned == []
