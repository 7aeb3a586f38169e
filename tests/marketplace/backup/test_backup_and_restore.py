"""A backup of a living exchange, brought back row by row and byte by byte, or refused whole."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from marketplace import schema
from marketplace.auth import Role
from marketplace.backup.making import make_backup
from marketplace.backup.manifest import BackupFailed
from marketplace.backup.restoring import restore_backup
from marketplace.db import Database
from marketplace.embedded.accounts import claim
from marketplace.embedded.holding import holding
from marketplace.embedded.servers import answering, build_servers, running
from marketplace.settings import PREFIX, Settings, libpq_url, load_settings
from marketplace.stores import make_buckets, store_connection
from storage.objects import Bucket, ObjectFacts, ObjectKey
from storage.s3 import S3Store
from tests.factories import a_member
from tests.folders import passable_folder

pytestmark = pytest.mark.slow  # two real servers with a migrated database for the module

OBJECTS = {
    "서류/사업자등록증.pdf": b"%PDF-1.7 fictitious",
    "empty": b"",
    "same/one": b"twice",
    "same/two": b"twice",
    "parts": os.urandom(17 * 1024 * 1024),
}
ROW_TABLES = (
    "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder for everything of the module that the servers' account can pass through."""
    with passable_folder() as place:
        yield place


@pytest.fixture(scope="module")
def exchange(place: Path) -> Iterator[Settings]:
    """A running exchange with a migrated database and a bucket."""
    claimed = claim(place / "data")
    servers = build_servers(claimed, given={}, origin="http://127.0.0.1:8000")
    with holding(claimed.data_dir), running(servers):
        settings = load_settings(claimed.data_dir)
        assert settings.database_owner_url is not None
        schema.migrate(settings.database_owner_url.get_secret_value())
        schema.set_clock(settings.database_owner_url.get_secret_value(), sandbox=True)
        make_buckets(settings)
        yield settings


@pytest.fixture(scope="module")
async def filled(exchange: Settings) -> Settings:
    """The exchange with people, an organization and objects."""
    database = Database(exchange.database_url.get_secret_value())
    await a_member(database, Role.owner, Role.buyer, name="홍길동 (시험)")
    await a_member(database, Role.seller, name="O'Neil\t\\N")
    await database.dispose()
    store = S3Store(store_connection(exchange))
    for key, content in OBJECTS.items():
        store.put(private(exchange), ObjectKey(key), content, content_type="application/x-test")
    return exchange


@pytest.fixture(scope="module")
def backup(filled: Settings, place: Path) -> Path:
    """A backup made by the command line; its keys lie beside it."""
    said = command("backup", str(place / "made"), "--data-dir", str(filled.data_dir))
    assert said.returncode == 0, said.stdout + said.stderr
    return place / "made"


@pytest.fixture
def copy(backup: Path, place: Path) -> Iterator[Path]:
    """A copy of the backup to be damaged."""
    shutil.copytree(backup, place / "copy")
    yield place / "copy"
    shutil.rmtree(place / "copy")


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    return subprocess.run(
        [sys.executable, "-m", "marketplace", *arguments],
        env=environment | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )


def private(settings: Settings) -> Bucket:
    return Bucket(settings.bucket("private"))


def contents(settings: Settings) -> dict[str, str | None]:
    """A fingerprint of all rows of every table, and of the sequences."""
    assert settings.database_backup_url is not None
    with psycopg.connect(libpq_url(settings.database_backup_url)) as connection:
        found = {}
        for (table,) in connection.execute(ROW_TABLES).fetchall():
            rows = f"select md5(string_agg(t::text, chr(10) order by t::text)) from {table} t"
            found[table] = (connection.execute(rows).fetchone() or (None,))[0]
        sequences = "select string_agg(s::text, ',' order by s::text) from pg_sequences s"
        found["sequences"] = (connection.execute(sequences).fetchone() or (None,))[0]
        return found


def objects(settings: Settings) -> dict[str, tuple[str, str | None]]:
    store = S3Store(store_connection(settings))
    listed: list[ObjectFacts] = store.list_objects(private(settings))
    return {
        facts.key.value: (
            sha256(b"".join(store.read(private(settings), facts.key))).hexdigest(),
            store.stat(private(settings), facts.key).content_type,
        )
        for facts in listed
    }


def restore(source: Path, target: Path, keys: Path | None = None) -> bool:
    return restore_backup(
        source,
        target,
        keys or source.with_name("made.keys"),
        say=lambda _: None,
        examine=approve,
    )


