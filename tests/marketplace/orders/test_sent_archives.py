"""A whole version over a real server: much is sent with little memory, and what breaks off is seen to."""

import zipfile
from pathlib import Path

import httpx
import psycopg
import pytest

from marketplace.db import Database
from marketplace.http import csrf
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectStore
from tests.factories import new_session
from tests.marketplace.orders.conftest import Member
from tests.marketplace.orders.library import Buy, buy, start
from tests.marketplace.organizations.steps import rows
from tests.web_process import web_process

__all__ = ["buy"]

LARGE = bytes(range(256)) * 250_000
GROWTH_MOST_KIB = 32_768


def descendants(pid: int) -> list[int]:
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += descendants(int(child))
    return found


def peak_kib(pid: int) -> int:
    """Return the largest memory that the processes have had so far [KiB]."""
    total = 0
    for one in descendants(pid):
        lines = Path(f"/proc/{one}/status").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return total


@pytest.mark.slow  # 64 MB through the store and a server of its own
async def test_much_is_sent_with_little_memory_and_a_broken_stream_is_no_answer(
    admin: psycopg.Connection,
    database: Database,
    store: ObjectStore,
    settings: Settings,
    buyer: Member,
    buying: httpx.AsyncClient,
    buy: Buy,
    tmp_path: Path,
) -> None:
    make_buckets(settings)
    bought = await buy({"작은 것.csv": b"1,2\n", "큰 것.bin": LARGE})
    await start(buying, bought)
    cookie = await new_session(database, buyer[0].id)
    headers = {"cookie": f"{csrf.session_cookie(secure=False)}={cookie}"}
    kept = tmp_path / "all.zip"
    with web_process(settings, tmp_path) as web:
        client = httpx.AsyncClient(base_url=web.origin, headers=headers, timeout=60)
        async with client:
            (await client.get(bought.path)).raise_for_status()
            before_kib = peak_kib(web.process.pid)
            async with client.stream("GET", f"{bought.path}/all.zip") as answer:
                with kept.open("wb") as out:
                    async for block in answer.aiter_raw():
                        out.write(block)
            grown_kib = peak_kib(web.process.pid) - before_kib
            key = rows(admin, "select object_key from data_file where size_bytes > 1000")[0][0]
            other = LARGE[:-1] + b"?"
            store.put(Bucket(settings.bucket("published")), ObjectKey(str(key)), other)
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get(f"{bought.path}/all.zip")

    with zipfile.ZipFile(kept) as found:
        assert found.getinfo("큰 것.bin").file_size == len(LARGE)
        assert found.testzip() is None
    assert grown_kib < GROWTH_MOST_KIB, f"{grown_kib} KiB for {len(LARGE)} bytes"
