"""The archive that is made while it is sent: flat memory, long entries, and an end when nobody listens."""

import asyncio
import hashlib
import io
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from marketplace.orders.delivery.archives import (
    MANIFEST,
    BytesDiffer,
    Packed,
    Sending,
    archive,
    manifest_of,
)
from tests.waiting import until

AT = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)
BLOCK = bytes(1024 * 1024)


def packed(path: str, content: bytes, size_bytes: int | None = None) -> Packed:
    size = len(content) if size_bytes is None else size_bytes
    return Packed(path, size, hashlib.sha256(content).hexdigest(), path)


def read_back(blocks: Iterator[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(blocks)))


def test_memory_does_not_grow_with_the_version() -> None:
    count = 200
    digest = hashlib.sha256()
    for _ in range(count):
        digest.update(BLOCK)
    file = Packed("큰 파일.bin", count * len(BLOCK), digest.hexdigest(), "k")
    blocks = archive([file], b"{}", lambda _: iter([BLOCK] * count), at=AT)

    tracemalloc.start()
    sent = sum(map(len, blocks))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sent > count * len(BLOCK)
    assert peak < 5 * len(BLOCK)


def test_an_entry_beyond_four_gibibytes_is_written_in_the_long_form() -> None:
    # Only its size says so: the bytes of 5 GiB would add nothing but time.
    file = packed("긴 것.csv", b"1,2\n", 5 * 2**30)
    made = b"".join(archive([file], b"{}", lambda _: iter([b"1,2\n"]), at=AT))

    with zipfile.ZipFile(io.BytesIO(made)) as found:
        entry = found.getinfo("긴 것.csv")
        name_end = entry.header_offset + 30 + len("긴 것.csv".encode())
        assert found.read("긴 것.csv") == b"1,2\n"
        assert entry.flag_bits & 0x800, "the name is UTF-8"
        assert entry.date_time == (2026, 1, 2, 12, 4, 6)
    assert made[name_end : name_end + 2] == b"\x01\x00", "the extra field of ZIP64"


@pytest.mark.parametrize("given", [b"1,3\n", b"", b"1,2\n1"])
def test_other_bytes_than_were_bought_end_it(given: bytes) -> None:
    blocks = archive([packed("a.csv", b"1,2\n")], b"{}", lambda _: iter([given]), at=AT)

    with pytest.raises(BytesDiffer):
        list(blocks)


def test_the_manifest_lists_every_file() -> None:
    files = [packed("가.csv", b"1"), packed("나/다.csv", b"22")]
    manifest = manifest_of({"order_number": "P1"}, files)
    content = {"가.csv": b"1", "나/다.csv": b"22"}
    with read_back(archive(files, manifest, lambda key: iter([content[key]]), at=AT)) as found:
        assert found.namelist() == [MANIFEST, "가.csv", "나/다.csv"]
        assert b'"order_number": "P1"' in found.read(MANIFEST)


async def test_who_hangs_up_ends_the_reading() -> None:
    closed: list[bool] = []

    def endless() -> Iterator[bytes]:
        try:
            while True:
                yield BLOCK
        finally:
            closed.append(True)

    stream = Sending(endless()).stream()
    assert await anext(stream) == BLOCK
    task = asyncio.create_task(_drain(stream))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await until(lambda: closed == [True])


async def _drain(stream: AsyncIterator[bytes]) -> None:
    async for _ in stream:
        pass