def approve(settings: Settings, *, worker_expected: bool) -> bool:
    return not worker_expected


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(BackupFailed) as refusal:
        act()
    return str(refusal.value)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, place: Path) -> Path:
    """A folder to work in, without settings from outside."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        if not name.startswith(f"{PREFIX}TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(place)
    return place


def test_a_restored_exchange_has_every_row_and_every_object(
    filled: Settings, backup: Path, outside: Path
) -> None:
    target = outside / "restored"

    said = command("restore", str(backup), "--data-dir", str(target))

    assert said.returncode == 0, said.stdout + said.stderr
    assert "all good" in said.stdout
    assert "store 20" in said.stdout
    with answering(target):
        restored = load_settings(target)
        assert contents(restored) == contents(filled)
        assert objects(restored) == objects(filled)
        assert len(objects(restored)) == len(OBJECTS)
        assert restored.encryption_keys == filled.encryption_keys
        assert restored.database_url != filled.database_url
    assert (target / "demonstration.loaded").exists()


def test_the_backup_is_private_and_holds_no_key(filled: Settings, backup: Path) -> None:
    keys = backup.with_name("made.keys")

    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    secret = filled.encryption_keys.get_secret_value().split(":")[1].encode()
    assert secret in keys.read_bytes()
    assert not [p for p in backup.rglob("*") if p.is_file() and secret in p.read_bytes()]


def test_equal_objects_lie_there_once(backup: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())

    assert len(manifest["objects"]) == len(OBJECTS)
    assert len(list((backup / "objects" / "private").iterdir())) == len(OBJECTS) - 1


@pytest.mark.parametrize("existing", ["made", "made.keys"])
def test_nothing_is_written_over(filled: Settings, backup: Path, existing: str) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in backup.parent.iterdir())
    target = backup if existing == "made" else backup.with_name("new")

    text = refused(
        lambda: make_backup(filled, target, backup.with_name("made.keys"), say=lambda _: None)
    )

    assert "exists already" in text
    assert sorted((path, path.stat().st_mtime_ns) for path in backup.parent.iterdir()) == before


def test_the_keys_may_not_lie_in_the_backup(filled: Settings, outside: Path) -> None:
    text = refused(
        lambda: make_backup(filled, outside / "b", outside / "b" / "keys", say=lambda _: None)
    )

    assert "must lie outside" in text
    assert not (outside / "b").exists()


@pytest.mark.parametrize("away", ["database", "store"])
def test_a_server_that_does_not_answer_leaves_no_half_backup(
    filled: Settings, outside: Path, away: str
) -> None:
    url = "postgresql+psycopg://marketplace_backup:x@127.0.0.1:1/marketplace"
    change = (
        {"database_backup_url": url}
        if away == "database"
        else {"s3_endpoint": "http://127.0.0.1:1"}
    )
    broken = Settings(_env_file=None, **(filled.model_dump() | change))

    refused(lambda: make_backup(broken, outside / "b", outside / "b.keys", say=lambda _: None))

    assert not list(outside.glob("b*half"))
    assert not (outside / "b").exists()
    assert not (outside / "b.keys").exists()


def test_a_folder_with_anything_in_it_is_left_alone(backup: Path, outside: Path) -> None:
    target = outside / "occupied"
    target.mkdir()
    (target / "mine").write_text("kept")

    assert "is not empty" in refused(lambda: restore(backup, target))
    assert [path.name for path in target.iterdir()] == ["mine"]


def test_other_keys_are_refused(backup: Path, outside: Path) -> None:
    keys = outside / "other.keys"
    keys.write_text(f"{PREFIX}ENCRYPTION_KEYS='k1:{'A' * 43}='\n")

    assert "not those of this backup" in refused(lambda: restore(backup, outside / "new", keys))
    assert "is missing" in refused(lambda: restore(backup, outside / "new", outside / "none"))
    assert not (outside / "new").exists()


@pytest.mark.parametrize("way", ["dump", "object", "object missing", "manifest", "no manifest"])
def test_a_damaged_backup_is_refused_before_anything_is_made(
    copy: Path, outside: Path, way: str
) -> None:
    file = {
        "dump": copy / "database.dump",
        "manifest": copy / "manifest.json",
        "no manifest": copy / "manifest.json",
    }.get(way) or next((copy / "objects" / "private").iterdir())
    if way.startswith("no") or way.endswith("missing"):
        file.unlink()
    else:
        content = file.read_bytes()
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    assert file.name in refused(lambda: restore(copy, outside / "new"))
    assert not (outside / "new").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sha256", "../../../../etc/hostname"),
        ("bucket", ".."),
        ("key", "../outside"),
        ("size_bytes", None),
        ("more", 1),
    ],
)
def test_a_hostile_manifest_is_refused(
    copy: Path, outside: Path, field: str, value: object
) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["objects"][0] |= {field: value}
    if value is None:
        del manifest["objects"][0][field]
    (copy / "manifest.json").write_text(json.dumps(manifest))

    assert "missing or damaged" in refused(lambda: restore(copy, outside / "new"))
    assert not (outside / "new").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"format": 2}, "format 2"), ({"revision": "from-the-future"}, "newer version")],
)
def test_a_backup_of_newer_code_is_refused(
    copy: Path, outside: Path, change: dict[str, object], sentence: str
) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | change))

    assert sentence in refused(lambda: restore(copy, outside / "new"))
    assert not (outside / "new").exists()


def test_a_restore_that_fails_half_way_leaves_the_folder_empty(copy: Path, outside: Path) -> None:
    (copy / "database.dump").write_bytes(b"PGDMP garbage")
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["dump_sha256"] = sha256(b"PGDMP garbage").hexdigest()
    (copy / "manifest.json").write_text(json.dumps(manifest))

    assert "pg_restore" in refused(lambda: restore(copy, outside / "half"))
    assert list((outside / "half").iterdir()) == []


def test_settings_from_outside_are_not_mixed_with_a_backup(
    backup: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}ENCRYPTION_KEYS", "k9:" + "A" * 43 + "=")
    assert f"{PREFIX}ENCRYPTION_KEYS" in refused(lambda: restore(backup, outside / "new"))

    monkeypatch.setenv(f"{PREFIX}ENV", "production")
    assert "production" in refused(lambda: restore(backup, outside / "new"))
    assert not (outside / "new").exists()
