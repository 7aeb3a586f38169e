"""The demonstration: loaded once or twice, signed in with, and nothing of it in production."""

import asyncio
import json
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from marketplace.app import Parts
from marketplace.db import Database
from marketplace.demo.accounts import DemoAccountUnknown, demo_accounts, demo_code
from marketplace.demo.cast import ORGANIZATIONS, PEOPLE
from marketplace.demo.credentials import DemonstrationRefused, read_or_make
from marketplace.demo.following import load_and_follow
from marketplace.demo.loading import DemoParts, load
from marketplace.members.accounts.authentication import SessionAuthenticator
from marketplace.members.registry.sandbox import SandboxRegistry
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectStore
from tests.factories import new_session

COUNTS = """
  select (select count(*) from organization), (select count(*) from user_account),
         (select count(*) from membership), (select count(*) from second_factor),
         (select count(*) from paper), (select count(*) from consent),
         (select count(*) from audit_event), (select count(*) from product),
         (select count(*) from data_file), (select count(*) from review),
         (select count(*) from bank_account)
"""


@pytest.fixture
def sandbox(settings: Settings, tmp_path: Path) -> Settings:
    """The settings of the run with a data folder of its own."""
    return settings.model_copy(update={"data_dir": tmp_path / "data"})


@pytest.fixture
def production(sandbox: Settings) -> Settings:
    return sandbox.model_copy(update={"env": "production"})


@pytest.fixture
def demo_parts(sandbox: Settings, parts: Parts, store: ObjectStore, clean: None) -> DemoParts:
    make_buckets(sandbox)
    return DemoParts(
        settings=sandbox,
        store=store,
        keyring=parts.keyring,
        passwords=parts.passwords,
        registry=SandboxRegistry(lambda: date(2026, 11, 23), slow_s=0.0),
    )


async def test_every_account_has_its_place_its_factor_and_its_password(
    database: Database, demo_parts: DemoParts, admin: psycopg.Connection
) -> None:
    steps: list[tuple[int, int]] = []

    async def report(done: int, total: int, text_ko: str, text_en: str) -> None:
        steps.append((done, total))

    await load(database, demo_parts, report)

    rows = admin.execute(
        "select u.email, u.state, u.person_role, o.name, m.roles, f.confirmed_at is not null"
        " from user_account u left join membership m on m.user_id = u.id"
        " left join organization o on o.id = m.organization_id"
        " left join second_factor f on f.user_id = u.id order by u.email"
    ).fetchall()
    assert len(rows) == len(PEOPLE)
    found = {row[0]: row[1:] for row in rows}
    operator = demo_parts.settings.operator_name
    assert found["admin@exchange.invalid"] == ("active", None, operator, ["administrator"], True)
    assert found["seller@maker.invalid"] == ("active", None, "가상정밀(주)", ["seller"], True)
    assert found["evaluator@people.invalid"] == ("active", "evaluator", None, None, True)
    assert steps == sorted(steps)
    assert steps[-1] == (steps[-1][1], steps[-1][1])


async def test_businesses_are_checked_and_their_papers_lie_in_the_store(
    database: Database, demo_parts: DemoParts, admin: psycopg.Connection
) -> None:
    await load(database, demo_parts)

    businesses = admin.execute(
        "select registry_state, registry_matched, registry_tax_type,"
        " representative_verified_at is not null, checksum_passed_at is not null"
        " from organization where function = 'business' order by name"
    ).fetchall()
    assert businesses == [
        ("active", True, "05", True, True),
        ("active", True, "01", True, True),
        ("active", True, "01", True, True),
    ]
    papers = admin.execute("select object_key, sha256, state from paper").fetchall()
    assert {state for _, _, state in papers} == {"accepted"}
    bucket = Bucket(demo_parts.settings.bucket("private"))
    for key, sha256, _ in papers:
        assert demo_parts.store.sha256_of(bucket, ObjectKey(key)) == sha256


async def test_loading_twice_changes_nothing(
    database: Database, demo_parts: DemoParts, admin: psycopg.Connection
) -> None:
    await load(database, demo_parts)
    before = admin.execute(COUNTS).fetchone()
    hashes = admin.execute("select email, password_hash from user_account order by 1").fetchall()

    await load(database, demo_parts)

    assert admin.execute(COUNTS).fetchone() == before
    again = admin.execute("select email, password_hash from user_account order by 1").fetchall()
    assert again == hashes


