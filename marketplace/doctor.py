"""What an operator wants to know before opening the doors: one row for each promise of the ground.

Everything is asked from outside, as the application's own login role.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import psycopg
import typer

from marketplace.catalog.datasets.errors import ScannerUnavailable
from marketplace.catalog.datasets.jobs import issuer_of, scanner_of
from marketplace.errors import ConfigurationError
from marketplace.quality_rules import read_rules
from marketplace.revision import newest_revision
from marketplace.settings import Settings, libpq_url, unsafe_settings
from marketplace.stores import store_connection
from quality import sandbox
from storage.conformance import run_probes

State = Literal["ok", "warn", "bad"]
MARKS: dict[State, str] = {"ok": "●  ok  ", "warn": "◆  warn", "bad": "■  FAIL"}

DISK_WARN_BYTES = 5_000_000_000
DISK_BAD_BYTES = 500_000_000
CLOCK_BAD_S = 2.0
KEY_WARN_DAYS = 30
# Two Korean words give eight trigrams under a usable locale and none under the wrong one.
KOREAN_TRIGRAMS = "select cardinality(show_trgm('베어링 하우징')), '한글' ~ '^\\w+$'"
UNPROTECTED = """
  select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    and a.attname in ('user_id', 'organization_id') and c.relname not like 'procrastinate%'
    and not (c.relrowsecurity and c.relforcerowsecurity)
  group by 1 order by 1
"""
LOGIN = "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user"
LISTENERS = """
  select count(*) from pg_stat_activity
  where datname = current_database() and usename = current_user
    and application_name like 'marketplace-listener%'
