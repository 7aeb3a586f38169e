"""The embedded S3 server: starts, recovers, keeps to itself."""

import os
import signal
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from marketplace.embedded.accounts import Account
from marketplace.embedded.s3 import (
    GRPC_OFFSET,
    ROLES,
    S3FolderInUse,
    S3NotReady,
    S3PortTaken,
    S3Server,
    program_of_wheel,
)
from storage.errors import AccessDenied
from storage.objects import Bucket, Connection, ObjectKey
from storage.s3 import S3Store

ACCESS, SECRET = "access-for-tests", "secret-for-tests-secret-for-tests"
ORIGIN = "http://127.0.0.1:8000"
BUCKET, KEY = Bucket("mdx-test"), ObjectKey("kept")


def a_server(folder: Path, base_port: int | None = None) -> S3Server:
    return S3Server(folder, base_port, ACCESS, SECRET, ORIGIN)


def store_of(server: S3Server) -> S3Store:
    return S3Store(Connection(server.endpoint, ACCESS, SECRET))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    server = a_server(tmp_path_factory.mktemp("s3"))
    server.start()
    server.wait_ready()
    yield server
    server.stop()


@pytest.fixture
def browser() -> urllib3.PoolManager:
    return urllib3.PoolManager(retries=False)


def test_starting_a_running_server_changes_nothing(server: S3Server) -> None:
    pid = server.pid

    server.start()

    assert server.pid == pid
    assert server.ready()


