"""A version as one ZIP that is made while it is sent: nothing is kept, whatever the size.

Files are stored as they are, because datasets come compressed or are wanted exactly; sizes and checks follow
each file, for they are not known before. Blocks are hashed on the way: where the store gives other bytes than
were bought, the stream breaks off and the archive has no end, so no program opens it as whole.
"""

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import msgspec

from marketplace.clock import SEOUL

MANIFEST: Final = "manifest.json"
# Where a file of the version has the manifest's name.
MANIFEST_BESIDE: Final = "manifest-of-the-exchange.json"
_FILE_MODE: Final = 0o644 << 16
_EARLIEST_YEAR: Final = 1980

Reader = Callable[[str], Iterator[bytes]]


class BytesDiffer(Exception):
    """The store gave other bytes than were bought; the stream breaks off."""


@dataclass(frozen=True)
class Packed:
    """One file of the archive: its path, size, hash, and its key in the store."""

    path: str
    size_bytes: int
    sha256: str
    key: str


class _Sink:
    """Takes what the archive writes until it is handed on; it cannot seek, as no connection can."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def write(self, block: bytes, /) -> int:
        self._blocks.append(bytes(block))
        return len(block)

    def flush(self) -> None:
        """There is nothing to flush."""

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        found = b"".join(self._blocks)
        self._blocks.clear()
        return found


def manifest_of(facts: dict[str, Any], files: Sequence[Packed]) -> bytes:
    """Return what the archive holds as JSON: order, product, version, licence, each file with size and hash. Pure."""
    listed = [{"path": f.path, "size_bytes": f.size_bytes, "sha256": f.sha256} for f in files]
    return msgspec.json.format(msgspec.json.encode(facts | {"files": listed}), indent=2)


def archive(
    files: Sequence[Packed], manifest: bytes, read: Reader, *, at: datetime
) -> Iterator[bytes]:
    """Yield the archive block by block; blocks, so call it in a thread.

    Args:
        files: in the order in which they are packed
        read: gives the bytes of a key in blocks of at most 1 MiB
        at: the time that the entries carry

    Raises:
        BytesDiffer: the store gave other bytes
    """
    sink = _Sink()
    name = MANIFEST_BESIDE if any(f.path == MANIFEST for f in files) else MANIFEST
    with ZipFile(cast("IO[bytes]", sink), "w", ZIP_STORED) as out:
        out.writestr(_entry(name, len(manifest), at), manifest)
        yield sink.taken()
        for file in files:
            digest = hashlib.sha256()
            with (
                out.open(_entry(file.path, file.size_bytes, at), "w") as entry,
                closing(_closable(read(file.key))) as blocks,
            ):
                for block in blocks:
                    digest.update(block)
                    entry.write(block)
                    yield sink.taken()
            if digest.hexdigest() != file.sha256:
                raise BytesDiffer(file.path)
    yield sink.taken()


def _closable(blocks: Iterator[bytes]) -> Generator[bytes]:
    """Return the blocks as a generator, which can be closed."""
    yield from blocks


def _entry(path: str, size_bytes: int, at: datetime) -> ZipInfo:
    local = at.astimezone(SEOUL)
    year = max(local.year, _EARLIEST_YEAR)
    stamp = (year, local.month, local.day, local.hour, local.minute, local.second)
    info = ZipInfo(path, date_time=stamp)
    # Known before, so that an entry beyond 4 GiB is written in the long form.
    info.file_size, info.external_attr = size_bytes, _FILE_MODE
    return info


class Sending:
    """Hands blocks that are made in threads to an answer, and ends the making when nobody listens any more."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = _closable(blocks)
        self._turn = threading.Lock()

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield the blocks, each made in a thread when the one before was sent."""
        try:
            while (block := await asyncio.to_thread(self._next)) is not None:
                if block:
                    yield block
        finally:
            # Not awaited: who hangs up cancels every wait, and the thread may still read.
            _ = asyncio.get_running_loop().run_in_executor(None, self._close)

    def _next(self) -> bytes | None:
        with self._turn:
            return next(self._blocks, None)

    def _close(self) -> None:
        with self._turn:
            self._blocks.close()
