"""A real web server in a process of its own, for what a test client cannot send or survive."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from marketplace.settings import PREFIX, Settings

READY_S = 120


@dataclass
class WebProcess:
    """A running server: where it listens, what it has logged."""

    port: int
    log: Path
    process: "subprocess.Popen[bytes]"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    def send(self, raw: bytes, *, timeout_s: float = 5) -> bytes:
        """Send raw bytes and return what comes back until the end, or until nothing more comes."""
        received = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout_s) as connection:
            with suppress(TimeoutError, ConnectionError):
                connection.sendall(raw)
            with suppress(TimeoutError, ConnectionError):
                while chunk := connection.recv(65_536):
                    received += chunk
        return received

    def logged(self) -> str:
        """Return what the process has written so far."""
        return self.log.read_text(encoding="utf-8")


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(settings: Settings, port: int, folder: Path) -> dict[str, str]:
    """Return the environment of a process with these settings on another port."""
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    given |= {"port": port, "public_url": f"http://127.0.0.1:{port}", "data_dir": folder}
    given.pop("log_format", None)
    plain = {
        PREFIX + name.upper(): value.get_secret_value()
        if isinstance(value, SecretStr)
        else str(value)
        for name, value in given.items()
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return kept | plain


@contextmanager
def web_process(
    settings: Settings,
    folder: Path,
    more: Mapping[str, str] | None = None,
    *,
    factory: str | None = None,
) -> Iterator[WebProcess]:
    """Start ``marketplace web``, wait until it lives, and end it.

    Args:
        settings: of the application under test
        folder: for its log and its data
        more: further variables of the environment
        factory: another application than the exchange's own, ``module:function``
    """
    port = free_port()
    log = folder / "web.log"
    command = [sys.executable, "-m", "marketplace", "web"]
    if factory is not None:
        command = [sys.executable, "-m", "uvicorn", factory, "--factory", "--port", str(port)]
    environment = environment_of(settings, port, folder) | dict(more or {})
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    web = WebProcess(port, log, process)
    try:
        _wait(web)
        yield web
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(web: WebProcess) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        assert web.process.poll() is None, web.logged()
        try:
            if httpx.get(f"{web.origin}/health/live", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"not alive within {READY_S} s:\n{web.logged()}")