def listening_places() -> set[str]:
    """Return where something of this machine listens, as the kernel writes it."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {row[1] for row in rows if row[3] == "0A"}


def test_every_port_is_on_loopback(server: S3Server) -> None:
    assert server.base_port is not None
    first = range(server.base_port, server.base_port + len(ROLES))
    wanted = {f"0100007F:{port:04X}" for port in (*first, *(p + GRPC_OFFSET for p in first))}
    # The S3 door opens before the last of the inner ones.
    last_at = time.monotonic() + 20
    while not wanted <= (listening := listening_places()) and time.monotonic() < last_at:
        time.sleep(0.05)

    assert wanted <= listening
    assert not {place for place in listening if f"0100007F:{place[9:]}" in wanted} - wanted


def test_the_filer_and_the_volumes_are_closed(
    server: S3Server, browser: urllib3.PoolManager
) -> None:
    assert server.base_port is not None
    filer = f"http://127.0.0.1:{server.base_port + ROLES.index('filer')}"

    assert browser.request("GET", f"{filer}/buckets/").status == 401
    assert browser.request("PUT", f"{filer}/buckets/mdx-test/x", body=b"1").status == 401


def test_the_identity_reaches_its_own_buckets_only(server: S3Server) -> None:
    store_of(server).ensure_buckets([BUCKET])

    with pytest.raises(AccessDenied):
        store_of(server).ensure_buckets([Bucket("other")])


def test_scripts_of_the_exchange_alone_may_talk_to_it(
    server: S3Server, browser: urllib3.PoolManager
) -> None:
    asks = {"Access-Control-Request-Method": "PUT"}
    ours = browser.request(
        "OPTIONS", f"{server.endpoint}/mdx-test/a", headers=asks | {"Origin": ORIGIN}
    )
    other = browser.request(
        "OPTIONS", f"{server.endpoint}/mdx-test/a", headers=asks | {"Origin": "http://evil.test"}
    )

    assert ours.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-origin" not in other.headers


def test_telemetry_is_off(server: S3Server) -> None:
    words = Path(f"/proc/{server.pid}/cmdline").read_bytes().split(b"\0")

    assert b"-master.telemetry=false" in words


def test_secrets_are_readable_by_the_owner_alone_and_not_on_the_command_line(
    server: S3Server,
) -> None:
    for name in ("keys.json", "security.toml"):
        assert stat.S_IMODE((server.data_dir / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(server.data_dir.stat().st_mode) == 0o700
    assert SECRET.encode() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()
    assert SECRET not in repr(server)


def test_a_second_server_on_the_folder_is_refused(server: S3Server) -> None:
    with pytest.raises(S3FolderInUse):
        a_server(server.data_dir).start()
    assert server.ready()


def test_a_taken_port_is_named(server: S3Server, tmp_path: Path) -> None:
    with pytest.raises(S3PortTaken, match=str(server.base_port)):
        a_server(tmp_path / "s3", server.base_port).start()
    with pytest.raises(S3PortTaken):  # the first attempt let the folder go
        a_server(tmp_path / "s3", server.base_port).start()


@pytest.mark.slow  # three starts and two stops of a real server
def test_objects_and_address_outlive_a_killed_server_and_an_orderly_stop(tmp_path: Path) -> None:
    server = a_server(tmp_path / "s3")
    server.start()
    server.wait_ready()
    endpoint = server.endpoint
    store_of(server).ensure_buckets([BUCKET])
    sha256 = store_of(server).put(BUCKET, KEY, os.urandom(100_000)).sha256
    try:
        killed = server.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        while server.pid is not None:
            time.sleep(0.01)
        server.start()
        server.wait_ready()
        assert store_of(server).sha256_of(BUCKET, KEY) == sha256

        server.stop()
        server.stop()
        assert not server.ready()
        server = a_server(tmp_path / "s3")
        server.start()
        server.wait_ready()
        assert (server.endpoint, store_of(server).sha256_of(BUCKET, KEY)) == (endpoint, sha256)
    finally:
        server.stop()


@pytest.mark.slow  # two starts of a real server
def test_a_server_left_by_a_killed_supervisor_is_replaced(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:  # the supervisor that gets killed
        a_server(tmp_path / "s3").start()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    left = int((tmp_path / "s3" / "server.pid").read_text())

    server = a_server(tmp_path / "s3")
    server.start()
    try:
        server.wait_ready()
        assert server.pid != left
        status = Path(f"/proc/{left}/status")
        assert not status.exists() or "State:\tZ" in status.read_text()
    finally:
        server.stop()


def test_a_number_of_another_process_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "s3"
    folder.mkdir()
    (folder / "server.pid").write_text(str(os.getpid()))

    server = a_server(folder)
    server.start()
    server.stop()


def test_a_server_that_cannot_start_says_where_its_log_is(tmp_path: Path) -> None:
    server = a_server(tmp_path / "s3")
    server.start()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)

    with pytest.raises(S3NotReady, match=r"ended.*server\.log"):
        server.wait_ready()
    server.stop()


def test_waiting_has_an_end(tmp_path: Path) -> None:
    server = a_server(tmp_path / "s3")
    server.start()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    try:
        with pytest.raises(S3NotReady, match=r"not ready after 0\.1 s"):
            server.wait_ready(0.1)
    finally:
        server.stop(0.1)
    assert server.pid is None


def test_free_ports_are_found_beside_taken_ones(tmp_path: Path) -> None:
    server = a_server(tmp_path / "s3")
    server.start()
    server.stop()
    assert server.base_port is not None
    with socket.create_server(("127.0.0.1", server.base_port + 1)):
        other = a_server(tmp_path / "s3")
        other.start()
        other.stop()

    assert other.base_port != server.base_port


@pytest.mark.slow  # a start and a stop of a real server
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_started_by_root_it_runs_as_its_account() -> None:
    nobody = Account(65534, 65534, "/nonexistent", "nobody")
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        Path(name).chmod(0o711)
        server = S3Server(Path(name) / "s3", None, ACCESS, SECRET, ORIGIN, nobody)
        server.start()
        try:
            server.wait_ready()
            status = Path(f"/proc/{server.pid}/status").read_text()
        finally:
            server.stop()

    assert "Uid:\t65534\t65534\t65534\t65534" in status


def test_the_program_comes_from_the_wheel() -> None:
    assert program_of_wheel().name == "weed"
    assert os.access(program_of_wheel(), os.X_OK)
