"""Requests per second and p99 of the API and of a page, against a bare handler in the same run.

Starts its own PostgreSQL, S3 server, web process and bare process on loopback, in a folder that
goes with it. The figures of a shared machine drift, so only the ratios of one run count.

    python -m benchmarks.http [--seconds 5] [--connections 16]
"""

import argparse
import asyncio
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from litestar import Litestar, get

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.http import csrf

ROUNDS = 3
READY_LIMIT_S = 90.0


@get("/bare", sync_to_thread=False)
def _bare() -> dict[str, str]:
    return {"bare": "handler"}


def bare_app() -> Litestar:
    """Build the reference: the same framework and server with one handler and nothing else."""
    return Litestar([_bare], openapi_config=None)


class Load:
    """Connections that send one request after the other for a time, and what they measured."""

    def __init__(self, port: int, path: str, cookie: str) -> None:
        self.port = port
        head = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: keep-alive\r\n"
        self.request = (head + (f"cookie: {cookie}\r\n" if cookie else "") + "\r\n").encode()
        self.taken_s: list[float] = []

    async def run(self, connection_count: int, seconds: float) -> tuple[float, float]:
        """Return requests per second and the 99th percentile [ms]."""
        self.taken_s.clear()
        end = time.perf_counter() + seconds
        await asyncio.gather(*(self._one(end) for _ in range(connection_count)))
        ordered = sorted(self.taken_s)
        return len(ordered) / seconds, 1e3 * ordered[int(len(ordered) * 0.99)]

    async def _one(self, end: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while time.perf_counter() < end:
            begun = time.perf_counter()
            writer.write(self.request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"unexpected answer: {head.splitlines()[0]!r}")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            self.taken_s.append(time.perf_counter() - begun)
        writer.close()


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_answer(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + READY_LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"no server came up at port {port} in {READY_LIMIT_S:g} s")


@contextmanager
def serving(
    target: str, port: int, environment: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run an application on loopback until the block ends, and give its process."""
    command = [sys.executable, "-m", "uvicorn", target, "--factory", "--port", str(port)]
    options = ["--log-level", "critical", "--no-access-log"]
    process = subprocess.Popen(
        [*command, *options],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,  # the log is written all the same, as it is in production
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_answer(process, port)
        yield process
    finally:
        process.terminate()
        process.wait()


async def _session(url: str) -> str:
    from tests.factories import a_member, new_session

    database = Database(url)
    person, _ = await a_member(database, Role.buyer)
    cookie = await new_session(database, person.id, lasting=timedelta(hours=1))
    await database.dispose()
    return f"{csrf.session_cookie(secure=False)}={cookie}"


def environment_of(database: str, port: int) -> dict[str, str]:
    """Return the settings of a web process on the servers of this run."""
    from tests import servers

    return {
        "MARKETPLACE_PORT": str(port),  # the host that requests name must be ours
        "MARKETPLACE_DATABASE_URL": servers.url(database, "app"),
        "MARKETPLACE_S3_ENDPOINT": os.environ["MARKETPLACE_TEST_S3_ENDPOINT"],
        "MARKETPLACE_S3_ACCESS_KEY": os.environ["MARKETPLACE_TEST_S3_ACCESS_KEY"],
        "MARKETPLACE_S3_SECRET_KEY": os.environ["MARKETPLACE_TEST_S3_SECRET_KEY"],
        "MARKETPLACE_SESSION_KEY": secrets.token_urlsafe(32),
        "MARKETPLACE_ENCRYPTION_KEYS": "b1:" + "A" * 43 + "=",
    }


def main() -> None:
    """Run the benchmark and print one table."""
    from tests import servers

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        for server in servers.start(folder):
            stack.callback(server.stop)
        servers.prepare_template()
        port, bare_port = free_port(), free_port()
        environment = environment_of(servers.template(), port)
        stack.enter_context(serving("marketplace.app:web_app", port, environment))
        stack.enter_context(serving("benchmarks.http:bare_app", bare_port, {}))
        cookie = asyncio.run(_session(environment["MARKETPLACE_DATABASE_URL"]))
        loads = {
            "bare handler": Load(bare_port, "/bare", ""),
            "GET /api/v1/me": Load(port, "/api/v1/me", cookie),
            "page /": Load(port, "/", cookie),
        }
        _report(loads, options.seconds, options.connections)


def _report(loads: dict[str, Load], seconds: float, connection_count: int) -> None:
    print(f"{connection_count} connections, {ROUNDS} rounds of {seconds:g} s each, interleaved")
    print(f"{'':<16} {'requests/s':>22} {'p99 ms':>22} {'against bare':>14}")
    rounds = [
        {n: asyncio.run(load.run(connection_count, seconds)) for n, load in loads.items()}
        for _ in range(ROUNDS)
    ]
    for name in loads:
        rates = sorted(each[name][0] for each in rounds)
        tails = sorted(each[name][1] for each in rounds)
        ratios = sorted(each[name][0] / each["bare handler"][0] for each in rounds)
        rate = f"{rates[0]:.0f} / {rates[1]:.0f} / {rates[2]:.0f}"
        tail = f"{tails[0]:.1f} / {tails[1]:.1f} / {tails[2]:.1f}"
        print(f"{name:<16} {rate:>22} {tail:>22} {ratios[1]:>14.3f}")


if __name__ == "__main__":
    main()
