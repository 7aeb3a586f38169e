"""The sealed trail: every change of it shows, by whoever can write into the database."""

import asyncio
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.audit import AuditEvent, Thing, record
from marketplace.db import Database, Scope
from marketplace.sealing import (
    CANONICAL,
    HEADS,
    Head,
    Verdict,
    export,
    keep_head,
    lag,
    link,
    read_heads,
    seal,
    verify,
)
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectStore
from tests.web_process import environment_of

SYSTEM = Scope.system()


async def write(database: Database, count: int = 1, *, role: str = "system") -> None:
    async with database.transaction(Scope(role)) as session:  # type: ignore[arg-type]
        for number in range(count):
            await record(session, "test.acted", Thing("test", str(number)), facts={"값": number})


async def sealed(database: Database, count: int) -> None:
    assert await seal(database.phases(SYSTEM)) == count


async def verdict(database: Database, *heads: Head) -> Verdict:
    return await verify(database.phases(SYSTEM), heads)


@pytest.fixture
async def five(database: Database, clean: None) -> list[int]:
    """Five sealed events; their ids."""
    await write(database, 5)
    await sealed(database, 5)
    async with database.transaction(SYSTEM) as session:
        found = await session.scalars(text("select event_id from audit_seal order by position"))
        return list(found)


def test_the_canonical_text_holds_every_column() -> None:
    named = set(re.findall(r"e\.(\w+)", CANONICAL))
    assert named == set(AuditEvent.model_fields)


async def test_the_chain_can_be_checked_from_the_export_alone(
    database: Database, five: list[int]
) -> None:
    await write(database)
    lines = [line async for line in export(database.phases(SYSTEM))]

    before = bytes(32)
    for position, line in enumerate(lines[:5], start=1):
        found = json.loads(line)
        event = line.partition('"event": ')[2].removesuffix("}")
        before = hashlib.sha256(before + event.encode()).digest()
        assert (found["position"], found["hash"]) == (position, before.hex())
        assert found["event"]["facts"] == {"값": position - 1}
    assert json.loads(lines[5])["hash"] is None
    assert len(lines) == 6


async def test_the_export_of_days_is_by_the_day_in_seoul(
    database: Database, clean: None, admin: psycopg.Connection
) -> None:
    await write(database, 3)
    admin.execute("set session_replication_role = replica")
    for number, at in enumerate(
        ["2026-11-01 14:59:59+00", "2026-11-01 15:00:00+00", "2026-11-02 15:00:00+00"]
    ):
        admin.execute("update audit_event set at = %s where object_id = %s", [at, str(number)])
    admin.execute("set session_replication_role = default")
    await sealed(database, 3)
    day = date(2026, 11, 2)
    lines = [line async for line in export(database.phases(SYSTEM), since=day, until=day)]
    assert [json.loads(line)["event"]["object_id"] for line in lines] == ["1"]


async def test_an_untouched_trail_verifies(database: Database, five: list[int]) -> None:
    found = await verdict(database)
    assert (found.events_count, found.waiting_count, found.fault) == (5, 0, None)
    assert await seal(database.phases(SYSTEM)) == 0


async def test_an_empty_trail_verifies(database: Database, clean: None) -> None:
    found = await verdict(database)
    assert (found.events_count, found.head, found.fault) == (0, bytes(32).hex(), None)


async def test_a_slow_transaction_holds_nobody_up_and_is_sealed_afterwards(
    database: Database, clean: None
) -> None:
    async with database.transaction(SYSTEM) as session:
        await record(session, "test.acted", Thing("test", "slow"))
        await write(database)
        async with database.transaction(SYSTEM) as other:
            assert (await lag(other))[0] == 1
        await sealed(database, 1)
    await sealed(database, 1)
    lines = [json.loads(line) async for line in export(database.phases(SYSTEM))]
    assert [line["event"]["object_id"] for line in lines] == ["0", "slow"]
    assert (await verdict(database)).fault is None


async def test_many_writers_and_two_sealers_make_one_chain(database: Database, clean: None) -> None:
    await asyncio.gather(
        *(write(database, 20) for _ in range(10)),
        *(seal(database.phases(SYSTEM)) for _ in range(4)),
    )
    found = await verdict(database)
    for _ in range(20):
        assert found.fault is None
        if found.events_count == 200:
            break
        await asyncio.gather(*(seal(database.phases(SYSTEM)) for _ in range(2)))
        found = await verdict(database)
    assert (found.events_count, found.waiting_count) == (200, 0)