"""


@dataclass(frozen=True)
class Finding:
    """One row of the table: what was looked at, how it stands, and what to do."""

    name: str
    state: State
    detail: str


def examine(settings: Settings, *, worker_expected: bool = True) -> Iterator[Finding]:
    """Yield the findings one by one, the slow ones last.

    Args:
        settings: of this installation
        worker_expected: False right after a restore, when nothing runs but the servers
    """
    try:
        with psycopg.connect(
            libpq_url(settings.database_url), autocommit=True, connect_timeout=3
        ) as connection:
            yield Finding(
                "database", "ok", f"reachable, PostgreSQL {connection.info.server_version // 10000}"
            )
            yield from _database(connection)
            if worker_expected:
                yield _listeners(connection)
    except psycopg.OperationalError as error:
        yield Finding("database", "bad", f"not reachable: {str(error).strip().splitlines()[0]}")
    yield _disk(settings.data_dir)
    yield _sandbox()
    yield _scanner(settings)
    yield _signing(settings)
    yield _rules(settings)
    yield _safety(settings)
    yield from _store(settings)


def print_findings(settings: Settings, *, worker_expected: bool) -> bool:
    """Print the table and return whether no check failed.

    Args:
        settings: of this installation
        worker_expected: False right after a restore, when nothing runs but the servers
    """
    failed_count = 0
    for finding in examine(settings, worker_expected=worker_expected):
        failed_count += finding.state == "bad"
        typer.echo(f"{MARKS[finding.state]}  {finding.name:<30} {finding.detail}")
    typer.echo(f"{failed_count} failed" if failed_count else "all good")
    return failed_count == 0


def _database(connection: psycopg.Connection) -> Iterator[Finding]:
    checks = {
        "migrations": _migrated,
        "korean text": _locale,
        "row-level security": _tenants,
        "clock": _clock,
    }
    for name, check in checks.items():
        try:
            yield check(connection)
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:  # an extension, a table or a right is missing
            yield Finding(name, "bad", str(error).splitlines()[0])


def _migrated(connection: psycopg.Connection) -> Finding:
    needed = newest_revision()
    found = "nothing"
    with connection.transaction():
        connection.execute("set local role marketplace_system")
        exists = connection.execute("select to_regclass('alembic_version')").fetchone()
        if exists and exists[0]:
            row = connection.execute("select version_num from alembic_version").fetchone()
            found = str(row[0]) if row else found
    if found == needed:
        return Finding("migrations", "ok", f"at {found}")
    return Finding("migrations", "bad", f"at {found}, needs {needed}: run `marketplace migrate`")


def _locale(connection: psycopg.Connection) -> Finding:
    row = connection.execute(KOREAN_TRIGRAMS).fetchone()
    assert row is not None, "an aggregate without a group returns one row"
    if row[0] and row[1]:
        return Finding("korean text", "ok", f"{row[0]} trigrams of two words")
    return Finding("korean text", "bad", "no Korean trigrams: create the cluster with C.UTF-8")


def _tenants(connection: psycopg.Connection) -> Finding:
    powerful = connection.execute(LOGIN).fetchone()
    if powerful is None or powerful[0]:
        return Finding("row-level security", "bad", "the application's login may bypass it")
    open_tables = [name for (name,) in connection.execute(UNPROTECTED)]
    if open_tables:
        return Finding("row-level security", "bad", f"not forced on: {', '.join(open_tables)}")
    return Finding("row-level security", "ok", "forced on every tenant table")


def _clock(connection: psycopg.Connection) -> Finding:
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None, "a select without a table returns one row"
    apart_s = abs((row[0] - datetime.now(UTC)).total_seconds())
    state: State = "ok" if apart_s <= CLOCK_BAD_S else "bad"
    return Finding("clock", state, f"{apart_s:.3f} s from the database's")


def _listeners(connection: psycopg.Connection) -> Finding:
    row = connection.execute(LISTENERS).fetchone()
    count = row[0] if row else 0
    if count:
        return Finding("job listeners", "ok", f"{count} listening")
    return Finding("job listeners", "bad", "no worker listens for jobs: start `marketplace worker`")


def _disk(folder: Path) -> Finding:
    place = folder if folder.exists() else Path()
    free_bytes = shutil.disk_usage(place).free
    state: State = "ok"
    if free_bytes < DISK_WARN_BYTES:
        state = "bad" if free_bytes < DISK_BAD_BYTES else "warn"
    return Finding("disk", state, f"{free_bytes / 1e9:.1f} GB free at {place}")


def _sandbox() -> Finding:
    missing = [name for name, there in sandbox.probes().items() if not there]
    if missing:
        return Finding("parsing sandbox", "bad", f"the kernel lacks {', '.join(missing)}")
    return Finding("parsing sandbox", "ok", "files are parsed with Landlock and without network")


def _scanner(settings: Settings) -> Finding:
    scanner = scanner_of(settings)
    if scanner is None:
        return Finding(
            "malware scanner", "warn", "none: files are shown as not scanned (clamav_address)"
        )
    try:
        return Finding("malware scanner", "ok", scanner.version())
    except ScannerUnavailable as error:
        return Finding("malware scanner", "bad", f"no answer, files wait: {error}")


def _signing(settings: Settings) -> Finding:
    try:
        signer = issuer_of(settings).ring.at(datetime.now(UTC))
    except ConfigurationError as error:
        return Finding("certificates", "bad", error.text("en"))
    if signer is None:
        told = (
            "no signing key whose time it is, so reports are not signed: see marketplace keys new"
        )
        return Finding("certificates", "warn" if settings.sandbox else "bad", told)
    until = signer.published.valid_until
    left = None if until is None else (until - datetime.now(UTC)).days
    if left is not None and left < KEY_WARN_DAYS:
        told = f"key {signer.published.id} signs {left} more days: add the next one"
        return Finding("certificates", "warn", told)
    return Finding("certificates", "ok", f"signed by key {signer.published.id}")


def _rules(settings: Settings) -> Finding:
    try:
        return Finding("quality rules", "ok", read_rules(settings.quality_rules).told())
    except ConfigurationError as error:
        return Finding("quality rules", "bad", error.text("en"))


def _safety(settings: Settings) -> Finding:
    unsafe = unsafe_settings(settings)
    if not unsafe:
        return Finding("settings", "ok", f"{settings.env}, nothing unsafe")
    # In sandbox these are what sandbox means; production has refused to start with them.
    return Finding("settings", "warn" if settings.sandbox else "bad", "; ".join(unsafe))


def _store(settings: Settings) -> Iterator[Finding]:
    results = run_probes(store_connection(settings), bucket_prefix=settings.s3_bucket_prefix)
    for number, result in enumerate(results, start=1):
        state: State = "ok" if result.passed else "bad"
        yield Finding(f"store {number:02d} {result.name}", state, f"{result.en} {result.detail}")
