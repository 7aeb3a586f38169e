"""What PostgreSQL's catalogue says of a database, in a form that two databases can be compared by."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

# Made by the queue's own schema or by the clock: no models of ours describe them.
FOREIGN = "'^(procrastinate|alembic_version|sandbox_clock)'"

COLUMNS = f"""
  select table_name || '.' || column_name, concat_ws(' ', data_type, character_maximum_length,
    is_nullable, column_default, generation_expression, identity_generation, udt_name)
  from information_schema.columns where table_schema = 'public' and table_name !~ {FOREIGN}
"""
CONSTRAINTS = f"""
  select conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint
  where connamespace = 'public'::regnamespace and conrelid::regclass::text !~ {FOREIGN}
    and contype <> 't'  -- a constraint trigger is a trigger
"""
INDEXES = f"""
  select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename !~ {FOREIGN}
"""
ENUMS = """
  select typname, string_agg(enumlabel, ',' order by enumsortorder)
  from pg_type join pg_enum on enumtypid = pg_type.oid
  where typname not like 'procrastinate%' group by 1
"""
TRIGGERS = f"""
  select tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) from pg_trigger
  where not tgisinternal and tgrelid::regclass::text !~ {FOREIGN}
"""
POLICIES = """
  select tablename || '.' || policyname, concat_ws(' ', roles::text, cmd, qual, with_check)
  from pg_policies where schemaname = 'public'
"""
GRANTS = f"""
  select table_name || ' ' || grantee, string_agg(privilege_type, ',' order by privilege_type)
  from information_schema.role_table_grants
  where table_schema = 'public' and table_name !~ {FOREIGN} group by 1
"""
SECURITY = f"""
  select relname, format('%s %s', relrowsecurity, relforcerowsecurity) from pg_class
  where relkind = 'r' and relnamespace = 'public'::regnamespace and relname !~ {FOREIGN}
"""
FUNCTIONS = """
  select p.proname, pg_get_functiondef(p.oid) from pg_proc p
  where p.pronamespace = 'public'::regnamespace and p.proname !~ '^procrastinate'
    and p.prokind = 'f' and not exists (
      select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
"""
MODELS_SAY = {"column": COLUMNS, "constraint": CONSTRAINTS, "index": INDEXES, "enum": ENUMS}
MIGRATIONS_SAY = MODELS_SAY | {
    "trigger": TRIGGERS,
    "policy": POLICIES,
    "grant": GRANTS,
    "security": SECURITY,
    "function": FUNCTIONS,
}

Snapshot = dict[tuple[str, str], str]


def snapshot(connection: psycopg.Connection, questions: dict[str, str]) -> Snapshot:
    """Return the answers to the questions, by kind and name."""
    found: Snapshot = {}
    for kind, question in questions.items():
        for name, text in connection.execute(question).fetchall():
            found[kind, str(name)] = str(text)
    return found


def tables_with(connection: psycopg.Connection, *columns: str) -> set[str]:
    """Return the tables of ours that have one of the columns."""
    rows = connection.execute(
        f"select distinct table_name from information_schema.columns"
        f" where table_schema = 'public' and column_name = any(%s) and table_name !~ {FOREIGN}",
        (list(columns),),
    ).fetchall()
    return {str(name) for (name,) in rows}


@dataclass(frozen=True)
class Check:
    """One CHECK constraint; ``choices`` are its values where it lists them for a column."""

    name: str
    table: str
    text: str
    column: str | None
    choices: tuple[str, ...]


_CHOICE = re.compile(r"^CHECK \(\(\((\w+)\)::text = ANY \(\(?ARRAY\[")


def checks(connection: psycopg.Connection) -> Iterator[Check]:
    """Yield every CHECK of ours, by name."""
    rows = connection.execute(
        "select conname, conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint"
        f" where contype = 'c' and connamespace = 'public'::regnamespace"
        f" and conrelid::regclass::text !~ {FOREIGN} order by 1"
    ).fetchall()
    for name, table, text in rows:
        listed = _CHOICE.match(text)
        choices = tuple(re.findall(r"'([^']*)'::", text)) if listed else ()
        yield Check(name, table, text, listed.group(1) if listed else None, choices)


def drop_other_checks(connection: psycopg.Connection, kept: Check) -> None:
    """Leave one CHECK of its table, so that no other one refuses the row first."""
    for other in list(checks(connection)):
        if other.table == kept.table and other.name != kept.name:
            connection.execute(f'alter table "{other.table}" drop constraint "{other.name}"')


# A value for each type; a column with a default needs none.
_VALUES: dict[str, object] = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "character varying": "x",
    "text": "x",
    "integer": 1,
    "bigint": 1,
    "smallint": 1,
    "boolean": True,
    "date": "2026-01-02",
    "timestamp with time zone": "2026-01-02T03:04:05Z",
    "bytea": b"x",
    "jsonb": "{}",
    "tsvector": "",
    "inet": "127.0.0.1",
    "ARRAY": ["x"],
    "numeric": 1,
    "double precision": 1.0,
}


def plain_row(connection: psycopg.Connection, table: str) -> dict[str, object]:
    """Return a row with a value for each column that needs one; choices get their first."""
    rows = connection.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = 'public' and table_name = %s and is_nullable = 'NO'"
        " and column_default is null and identity_generation is null",
        (table,),
    ).fetchall()
    row: dict[str, object] = {name: _VALUES[kind] for name, kind in rows}
    for check in checks(connection):
        if check.table == table and check.column in row:
            row[check.column] = check.choices[0]
    return row


@contextmanager
def undone(connection: psycopg.Connection) -> Iterator[None]:
    """Undo what the block does; triggers and foreign keys sleep meanwhile."""
    with connection.transaction(force_rollback=True):
        connection.execute("set local session_replication_role = replica")
        yield


def insert(connection: psycopg.Connection, table: str, row: dict[str, Any]) -> None:
    """Insert one row."""
    names = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(["%s"] * len(row))
    connection.execute(
        f'insert into "{table}" ({names}) values ({places})',
        list(row.values()),
    )
