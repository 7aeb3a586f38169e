"""Speed of an upload as a browser sends it, against one presigned PUT of the same bytes.

The product's way is that of the page: note the file, send its parts in as many lanes as the script does while
the SHA-256 and the signed addresses of the next ones are made ready, and at the end the completion. The
reference stores the same bytes under one signed address without a hash. Both alternate in one run, because
the figures of a shared machine drift.
Starts its own PostgreSQL, S3 server and web process on loopback, in a folder that goes with it.

    python -m benchmarks.upload [--rounds 5] [--mib 256]
"""

import argparse
import asyncio
import hashlib
import http.client
import os
import queue
import re
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from benchmarks.http import environment_of, free_port, serving
from marketplace.auth import Role
from marketplace.db import Database
from marketplace.http import csrf
from marketplace.settings import PREFIX, Settings
from marketplace.stores import make_buckets, store_connection
from storage.objects import Bucket, ObjectKey
from storage.s3 import S3Store

API = "/api/v1/organization"
GOAL = 0.80
SAMPLE_EVERY_S = 0.02
LIMIT_S = 600.0
SCRIPT = Path(__file__).resolve().parents[1] / "marketplace/web/static/upload.js"


def number_of_script(name: str) -> int:
    """Return a constant of the page's script, so that both always do the same."""
    found = re.search(rf"const {name} = (\d+);", SCRIPT.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"the script has no {name}")
    return int(found[1])


def resident_bytes(process_id: int) -> int:
    """Return the resident memory of a process [bytes]."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"process {process_id} has no resident memory")


@dataclass
class Memory:
    """Resident memory of a process, looked at all the time [bytes]."""

    process_id: int
    most: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look at it until the block ends."""
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        try:
            yield
        finally:
            self._over.set()
            watcher.join()

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_EVERY_S):
            self.most = max(self.most, resident_bytes(self.process_id))


class Ways:
    """The two ways of sending the same bytes; each returns how long it took [s].

    Args:
        web: a signed-in seller's client of the exchange
        version: the version that takes the files
    """

    def __init__(self, web: httpx.Client, settings: Settings, version: str, content: bytes) -> None:
        self.web = web
        self.lane_count, self.batch = number_of_script("LANES"), number_of_script("BATCH")
        place = urlsplit(settings.s3_endpoint)
        # httpx copies what is left of a body after each piece, which would slow the reference down.
        self.lanes = [
            http.client.HTTPConnection(place.netloc, timeout=LIMIT_S)
            for _ in range(self.lane_count)
        ]
        self.store = S3Store(store_connection(settings))
        self.bucket = Bucket(settings.bucket("quarantine"))
        self.version = version
        self.content = content

    def product(self) -> float:
        """Send it as the page does, and take the file out again, which is not timed."""
        size_bytes = len(self.content)
        begun = time.perf_counter()
        given = {"path": f"{secrets.token_hex(8)}.csv", "size_bytes": size_bytes}
        file = self._ask(f"/versions/{self.version}/files", given)
        path = f"/files/{file['id']}"
        # At most this many wait with their addresses; only their hashes are kept, not their bytes.
        waiting: queue.Queue[dict[str, Any] | None] = queue.Queue(self.batch)
        with ThreadPoolExecutor(self.lane_count) as pool:
            sent = [pool.submit(self._send_parts, lane, waiting) for lane in self.lanes]
            self._address_parts(file, waiting)
            for one in sent:
                one.result()
        done = self._ask(f"{path}/finish", {})
        taken_s = time.perf_counter() - begun
        if done["state"] != "uploaded":
            raise SystemExit(f"the file is {done['state']} after its completion")
        self._ask(f"{path}/remove", {})
        return taken_s

    def _address_parts(
        self, file: dict[str, Any], waiting: "queue.Queue[dict[str, Any] | None]"
    ) -> None:
        """Hash parts and ask for their addresses: the first alone, then some at a time."""
        size_bytes, last, number, count = file["part_bytes"], file["part_count"], 1, 1
        content = memoryview(self.content)
        while number <= last:
            wanted = []
            for one in range(number, min(number + count, last + 1)):
                piece = content[(one - 1) * size_bytes : one * size_bytes]
                wanted.append({"number": one, "sha256": hashlib.sha256(piece).hexdigest()})
            for part in self._ask(f"/files/{file['id']}/parts", {"parts": wanted})["parts"]:
                waiting.put(part)
            number, count = number + count, self.batch
        for _ in self.lanes:
            waiting.put(None)

    def _send_parts(
        self,
        lane: http.client.HTTPConnection,
        waiting: "queue.Queue[dict[str, Any] | None]",
    ) -> None:
        content = memoryview(self.content)
        while part := waiting.get():
            piece = content[part["first_byte"] : part["first_byte"] + part["size_bytes"]]
            _put(lane, part["url"], part["headers"], piece)

    def raw(self) -> float:
        """Send it by one PUT, and remove it again, which is not timed."""
        key = ObjectKey(f"bench/{secrets.token_hex(8)}")
        begun = time.perf_counter()
        signed = self.store.presign_put(self.bucket, key, size_bytes=len(self.content))
        _put(self.lanes[0], signed.url, signed.headers, self.content)
        taken_s = time.perf_counter() - begun
        self.store.delete(self.bucket, key)
        return taken_s

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.web.post(f"{API}{path}", json=body)
        if answer.is_error:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text}")
        return dict(answer.json())


