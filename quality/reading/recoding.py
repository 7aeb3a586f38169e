"""Texts of other encodings as UTF-8."""

import codecs
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from typing_extensions import override

from quality.sources import CHUNK_BYTES, Source


def line_encoding(line: bytes) -> str:
    """Return ``utf-8``, ``cp949`` or ``neither`` for one line."""
    for encoding in ("utf-8", "cp949"):
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or any("가" <= c <= "힣" for c in text):
            return encoding
    return "neither"


def recoded(
    source: Source, encoding: str, *, spaces: bool = False, errors: str = "replace"
) -> BinaryIO:
    """Return a text as UTF-8.

    Args:
        encoding: Python's name; ``mixed`` is decided line by line
        spaces: runs of spaces become one
        errors: what becomes of characters that are not valid, as Python names it
    """
    plain = encoding in ("utf-8", "utf-8-sig") and not spaces
    if plain:
        return source.open()
    return io.BufferedReader(_Recoded(source, encoding, spaces=spaces, errors=errors), CHUNK_BYTES)


class _Recoded(io.RawIOBase):
    """Reads a text of another encoding as UTF-8, line by line where a file mixes two."""

    def __init__(self, source: Source, encoding: str, *, spaces: bool, errors: str) -> None:
        self._stream = source.open()
        by_line = encoding == "mixed" or spaces
        self._pieces = (
            self._lines(encoding, spaces=spaces) if by_line else self._decoded(encoding, errors)
        )
        self._rest = b""

    @override
    def readable(self) -> bool:
        return True

    @override
    def close(self) -> None:
        self._stream.close()
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

    def _decoded(self, encoding: str, errors: str) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(encoding)(errors)
        while chunk := self._stream.read(CHUNK_BYTES):
            yield decoder.decode(chunk).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode()

    def _lines(self, encoding: str, *, spaces: bool) -> Iterator[bytes]:
        gathered: list[bytes] = []
        for line in iter(self._stream.readline, b""):
            kind = line_encoding(line) if encoding == "mixed" else encoding
            text = line.decode("utf-8" if kind == "neither" else kind, "replace")
            gathered.append((" ".join(text.split()) + "\n" if spaces else text).encode())
            if len(gathered) >= 10_000:
                yield b"".join(gathered)
                gathered.clear()
        yield b"".join(gathered)
