"""The database's roles and extensions: what a superuser does once before the first migration.

``marketplace_owner`` migrates, ``marketplace_app`` is the login of web and worker and has no right
of its own: each of its transactions takes one of the three named roles (architecture rule 14).
``marketplace_backup`` reads everything and writes nothing.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql

LOGINS = ("owner", "app", "backup")
NAMED = ("tenant", "staff", "system")
EXTENSIONS = ("pg_trgm", "btree_gist")


def create_roles(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """Create the roles that are missing and set the logins' passwords; running it twice is fine.

    Args:
        connection: of a superuser, in autocommit
        passwords: for ``owner``, ``app`` and ``backup``
    """
    for name in (*LOGINS, *NAMED):
        found = connection.execute(
            "select 1 from pg_roles where rolname = %s", (f"marketplace_{name}",)
        ).fetchone()
        if found is None:
            connection.execute(sql.SQL("create role {} noinherit nologin").format(_role(name)))
    for name in LOGINS:
        connection.execute(
            sql.SQL("alter role {} login password {}").format(
                _role(name), sql.Literal(passwords[name])
            )
        )
    for name in NAMED:
        connection.execute(
            sql.SQL("grant {} to marketplace_app with inherit false, set true").format(_role(name))
        )
    connection.execute("grant marketplace_system to marketplace_owner with inherit false, set true")
    connection.execute("grant pg_read_all_data to marketplace_backup with inherit true")
    connection.execute("alter role marketplace_backup inherit bypassrls")


def prepare_database(connection: psycopg.Connection) -> None:
    """Create the extensions in the connected database; a superuser's work.

    Args:
        connection: of a superuser to the exchange's database, in autocommit
    """
    for name in EXTENSIONS:
        connection.execute(
            sql.SQL("create extension if not exists {}").format(sql.Identifier(name))
        )


def prepare_cluster(address: str, passwords: Mapping[str, str], database: str) -> None:
    """Make the roles, the exchange's database and its extensions; running it twice is fine.

    Args:
        address: libpq address of a superuser's connection to any database of the cluster
        passwords: for ``owner``, ``app`` and ``backup``
        database: name of the exchange's database, owned by ``marketplace_owner``
    """
    with psycopg.connect(address, autocommit=True) as connection:
        create_roles(connection, passwords)
        found = connection.execute("select 1 from pg_database where datname = %s", (database,))
        if found.fetchone() is None:
            _create_database(connection, sql.Identifier(database))
    own = psycopg.conninfo.make_conninfo(address, dbname=database)
    with psycopg.connect(own, autocommit=True) as connection:
        prepare_database(connection)


def _create_database(connection: psycopg.Connection, name: sql.Identifier) -> None:
    statements = (
        "create database {} owner marketplace_owner",
        "revoke connect, temporary on database {} from public",
        "grant connect on database {} to marketplace_app, marketplace_backup",
    )
    for statement in statements:
        connection.execute(sql.SQL(statement).format(name))


def _role(name: str) -> sql.Identifier:
    return sql.Identifier(f"marketplace_{name}")
