"""The doctor's table: every promise is looked at by name, and a broken one is found."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from marketplace.doctor import Finding, examine, print_findings
from marketplace.jobs.listening import APPLICATION_NAME
from marketplace.settings import PREFIX, Settings, libpq_url
from storage.conformance import PROBES
from tests import servers

pytestmark = pytest.mark.slow  # each look runs the twenty probes, which takes a second

NAMES = [
    "database",
    "migrations",
    "korean text",
    "row-level security",
    "clock",
    "job listeners",
    "disk",
    "parsing sandbox",
    "malware scanner",
    "certificates",
    "quality rules",
    "settings",
]
NOWHERE = SecretStr("postgresql+psycopg://marketplace_app:x@127.0.0.1:1/marketplace")


def changed(settings: Settings, **change: Any) -> Settings:
    return Settings(_env_file=None, **(settings.model_dump() | change))


def found(settings: Settings) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(settings)}


@pytest.fixture
def listener(settings: Settings) -> Iterator[None]:
    """A connection like that of a worker."""
    name = f"{APPLICATION_NAME}-test"
    with closing(psycopg.connect(libpq_url(settings.database_url), application_name=name)):
        yield


def test_a_sound_installation_has_no_failure_and_every_check_by_name(
    settings: Settings, listener: None, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = list(examine(settings))

    probes = [f"store {number:02d} {probe.name}" for number, probe in enumerate(PROBES, start=1)]
    assert [finding.name for finding in findings] == NAMES + probes
    assert len(probes) == 20
    assert [finding for finding in findings if finding.state == "bad"] == []
    assert all(finding.detail for finding in findings)


def test_the_table_is_printed_and_judged(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not print_findings(settings, worker_expected=True)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(NAMES) + 20 + 1
    assert "FAIL  job listeners" in lines[NAMES.index("job listeners")]
    assert lines[-1] == "1 failed"

    assert print_findings(settings, worker_expected=False)
    assert capsys.readouterr().out.splitlines()[-1] == "all good"


def test_a_database_that_does_not_answer_is_one_failure(settings: Settings) -> None:
    findings = found(changed(settings, database_url=NOWHERE))

    assert findings["database"].state == "bad"
    assert "not reachable" in findings["database"].detail
    assert "migrations" not in findings
    assert findings["store 01 only_new_put"].state == "ok"


def test_a_store_that_does_not_answer_fails_all_twenty(settings: Settings) -> None:
    findings = found(changed(settings, s3_endpoint="http://127.0.0.1:1"))

    failed = [f.name for f in findings.values() if f.state == "bad" and f.name.startswith("store")]
    assert len(failed) == 20


def test_a_database_without_schema_is_found(settings: Settings) -> None:
    url = SecretStr(servers.url("postgres", "app"))

    migrations = found(changed(settings, database_url=url))["migrations"]

    assert migrations.state == "bad"
    assert "marketplace migrate" in migrations.detail


def test_a_table_open_to_other_tenants_is_found(
    settings: Settings, admin: psycopg.Connection
) -> None:
    admin.execute("alter table notice no force row level security")
    try:
        finding = found(settings)["row-level security"]
    finally:
        admin.execute("alter table notice force row level security")

    assert finding.state == "bad"
    assert "notice" in finding.detail


def test_a_login_that_may_bypass_row_level_security_is_found(settings: Settings) -> None:
    url = SecretStr(servers.url(str(_database_of(settings)), "backup"))

    assert found(changed(settings, database_url=url))["row-level security"].state == "bad"


def _database_of(settings: Settings) -> object:
    return psycopg.conninfo.conninfo_to_dict(libpq_url(settings.database_url))["dbname"]


def test_a_key_that_is_missing_or_ends_soon_is_told(settings: Settings) -> None:
    def signing(keys: str | None) -> Finding:
        given = None if keys is None else SecretStr(keys)
        return found(changed(settings, database_url=NOWHERE, signing_keys=given))["certificates"]

    soon = datetime.now(UTC).date() + timedelta(days=9)
    key = "S" * 43 + "="
    assert signing(None).state == "warn"
    assert signing(f"2020-01-01/2021-01-01:{key}").state == "warn"
    assert signing("nonsense").state == "bad"
    assert signing(f"2020-01-01/{soon}:{key}").detail.endswith("8 more days: add the next one")
    assert signing(f"2020-01-01:{key}").state == "ok"


def test_the_command_ends_with_one_when_a_check_fails(settings: Settings) -> None:
    given = {
        "DATABASE_URL": NOWHERE.get_secret_value(),
        "S3_ENDPOINT": settings.s3_endpoint,
        "S3_ACCESS_KEY": settings.s3_access_key.get_secret_value(),
        "S3_SECRET_KEY": settings.s3_secret_key.get_secret_value(),
        "SESSION_KEY": settings.session_key.get_secret_value(),
        "ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
    }
    environment = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    said = subprocess.run(
        [sys.executable, "-m", "marketplace", "doctor"],
        env=environment | {PREFIX + name: value for name, value in given.items()},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 1, said.stderr
    assert "FAIL  database" in said.stdout
    assert "Traceback" not in said.stderr
