"""Both embedded servers of one data folder: started together, used together, replaced by given ones."""

import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from marketplace.embedded.accounts import claim
from marketplace.embedded.errors import FolderHeld
from marketplace.embedded.generated import GeneratedSettings
from marketplace.embedded.holding import holding
from marketplace.embedded.servers import (
    answering,
    build_servers,
    given_settings,
    origin_of,
    running,
)
from marketplace.settings import PREFIX, Settings, load_settings
from marketplace.stores import make_buckets, store_connection
from storage.objects import Bucket, ObjectKey
from storage.s3 import S3Store
from tests.folders import passable_folder

ORIGIN = "http://127.0.0.1:8000"
KEY = ObjectKey("kept")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder that the servers' account can reach, without settings from outside."""
    with passable_folder() as place:
        monkeypatch.chdir(place)
        yield place / "data"


def select(settings: Settings, statement: str) -> object:
    url = settings.database_url.get_secret_value().replace("+psycopg", "", 1)
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
    return row[0] if row else None


@pytest.mark.slow  # three starts and stops of both real servers
def test_both_start_keep_their_data_and_are_shared_while_they_run(folder: Path) -> None:
    with answering(folder):  # nothing runs: started for the block
        settings = load_settings(folder)
        bucket = Bucket(settings.bucket("private"))
        assert select(settings, "select current_user") == "marketplace_app"
        make_buckets(settings)
        sha256 = S3Store(store_connection(settings)).put(bucket, KEY, b"kept").sha256

    place = claim(folder)
    servers = build_servers(place, given={}, origin=ORIGIN)
    with holding(place.data_dir), running(servers):
        again = load_settings(folder)
        assert again.encryption_keys == settings.encryption_keys
        assert S3Store(store_connection(again)).sha256_of(bucket, KEY) == sha256
        with answering(folder):  # they run: used, and left running
            assert select(again, "select 1") == 1
        assert select(again, "select 1") == 1
    assert servers.postgres is not None
    assert servers.postgres.pid is None
    with pytest.raises(psycopg.OperationalError):
        select(again, "select 1")
    assert stat.S_IMODE((folder / "settings.env").stat().st_mode) == 0o600


def test_given_servers_replace_the_embedded_ones_and_their_old_addresses(folder: Path) -> None:
    place = claim(folder)
    old = GeneratedSettings(folder)
    old.put("DATABASE_OWNER_URL", "postgresql+psycopg://marketplace_owner:x@127.0.0.1:1/m")
    old.put("S3_SECRET_KEY", "old")
    old.save()
    given = {"DATABASE_URL": "postgresql+psycopg://a:b@db/m", "S3_ENDPOINT": "http://s3:8333"}

    servers = build_servers(place, given=given, origin=ORIGIN)
    with running(servers):
        pass

    assert (servers.postgres, servers.s3) == (None, None)
    kept = GeneratedSettings(folder)
    assert (kept.get("DATABASE_OWNER_URL"), kept.get("S3_SECRET_KEY")) == (None, None)
    assert kept.get("SESSION_KEY")


def test_given_keys_of_the_store_are_the_embedded_servers_keys(folder: Path) -> None:
    given = {"S3_ACCESS_KEY": "mine", "S3_SECRET_KEY": "mine-too"}

    servers = build_servers(claim(folder), given=given, origin=ORIGIN)

    assert servers.s3 is not None
    assert (servers.s3.access_key, servers.s3.secret_key) == ("mine", "mine-too")


def test_answering_starts_nothing_for_production_or_given_servers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}ENV", "production")
    with answering(folder):
        assert not folder.exists()


@pytest.mark.slow  # a start and a stop of both real servers
def test_a_server_that_cannot_start_takes_the_other_one_down(folder: Path) -> None:
    place = claim(folder)
    servers = build_servers(place, given={}, origin=ORIGIN)
    assert servers.postgres is not None
    assert servers.s3 is not None
    blocking = build_servers(place, given={}, origin=ORIGIN).postgres
    assert blocking is not None
    blocking.start()
    try:
        with pytest.raises(FolderHeld):
            servers.start()
        assert (servers.postgres.pid, servers.s3.pid) == (None, None)
    finally:
        blocking.stop()


def test_the_environment_wins_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(f"{PREFIX}PORT=1\n{PREFIX}HOST=10.0.0.1\nOTHER=1\n{PREFIX}ENV=\n")
    monkeypatch.setenv(f"{PREFIX}PORT", "2")

    given = given_settings()

    assert given == {"PORT": "2", "HOST": "10.0.0.1"} | {
        name: value for name, value in given.items() if name.startswith("TEST_")
    }


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"PORT": "9", "HOST": "0.0.0.0"}, "http://0.0.0.0:9"),  # noqa: S104 - text only
        ({"PUBLIC_URL": "https://exchange.example.org/"}, "https://exchange.example.org"),
    ],
)
def test_the_origin_of_the_pages(given: dict[str, str], origin: str) -> None:
    assert origin_of(given) == origin
