"""Where bytes come from: a file, a compressed file, or a member of an archive, opened again and again."""

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from msgspec import Struct
from typing_extensions import override

CHUNK_BYTES: Final = 1 << 20
# Gives the bytes from one place to before another, fewer at the end.
ReadRange = Callable[[int, int], bytes]


class LocalFile(Struct, frozen=True):
    """Reads a file by its path, on every machine that has it there."""

    path: str

    @classmethod
    def of(cls, path: Path) -> "LocalFile":
        """Return a reader of a file, wherever it is called from."""
        return cls(str(path.resolve()))

    def __call__(self, low: int, high: int) -> bytes:
        """Return the bytes from one place to before another, fewer behind the end of the file."""
        with open(self.path, "rb", buffering=0) as file:  # noqa: PTH123 - a hundred thousand times
            file.seek(low)
            content = bytearray()
            while len(content) < high - low:
                more = file.read(high - low - len(content))
                if not more:
                    break
                content += more
            return bytes(content)


class Pieces(io.RawIOBase):
    """A stream of the bytes that an iterator yields.

    Args:
        closing: what is closed with it
    """

    def __init__(self, pieces: Iterator[bytes], closing: BinaryIO) -> None:
        self._pieces, self._closing = pieces, closing
        self._rest = b""

    @override
    def readable(self) -> bool:
        return True

    @override
    def close(self) -> None:
        self._closing.close()
        super().close()

    @override
    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


class _Positioned(io.RawIOBase):
    """A stream of an open file with a position of its own; closing it leaves the file open."""

    def __init__(self, fd: int, size_bytes: int) -> None:
        self._fd, self._size, self._at = fd, size_bytes, 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def tell(self) -> int:
        return self._at

    @override
    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("a place before the beginning")
        self._at = start + offset
        return self._at

    @override
    def readinto(self, buffer: Any) -> int:
        count = os.preadv(self._fd, [buffer], self._at)
        self._at += count
        return count


class OpenFile(Struct, frozen=True):
    """A file that is open: all that a child has of it, since no path of it can be opened there.

    Args:
        fd: read by position, so that streams of it do not disturb each other
        size_bytes: when it was opened
        more: other descriptors that came with it, by what the task means them for
        folder: where the child may write, for tasks that may
    """

    fd: int
    size_bytes: int
    more: tuple[int, ...] = ()
    folder: str | None = None

    def open(self) -> BinaryIO:
        """Return a stream from the beginning, which can seek."""
        return io.BufferedReader(_Positioned(self.fd, self.size_bytes), CHUNK_BYTES)

    def read(self, low: int, high: int) -> bytes:
        """Return the bytes from one place to before another, fewer at the end of the file."""
        pieces: list[bytes] = []
        while low < high and (piece := os.pread(self.fd, high - low, low)):
            pieces.append(piece)
            low += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


@contextmanager
def opened_at(path: Path) -> Iterator[OpenFile]:
    """Open a file to be read, until the context ends.

    Raises:
        OSError: it is not there or cannot be read
    """
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield OpenFile(fd, os.fstat(fd).st_size)
    finally:
        os.close(fd)


class Source(Struct, frozen=True):
    """A named stream of bytes that can be read more than once.

    Args:
        name: as shown; a member's name within its archive
        size_bytes: unpacked
        open: gives a fresh stream from the beginning
        read: gives bytes from anywhere, None for what must be unpacked
        sha256: of the bytes, where they were hashed already
    """

    name: str
    size_bytes: int
    open: Callable[[], BinaryIO]
    read: ReadRange | None = None
    sha256: str = ""

    def hashed(self) -> str:
        """Return the SHA-256 of the bytes; they are read for it where they were not hashed already."""
        if self.sha256:
            return self.sha256
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()

    def chunks(self, most_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield the bytes in pieces of one size, the last one shorter."""
        with self.open() as stream:
            while chunk := stream.read(most_bytes):
                yield chunk

    def head(self, most_bytes: int) -> bytes:
        """Return the first bytes."""
        with self.open() as stream:
            return stream.read(most_bytes)

    @property
    def extension(self) -> str:
        """The last part of the name, in small letters, without the dot."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""