async def test_products_stand_where_they_should_and_name_their_source(
    database: Database, demo_parts: DemoParts, admin: psycopg.Connection
) -> None:
    await load(database, demo_parts)

    found = admin.execute(
        "select c.state, p.state, c.credit <> '', count(*)"
        " from product p join product_content c on c.product_id = p.id"
        " join quality_report q on q.version_id = c.dataset_version_id group by 1, 2, 3 order by 1"
    ).fetchall()

    assert found == [
        ("approved", "listed", True, 5),
        ("returned", "draft", True, 1),
        ("submitted", "draft", True, 1),
    ]


async def test_a_lost_file_of_credentials_is_made_anew_and_fits_after_loading(
    database: Database, demo_parts: DemoParts, admin: psycopg.Connection
) -> None:
    await load(database, demo_parts)
    first = demo_accounts(demo_parts.settings)
    (demo_parts.settings.data_dir / "demo.json").unlink()

    await load(database, demo_parts)

    second = demo_accounts(demo_parts.settings)
    assert {one.password for one in first}.isdisjoint({one.password for one in second})
    stored = admin.execute(
        "select password_hash from user_account where email = %s", (second[0].email,)
    ).fetchone()
    assert stored is not None
    assert await demo_parts.passwords.verify(second[0].password, stored[0])


async def test_two_loads_at_the_same_moment_share_one_file(sandbox: Settings) -> None:
    emails = [person.email for person in PEOPLE]
    made = await asyncio.gather(
        *(asyncio.to_thread(read_or_make, sandbox.data_dir, emails) for _ in range(4))
    )
    assert all(one == made[0] for one in made)
    file = sandbox.data_dir / "demo.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(json.loads(file.read_bytes())) == set(emails)


def test_passwords_differ_between_installations_and_people(tmp_path: Path) -> None:
    one = read_or_make(tmp_path / "one", ["a@demo.invalid", "b@demo.invalid"])
    two = read_or_make(tmp_path / "two", ["a@demo.invalid", "b@demo.invalid"])
    passwords = [c.password for made in (one, two) for c in made.values()]
    assert len(set(passwords)) == 4
    assert min(map(len, passwords)) >= 20


def test_the_code_is_the_one_of_this_half_minute(sandbox: Settings) -> None:
    at = datetime(2026, 11, 26, 0, 0, 12, tzinfo=UTC)
    (account, *_) = demo_accounts(sandbox, at=at)
    assert demo_code(sandbox, account.email.upper(), at=at) == (account.code, 18)
    with pytest.raises(DemoAccountUnknown):
        demo_code(sandbox, "nobody@demo.invalid")


async def test_production_refuses_all_of_it(
    production: Settings, demo_parts: DemoParts, database: Database, admin: psycopg.Connection
) -> None:
    with pytest.raises(DemonstrationRefused):
        demo_accounts(production)
    with pytest.raises(DemonstrationRefused):
        demo_code(production, "admin@exchange.invalid")
    with pytest.raises(DemonstrationRefused):
        await load_and_follow(production, print)
    refused = DemoParts(
        settings=production,
        store=demo_parts.store,
        keyring=demo_parts.keyring,
        passwords=demo_parts.passwords,
        registry=demo_parts.registry,
    )
    with pytest.raises(DemonstrationRefused):
        await load(database, refused)
    assert admin.execute(COUNTS).fetchone() == (0,) * 11
    assert not (production.data_dir / "demo.json").exists()


async def test_a_demo_account_is_nobody_in_production(
    database: Database, demo_parts: DemoParts, production: Settings, admin: psycopg.Connection
) -> None:
    await load(database, demo_parts)
    row = admin.execute(
        "select id from user_account where email = 'admin@exchange.invalid'"
    ).fetchone()
    assert row is not None
    cookie = await new_session(database, row[0])

    here, _ = await SessionAuthenticator(database, demo_parts.settings)(session=cookie, token=None)
    there, _ = await SessionAuthenticator(database, production)(session=cookie, token=None)

    assert here is not None
    assert here.email == "admin@exchange.invalid"
    assert there is None


async def test_without_a_worker_the_command_loads_it_itself(
    sandbox: Settings, admin: psycopg.Connection, demo_parts: DemoParts
) -> None:
    lines: list[str] = []
    assert await load_and_follow(sandbox, lines.append)
    assert lines[-1].startswith("[28/28]")
    assert len(lines) >= len(PEOPLE) + len(ORGANIZATIONS)


def test_everybody_is_plainly_made_up() -> None:
    assert all(person.email.endswith(".invalid") for person in PEOPLE)
    assert all("시연" in person.name for person in PEOPLE)
    assert all("가상" in o.name or "견본" in o.name for o in ORGANIZATIONS)
    assert all(o.business_number.startswith("999") for o in ORGANIZATIONS)
