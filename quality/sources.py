"""Where bytes come from: a file, a compressed file, or a member of an archive, opened again and again."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from msgspec import Struct
from typing_extensions import override

CHUNK_BYTES: Final = 1 << 20


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


class Source(Struct, frozen=True):
    """A named stream of bytes that can be read more than once.

    Args:
        name: as shown; a member's name within its archive
        size_bytes: unpacked
        open: gives a fresh stream from the beginning
        path: where the bytes lie as they are, None for what must be unpacked
    """

    name: str
    size_bytes: int
    open: Callable[[], BinaryIO]
    path: Path | None = None

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes in pieces of at most 1 MiB."""
        with self.open() as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk

    def head(self, most_bytes: int) -> bytes:
        """Return the first bytes."""
        with self.open() as stream:
            return stream.read(most_bytes)

    @property
    def extension(self) -> str:
        """The last part of the name, in small letters, without the dot."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""