def _put(
    lane: http.client.HTTPConnection, url: str, headers: dict[str, str], content: bytes | memoryview
) -> None:
    place = urlsplit(url)
    lane.request("PUT", f"{place.path}?{place.query}", content, headers)
    answer = lane.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise SystemExit(f"the store answers {answer.status}: {said!r}")


async def _seller(settings: Settings, origin: str) -> tuple[dict[str, str], str]:
    """Make a seller with an open version; return the headers of their requests and its id."""
    from tests.factories import a_member, new_session
    from tests.marketplace.catalog.sending import opened

    database = Database(settings.database_url.get_secret_value())
    person, _ = await a_member(database, Role.owner)
    value = await new_session(database, person.id, lasting=timedelta(hours=2))
    await database.dispose()
    headers = {
        "cookie": f"{csrf.session_cookie(secure=False)}={value}",
        csrf.HEADER: csrf.token_for(settings.session_key.get_secret_value(), value),
    }
    async with httpx.AsyncClient(base_url=origin, headers=headers) as client:
        version = await opened(client)
    return headers, version["id"]


def _settings_of(environment: dict[str, str]) -> Settings:
    given: dict[str, Any] = {
        name.removeprefix(PREFIX).lower(): value for name, value in environment.items()
    }
    for name in ("database_url", "s3_access_key", "s3_secret_key", "session_key"):
        given[name] = SecretStr(given[name])
    return Settings(_env_file=None, **given)


def main() -> None:
    """Run the benchmark and print the figures."""
    from tests import servers

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mib", type=int, default=256)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        for server in servers.start(folder):
            stack.callback(server.stop)
        servers.prepare_template()
        stack.callback(servers.drop_template)
        port = free_port()
        environment = environment_of(servers.template(), port)
        settings = _settings_of(environment)
        make_buckets(settings)
        process = stack.enter_context(serving("marketplace.app:web_app", port, environment))
        origin = f"http://127.0.0.1:{port}"
        headers, version = asyncio.run(_seller(settings, origin))
        web = stack.enter_context(httpx.Client(base_url=origin, headers=headers, timeout=LIMIT_S))
        ways = Ways(web, settings, version, os.urandom(options.mib * 1024**2))
        for lane in ways.lanes:
            stack.callback(lane.close)
        _measure(ways, process.pid, options.rounds)


def _measure(ways: Ways, process_id: int, round_count: int) -> None:
    before_load = os.getloadavg()[0]
    ways.raw(), ways.product()  # a store that has just started grows its files first
    before, memory = resident_bytes(process_id), Memory(process_id)
    rates: dict[str, list[float]] = {"raw": [], "product": []}
    with memory.watched():
        for number in range(round_count):
            for name in ("raw", "product") if number % 2 == 0 else ("product", "raw"):
                taken_s = getattr(ways, name)()
                rates[name].append(len(ways.content) / 1e6 / taken_s)
    after = resident_bytes(process_id)
    mib = len(ways.content) // 1024**2
    print(f"{round_count} rounds of {mib} MiB, alternating, after one that is not counted")
    print(f"load of the machine {before_load:.1f} before, {os.getloadavg()[0]:.1f} after")
    for name, words in {"raw": "one presigned PUT", "product": "the product's upload"}.items():
        found = sorted(rates[name])
        print(
            f"{words:<22} {found[0]:.0f} / {statistics.median(found):.0f} / {found[-1]:.0f} MB/s"
            " (least / middle / greatest)"
        )
    ratios = [ours / raw for ours, raw in zip(rates["product"], rates["raw"], strict=True)]
    verdict = "reached" if statistics.median(ratios) >= GOAL else "MISSED"
    print(
        f"{'ratio':<22} {min(ratios):.2f} / {statistics.median(ratios):.2f} / {max(ratios):.2f}"
        f", goal {GOAL:.2f}: {verdict}"
    )
    print(
        f"{'web process, resident':<22} {before / 1024**2:.1f} MiB before,"
        f" {memory.most / 1024**2:.1f} most during, {after / 1024**2:.1f} after"
    )


if __name__ == "__main__":
    main()
