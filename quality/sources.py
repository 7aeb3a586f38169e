"""Where bytes come from: a file, a compressed file, or a member of an archive, opened again and again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from msgspec import Struct

CHUNK_BYTES: Final = 1 << 20


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
