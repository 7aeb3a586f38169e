"""``marketplace run`` as its user meets it: starts, ends, is killed, and refuses with a sentence.

Each test starts real servers in a folder of its own, hence the marks: a start takes seconds.
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from marketplace.embedded.machine import ended
from marketplace.settings import Settings, libpq_url, load_settings
from marketplace.stores import store_connection
from marketplace.supervisor.demonstration import LOADED
from storage.objects import Bucket, ObjectKey
from storage.s3 import S3Store
from tests.folders import passable_folder
from tests.marketplace.supervisor.running import Run, await_gone, free_port

Starts = Callable[..., Run]
KEY = ObjectKey("시험/kept")
ACCOUNT = r"\S+@\S+\.invalid +\S+ +\d{6} "
GUARD = "marketplace.supervisor.guard"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in that the servers' account can pass through."""
    with passable_folder() as place:
        monkeypatch.chdir(place)
        yield place


@pytest.fixture
def folder(place: Path) -> Path:
    """A data folder that the servers' account can reach."""
    return place / "data"


@pytest.fixture
def empty(folder: Path) -> Path:
    """The same folder, for a run that shows no demonstration."""
    folder.mkdir(mode=0o711)
    (folder / LOADED).touch()
    return folder


@pytest.fixture
def start(folder: Path) -> Iterator[Starts]:
    """Start runs on the folder; all of them end with the test."""
    runs: list[Run] = []

    def starts(*before: str, port: int | None = None, **settings: str) -> Run:
        runs.append(Run(folder, port or free_port(), *before, **settings))
        return runs[-1]

    yield starts
    for run in runs:
        run.end()


def read(settings: Settings, statement: str) -> list[tuple[object, ...]]:
    url = settings.database_owner_url
    assert url is not None
    with psycopg.connect(libpq_url(url)) as connection:
        return connection.execute(statement).fetchall()


def write(settings: Settings, statement: str) -> None:
    url = settings.database_owner_url
    assert url is not None
    with psycopg.connect(libpq_url(url)) as connection:
        connection.execute(statement)


@pytest.mark.slow  # two starts of all four parts, and a refused one
def test_starts_refuses_a_second_run_ends_on_ctrl_c_and_goes_on_later(
    folder: Path, start: Starts
) -> None:
    run = start().await_ready()
    assert run.status() == 200
    assert "first start" in run.text
    family = run.family()

    code, said = start(port=free_port()).outcome()
    assert code == 2
    assert f"process {run.process.pid}, port {run.port}" in said
    assert "Traceback" not in said
    assert run.status() == 200

    run.await_line(rf"demo +\| {ACCOUNT}")
    write(load_settings(folder), "create table kept as select 7 as number")
    assert run.interrupt() < 10
    assert run.process.returncode == 0
    await_gone(family, 0.5)
    for who in ("run", "web"):
        assert any(line.startswith(f"{who:<8} | ") for line in run.lines)
    assert all(line[8:11] == " | " for line in run.lines)

    later = start(port=run.port).await_ready()
    assert "later start" in later.text
    assert "migrating" not in later.text
    later.await_line(rf"demo +\| {ACCOUNT}")
    assert "Loading the demonstration" not in later.text
    assert read(load_settings(folder), "select number from kept") == [(7,)]


@pytest.mark.slow  # three starts, and everything killed once
def test_killed_parts_come_back_and_a_killed_run_leaves_its_data_and_nothing_else(
    empty: Path, start: Starts
) -> None:
    run = start().await_ready()
    settings = load_settings(empty)
    write(settings, "create table kept as select 7 as number")
    bucket = Bucket(settings.bucket("private"))
    sha256 = S3Store(store_connection(settings)).put(bucket, KEY, os.urandom(70_000)).sha256

    os.kill(guard := run.child(GUARD), signal.SIGKILL)
    for name, words in (("postgres", "postgres -D"), ("s3", "mini"), ("web", "marketplace web")):
        seen = len(run.lines)
        os.kill(run.child(words), signal.SIGKILL)
        seen = run.await_line(rf"run +\| {name}.*ended", after=seen, limit_s=5)
        run.await_line(rf"run +\| .*{name} answers again", after=seen, limit_s=60)
    assert run.status() == 200
    assert run.child(GUARD) != guard

    family = run.family()
    assert len(family) >= 5
    run.process.send_signal(signal.SIGKILL)
    await_gone(family, 5.0)

    later = start(port=run.port).await_ready()
    again = load_settings(empty)
    assert read(again, "select number from kept") == [(7,)]
    assert S3Store(store_connection(again)).sha256_of(bucket, KEY) == sha256

    family = later.family()
    later.process.send_signal(signal.SIGKILL)
    later.process.wait()
    assert start(port=run.port).await_ready().status() == 200
    assert all(ended(pid) for pid in family)