TAMPERING: dict[str, tuple[str, int, int | None]] = {
    # What a superuser does, and the position and event (by number) at which it shows.
    "edit": ("update audit_event set facts = '{}' where id = {e2}", 3, 2),
    "edit the time": ("update audit_event set at = at + interval '1 us' where id = {e0}", 1, 0),
    "edit and reseal the row": (
        (
            "update audit_event set reason = 'x' where id = {e2};"
            " update audit_seal set hash = sha256('x') where event_id = {e2}"
        ),
        3,
        2,
    ),
    "delete": ("delete from audit_event where id = {e2}", 3, 2),
    "delete with its seal": (
        "delete from audit_seal where event_id = {e2}; delete from audit_event where id = {e2}",
        3,
        None,
    ),
    "delete and close the gap": (
        (
            "delete from audit_seal where event_id = {e2}; delete from audit_event where id = {e2};"
            " update audit_seal set position = position - 1 where position > 3"
        ),
        3,
        3,
    ),
    "delete the first": (
        "delete from audit_seal where event_id = {e0}; delete from audit_event where id = {e0}",
        1,
        None,
    ),
    "reorder": (
        (
            "update audit_seal set event_id = -1 where event_id = {e1};"
            " update audit_seal set event_id = {e1} where event_id = {e2};"
            " update audit_seal set event_id = {e2} where event_id = -1"
        ),
        2,
        2,
    ),
    "insert in between": (
        (
            "update audit_seal set position = position + 100 where position > 3;"
            " update audit_seal set position = position - 99 where position > 100;"
            " insert into audit_event (action, object_kind, object_id, facts)"
            "  values ('test.forged', 'test', 'forged', '{}');"
            " insert into audit_seal (position, event_id, hash)"
            "  select 4, max(id), sha256('forged') from audit_event"
        ),
        4,
        5,
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
async def test_tampering_shows_at_its_place(
    database: Database, admin: psycopg.Connection, five: list[int], name: str
) -> None:
    statements, position, number = TAMPERING[name]
    for index, event_id in enumerate(five):
        statements = statements.replace(f"{{e{index}}}", str(event_id))
    admin.execute(f"set session_replication_role = replica; {statements};"
                  " set session_replication_role = default")  # fmt: skip
    fault = (await verdict(database)).fault

    assert fault is not None
    assert fault.position == position
    if number is not None and number < 5:
        assert fault.event_id == five[number]
    assert fault.ko.endswith("니다.")
    assert fault.en.endswith(".")


@pytest.fixture
def kept(settings: Settings, store: ObjectStore) -> Bucket:
    """The bucket of the heads, without a head."""
    make_buckets(settings)
    bucket = Bucket(settings.bucket("private"))
    for facts in store.list_objects(bucket, prefix=HEADS):
        store.delete(bucket, facts.key)
    return bucket


async def test_a_cut_end_shows_by_the_kept_head(
    database: Database, admin: psycopg.Connection, store: ObjectStore, five: list[int], kept: Bucket
) -> None:
    assert await keep_head(database.phases(SYSTEM), store, kept)
    cut = (
        "delete from audit_seal where position > 3;"
        f" delete from audit_event where id in ({five[3]}, {five[4]})"
    )
    admin.execute(f"set session_replication_role = replica; {cut};"
                  " set session_replication_role = default")  # fmt: skip
    assert (await verdict(database)).fault is None  # the chain itself cannot know

    fault = (await verdict(database, *read_heads(store, kept))).fault
    assert fault is not None
    assert (fault.position, fault.event_id) == (4, None)


async def test_a_chain_written_anew_shows_by_the_kept_head(
    database: Database, admin: psycopg.Connection, store: ObjectStore, five: list[int], kept: Bucket
) -> None:
    await keep_head(database.phases(SYSTEM), store, kept)
    admin.execute("set session_replication_role = replica")
    admin.execute("update audit_event set reason = 'forged' where id = %s", [five[1]])
    before = bytes(32)
    rows = admin.execute(f"select e.id, {CANONICAL} from audit_event e order by e.id").fetchall()
    for event_id, canonical in rows:
        before = link(before, canonical)
        admin.execute("update audit_seal set hash = %s where event_id = %s", [before, event_id])
    admin.execute("set session_replication_role = default")
    assert (await verdict(database)).fault is None

    fault = (await verdict(database, *read_heads(store, kept))).fault
    assert fault is not None
    assert fault.position == 5


async def test_a_head_is_kept_once_an_hour_and_never_changed(
    database: Database, store: ObjectStore, five: list[int], kept: Bucket
) -> None:
    phases = database.phases(SYSTEM)
    key = await keep_head(phases, store, kept)
    assert key is not None
    await write(database)
    await sealed(database, 1)

    assert await keep_head(phases, store, kept) in {None, key[:-7]}
    first = msgspec.json.decode(b"".join(store.read(kept, ObjectKey(key))), type=Head)
    assert (first.position, first.event_id) == (5, five[-1])
    found = await verdict(database, *read_heads(store, kept))
    assert found.heads_count >= 1
    assert found.fault is None


async def test_an_event_slipped_in_with_an_old_time_shows(
    database: Database, admin: psycopg.Connection, five: list[int]
) -> None:
    admin.execute(
        "insert into audit_event (at, action, object_kind, object_id, facts)"
        " values (app_now() - interval '2 hours', 'test.forged', 'test', 'forged', '{}')"
    )
    unsealed = (await verdict(database)).fault
    assert unsealed is not None
    assert unsealed.position is None

    await sealed(database, 1)
    fault = (await verdict(database)).fault
    assert fault is not None
    assert (fault.position, fault.event_id) == (6, unsealed.event_id)
    moving = await verify(database.phases(SYSTEM), [], clock_moves=True)
    assert moving.fault is None


async def test_stragglers_beyond_the_window_are_sealed_by_the_whole_round(
    database: Database, admin: psycopg.Connection, five: list[int]
) -> None:
    await write(database)
    admin.execute("set session_replication_role = replica")
    admin.execute(
        "insert into audit_seal (position, event_id, hash) values (6, %s, sha256('far'))",
        [five[-1] + 200_000],
    )
    admin.execute("set session_replication_role = default")
    assert await seal(database.phases(SYSTEM)) == 0
    assert await seal(database.phases(SYSTEM), whole=True) == 1
    assert admin.execute("select count(*) from audit_seal").fetchone() == (7,)


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("tenant", "select 1 from audit_seal"),
        ("tenant", "insert into audit_seal (position, event_id, hash) values (1, 1, sha256(''))"),
        ("staff", "insert into audit_seal (position, event_id, hash) values (1, 1, sha256(''))"),
        ("system", "update audit_seal set hash = sha256('')"),
        ("system", "delete from audit_seal"),
    ],
)
async def test_only_the_exchange_itself_seals_and_nobody_changes_a_seal(
    database: Database, clean: None, role: str, statement: str
) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction(Scope(role)) as session:  # type: ignore[arg-type]
            await session.execute(text(statement))


async def test_not_even_the_owner_changes_a_seal(
    database: Database, admin: psycopg.Connection, five: list[int]
) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        admin.execute("update audit_seal set hash = sha256('')")


@pytest.fixture
def command(
    settings: Settings, tmp_path: Path, kept: Bucket
) -> Callable[..., tuple[int, str, str]]:
    """Run ``marketplace audit …`` in a process of its own."""
    environment = environment_of(settings, 8000, tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "marketplace", "audit", *arguments],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.slow  # starts the command line three times
async def test_the_commands_verify_and_export(
    command: Callable[..., tuple[int, str, str]], admin: psycopg.Connection, five: list[int]
) -> None:
    code, out, _ = command("verify")
    assert code == 0
    assert out.startswith("5 sealed events")

    code, out, _ = command("export", "--from", "2020-01-01")
    assert code == 0
    assert [json.loads(line)["position"] for line in out.splitlines()] == [1, 2, 3, 4, 5]

    admin.execute("set session_replication_role = replica")
    admin.execute("update audit_event set action = 'test.other' where id = %s", [five[3]])
    admin.execute("set session_replication_role = default")
    code, out, err = command("verify")
    assert code == 1
    assert f"position 4, event {five[3]}" in err
