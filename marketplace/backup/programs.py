"""PostgreSQL's client programs, and what both directions ask of a database."""

import os
import subprocess

import psycopg
from psycopg import sql

from marketplace.backup.manifest import BackupFailed
from marketplace.embedded.postgres import programs_of_wheel

TABLES = """
  select c.relname from pg_class c
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1
"""


def run_program(name: str, address: str, *arguments: str) -> None:
    """Run one of the programs of the installed wheel on a database.

    Args:
        name: ``pg_dump`` or ``pg_restore``
        address: libpq address; its password goes through the environment, where others see nothing
        arguments: of the program

    Raises:
        BackupFailed: it failed; its first error is the reason
    """
    facts = psycopg.conninfo.conninfo_to_dict(address)
    password = str(facts.pop("password", ""))
    target = psycopg.conninfo.make_conninfo("", **facts)
    done = subprocess.run(  # noqa: S603 - our own program and arguments
        [programs_of_wheel()[0] / "bin" / name, f"--dbname={target}", *arguments],
        env=os.environ | {"PGPASSWORD": password, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "error:" in line]
        raise BackupFailed(reason=(lines or [f"{name}: exit {done.returncode}"])[0])


def row_counts(connection: psycopg.Connection) -> dict[str, int]:
    """Return the number of rows of every table, as the connection's role sees them."""
    counts: dict[str, int] = {}
    for (table,) in connection.execute(TABLES).fetchall():
        statement = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
        row = connection.execute(statement).fetchone()
        assert row is not None, "an aggregate without a group returns one row"
        counts[table] = row[0]
    return counts


def revision_of(connection: psycopg.Connection) -> str:
    """Return the migration the database stands at.

    Raises:
        BackupFailed: nothing was migrated yet
    """
    try:
        row = connection.execute("select version_num from alembic_version").fetchone()
    except psycopg.errors.UndefinedTable as error:
        raise BackupFailed(reason="the database was never migrated") from error
    return str(row[0]) if row else ""
