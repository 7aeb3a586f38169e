"""The real servers of a test run: one PostgreSQL and one S3 server, embedded unless given.

``MARKETPLACE_TEST_POSTGRES`` (a superuser's DSN) and ``MARKETPLACE_TEST_S3_ENDPOINT`` with
``_ACCESS_KEY`` and ``_SECRET_KEY`` name servers that run already; nothing is started then.
"""

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from marketplace.embedded.accounts import Place, claim
from marketplace.embedded.postgres import EmbeddedPostgres
from marketplace.embedded.roles import create_roles, prepare_database
from marketplace.embedded.s3 import S3Server
from marketplace.schema import migrate

ORIGIN = "http://127.0.0.1:8000"
PASSWORDS = {"owner": "owner-for-tests", "app": "app-for-tests", "backup": "backup-for-tests"}
# Emptied after each test that touched the database: every table but these.
KEPT = re.compile(
    r"alembic_version|allowed_step|ledger_account|procrastinate_version|sandbox_clock"
)


class Stoppable(Protocol):
    """A server that this run started."""

    def stop(self) -> None:
        """Stop it."""


def dsn(database: str, role: str = "superuser") -> str:
    """Return the libpq address of a database of this run for a role."""
    given = psycopg.conninfo.conninfo_to_dict(os.environ["MARKETPLACE_TEST_POSTGRES"])
    login: dict[str, str] = {}
    if role != "superuser":
        login = {"user": f"marketplace_{role}", "password": PASSWORDS[role]}
    return psycopg.conninfo.make_conninfo("", **(given | {"dbname": database} | login))


def url(database: str, role: str) -> str:
    """Return the SQLAlchemy address of a database of this run for a role."""
    facts = psycopg.conninfo.conninfo_to_dict(dsn(database, role))
    place = f"{facts['host']}:{facts['port']}/{database}"
    return f"postgresql+psycopg://{facts['user']}:{facts['password']}@{place}"


def start(folder: Path) -> list[Stoppable]:
    """Start the servers that were not given, and put their addresses into the environment."""
    folder.chmod(0o711)  # the unprivileged user of the servers passes through, and sees nothing
    place = claim(folder / "data")
    started: list[Stoppable] = []
    if "MARKETPLACE_TEST_POSTGRES" not in os.environ:
        postgres = EmbeddedPostgres(
            place.servers / "postgres", account=place.account, durable=False
        )
        started.append(postgres)
        postgres.start()
        postgres.wait_ready()
        os.environ["MARKETPLACE_TEST_POSTGRES"] = postgres.dsn()
    if "MARKETPLACE_TEST_S3_ENDPOINT" not in os.environ:
        started.append(_start_store(place))
    return started


def _start_store(place: Place) -> S3Server:
    access_key, secret_key = "access-for-tests", secrets.token_hex(20)
    store = S3Server(
        place.servers / "s3", None, access_key, secret_key, ORIGIN, account=place.account
    )
    store.start()
    store.wait_ready()
    os.environ["MARKETPLACE_TEST_S3_ENDPOINT"] = store.endpoint
    os.environ["MARKETPLACE_TEST_S3_ACCESS_KEY"] = access_key
    os.environ["MARKETPLACE_TEST_S3_SECRET_KEY"] = secret_key
    return store


def template() -> str:
    """Return the name of this run's template database."""
    return os.environ.setdefault("MARKETPLACE_TEST_TEMPLATE", f"template_{secrets.token_hex(4)}")


def prepare_template() -> None:
    """Make the roles and one migrated database that the processes of this run clone."""
    with psycopg.connect(dsn("postgres"), autocommit=True) as connection:
        create_roles(connection, PASSWORDS)
        connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(template())))
        connection.execute(
            sql.SQL("create database {} owner marketplace_owner").format(sql.Identifier(template()))
        )
    with psycopg.connect(dsn(template()), autocommit=True) as connection:
        prepare_database(connection)
    migrate(url(template(), "owner"))


def cloned_database(name: str) -> Iterator[str]:
    """Clone the template under a fresh name, yield it, and drop it."""
    name = f"test_{name}_{secrets.token_hex(3)}"
    with psycopg.connect(dsn("postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {} owner marketplace_owner").format(
                sql.Identifier(name), sql.Identifier(template())
            )
        )
    yield name
    with psycopg.connect(dsn("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def emptying_statements(connection: psycopg.Connection) -> str:
    """Return one string that empties every table; run with triggers off it takes a millisecond."""
    rows = connection.execute(
        "select quote_ident(tablename) from pg_tables where schemaname = 'public'"
    ).fetchall()
    tables = [name for (name,) in rows if not KEPT.fullmatch(name)]
    return "; ".join(
        [
            "set session_replication_role = replica",
            *(f"delete from {table}" for table in tables),
            "update sandbox_clock set shift = '0'",
            "set session_replication_role = default",
        ]
    )


def drop_template() -> None:
    """Drop the run's template, for a given server that lives on."""
    with psycopg.connect(dsn("postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(template()))
        )
