"""The exchange signs reports: certificates on pages and in the API, keys and their history, revocation."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from marketplace.catalog.datasets import certifying
from marketplace.catalog.datasets.errors import KeyUnknown
from marketplace.catalog.datasets.jobs import issuer_of
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.settings import Settings
from marketplace.signing_history import list_keys, revoke_key
from quality.certificates import Verdict, read, verify
from quality.cli import FINE, REFUSED, run
from quality.keys import read_keys
from tests.marketplace.catalog.conftest import Sold
from tests.marketplace.organizations.steps import rows
from tests.quality.corpus import GOOD

Owner = tuple[User, Organization]
PUBLIC = "/api/v1/products"
KEYS = "/api/v1/quality/keys"
pytestmark = pytest.mark.slow  # each product has real data, examined by real children


def version_of(admin: psycopg.Connection) -> UUID:
    ((found,),) = rows(admin, "select version_id from quality_report")
    return UUID(str(found))


async def signed(database: Database, settings: Settings, version_id: UUID) -> None:
    await certifying.certify(database.phases(Scope.system()), issuer_of(settings), version_id)


async def test_a_ready_version_asks_for_its_signature_once(
    sold: Sold, admin: psycopg.Connection, database: Database, settings: Settings
) -> None:
    version_id = version_of(admin)
    jobs = "select args->>'version_id' from procrastinate_jobs where task_name = 'catalog.certify_version'"  # fmt: skip
    assert rows(admin, jobs) == [(str(version_id),)]

    await signed(database, settings, version_id)
    await signed(database, settings, version_id)

    counted = "select count(*) from {}"
    assert rows(admin, counted.format("quality_certificate")) == [(1,)]
    audited = "audit_event where action = 'dataset.version_certified'"
    assert rows(admin, counted.format(audited)) == [(1,)]


async def test_everybody_gets_the_certificate_and_verifies_it_offline(
    sold: Sold,
    admin: psycopg.Connection,
    database: Database,
    settings: Settings,
    client: httpx.AsyncClient,
    tmp_path: Path,
) -> None:
    product = sold[1]["id"]
    await signed(database, settings, version_of(admin))

    answer = await client.get(f"{PUBLIC}/{product}/versions/1/certificate")
    keys = await client.get(KEYS)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert "attachment; filename=" in answer.headers["content-disposition"]
    certificate = read(answer.content)
    assert verify(certificate, read_keys(keys.content)) == Verdict((), key_checked=True)
    assert certificate.subject == f"http://127.0.0.1:8000/products/{product}/versions/1"
    shown = (await client.get(f"{PUBLIC}/{product}")).json()["version"]
    (file,) = shown["files"]
    assert certificate.files[0].sha256 == file["sha256"]
    assert rows(admin, "select sha256 from quality_report") == [(certificate.report_sha256,)]

    (tmp_path / "c.json").write_bytes(answer.content)
    (tmp_path / "keys.json").write_bytes(keys.content)
    (tmp_path / file["path"]).write_bytes(GOOD)
    arguments = [str(tmp_path / name) for name in ("c.json", file["path"])]
    assert run(["verify", *arguments, "--keys", str(tmp_path / "keys.json")]) == FINE
    (tmp_path / file["path"]).write_bytes(GOOD.replace(b"9", b"8"))
    assert run(["verify", *arguments, "--keys", str(tmp_path / "keys.json")]) == REFUSED


async def test_pages_offer_the_certificate_or_say_that_there_is_none(
    sold: Sold,
    admin: psycopg.Connection,
    database: Database,
    settings: Settings,
    client: httpx.AsyncClient,
) -> None:
    product = sold[1]["id"]
    pages = [f"/products/{product}/versions/1", f"/products/{product}/versions/1/quality"]
    link = f'href="/api/v1/products/{product}/versions/1/certificate"'

    missing = await client.get(f"{PUBLIC}/{product}/versions/1/certificate")
    assert (missing.status_code, missing.json()["code"]) == (404, "quality_certificate_missing")
    for page in pages:
        text = (await client.get(page)).text
        assert "이 판의 보고서에는 인증서가 없습니다." in text
        assert link not in text

    await signed(database, settings, version_of(admin))
    for page in pages:
        text = (await client.get(page)).text
        assert link in text
        assert "quality verify" in text
    assert "거래소의 서명 열쇠 1개" in (await client.get(pages[1])).text


async def test_an_unknown_version_and_product_have_no_certificate(
    sold: Sold, client: httpx.AsyncClient
) -> None:
    product = sold[1]["id"]
    unknown = "00000000-0000-4000-8000-000000000001"

    for path, code in (
        (f"{product}/versions/2", "dataset_version_not_found"),
        (f"{unknown}/versions/1", "listing_not_found"),
    ):
        answer = await client.get(f"{PUBLIC}/{path}/certificate")
        assert (answer.status_code, answer.json()["code"]) == (404, code)


async def test_without_a_key_the_report_waits_for_one(
    sold: Sold, admin: psycopg.Connection, database: Database, settings: Settings
) -> None:
    phases, version_id = database.phases(Scope.system()), version_of(admin)
    keyless = issuer_of(settings.model_copy(update={"signing_keys": None}))
    counted = "select count(*) from quality_certificate"

    await certifying.certify(phases, keyless, version_id)
    await certifying.certify_waiting(phases, keyless)
    assert rows(admin, counted) == [(0,)]

    admin.execute("update quality_report set report = report - 'rules'")
    await certifying.certify_waiting(phases, issuer_of(settings))
    assert rows(admin, counted) == [(0,)]

    admin.execute('update quality_report set report = report || \'{"rules": "r"}\'')
    await certifying.certify_waiting(phases, issuer_of(settings))
    assert rows(admin, counted) == [(1,)]


async def test_keys_are_published_ended_and_revoked(
    client: httpx.AsyncClient, database: Database, settings: Settings, admin: psycopg.Connection
) -> None:
    assert (await client.get(KEYS)).json() == {"items": []}

    (key,), current = await list_keys(settings)
    assert key.id == current
    ended = SecretStr("2020-01-01/2021-01-01:" + "S" * 43 + "=")
    (key,), current = await list_keys(settings.model_copy(update={"signing_keys": ended}))
    assert (key.valid_until, current) == (datetime(2021, 1, 1, tzinfo=UTC), None)

    since = datetime(2020, 6, 1, tzinfo=UTC)
    await revoke_key(settings, key.id, at=since, reason=" 노출됨 ")

    (item,) = (await client.get(KEYS)).json()["items"]
    assert (item["revoked_at"], item["revoked_reason"]) == ("2020-06-01T00:00:00Z", "노출됨")
    assert read_keys(json.dumps({"items": [item]}).encode())[key.id].revoked_at == since
    assert rows(admin, "select action, object_id from audit_event") == [
        ("quality.key_revoked", key.id)
    ]
    assert (await list_keys(settings))[1] is None
    with pytest.raises(KeyUnknown):
        await revoke_key(settings, "0" * 32, at=None, reason="x")


def as_role(admin: psycopg.Connection, role: str, statement: str) -> None:
    with admin.transaction():
        admin.execute(f"set local role {role}")
        admin.execute(statement)


async def test_nobody_changes_a_certificate_or_enters_a_key(
    sold: Sold, admin: psycopg.Connection, database: Database, settings: Settings
) -> None:
    await signed(database, settings, version_of(admin))
    statements = {
        "marketplace_system": (
            "update quality_certificate set content = ''",
            "delete from quality_certificate",
            "update quality_key set public_key = ''",
            "delete from quality_key",
        ),
        "marketplace_tenant": ("insert into quality_key values ('a', 'b', now())",),
        "marketplace_staff": ("update quality_key set revoked_at = null",),
    }
    for role, refused in statements.items():
        for statement in refused:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                as_role(admin, role, statement)