@pytest.mark.slow  # a start of all four parts
def test_a_killed_make_takes_the_run_along(empty: Path, place: Path, start: Starts) -> None:
    make = place / "make"
    shutil.copy("/bin/sh", make)
    make.chmod(0o755)
    run = start(str(make), "-c", '"$@" & wait', "make").await_ready()
    family = run.family()

    run.process.send_signal(signal.SIGKILL)

    await_gone(family, 10.0)


@pytest.mark.slow  # Ctrl-C in the middle of a start
@pytest.mark.parametrize("moment", ["starting postgres", "starting web", "migrating"])
def test_ctrl_c_while_starting_ends_everything(empty: Path, start: Starts, moment: str) -> None:
    run = start()
    run.await_line(moment)
    family = run.family()

    assert run.interrupt() < 10
    assert run.process.returncode == 0
    assert "Traceback" not in run.text
    await_gone(family, 0.5)


def test_a_taken_port_is_named_with_one_that_is_free(folder: Path, start: Starts) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as other:
        port = other.getsockname()[1]
        code, said = start(port=port).outcome()

    assert code == 2
    assert f"127.0.0.1:{port} is taken by another program" in said
    assert f"127.0.0.1:{port}은(는) 다른 프로그램이 쓰고 있습니다" in said
    assert "Traceback" not in said
    assert not list(folder.glob("servers/*"))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORT": "80000"}, "MARKETPLACE_PORT=80000"),
        ({"PORT": "x"}, "MARKETPLACE_PORT=x"),
        ({"HOST": "192.0.2.1"}, "MARKETPLACE_HOST=192.0.2.1"),
        ({"ENV": "production"}, "run is not for MARKETPLACE_ENV=production"),
        ({"DATA_DIR": "/proc/nobody/writes/here"}, "cannot be written"),
        ({"DATA_DIR": "/etc/hostname"}, "/etc/hostname cannot be written"),
    ],
)
def test_what_cannot_start_is_one_sentence(
    start: Starts, settings: dict[str, str], sentence: str
) -> None:
    code, said = start(**settings).outcome()

    assert code == 2
    assert sentence in said
    assert "Traceback" not in said


@pytest.mark.slow  # both servers start before the settings are read
def test_a_wrong_setting_ends_the_start_and_the_servers(folder: Path, start: Starts) -> None:
    run = start(WEB_WORKERS="many")
    code, said = run.outcome()

    assert code == 2
    assert "MARKETPLACE_WEB_WORKERS" in said
    assert "Traceback" not in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_full_disk_is_one_sentence(folder: Path, start: Starts) -> None:
    folder.mkdir()
    mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("no mounting here")
    try:
        (folder / "ballast").write_bytes(b"\0" * 15_000_000)
        code, said = start().outcome()
    finally:
        subprocess.run(["/bin/umount", str(folder)], check=True)

    assert code == 2
    assert "Free some space" in said
    assert "Traceback" not in said


@pytest.mark.slow  # a start of all four parts
@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
def test_below_a_closed_folder_the_servers_data_go_elsewhere(place: Path, start: Starts) -> None:
    place.chmod(0o700)

    run = start().await_ready()

    elsewhere = (place / "data" / "servers").readlink()
    try:
        assert str(elsewhere).startswith("/var/lib/marketplace/data-")
        assert f"lie in {elsewhere}" in run.text
        assert place.stat().st_mode & 0o777 == 0o700
        assert run.interrupt() < 10
    finally:
        shutil.rmtree(elsewhere)
