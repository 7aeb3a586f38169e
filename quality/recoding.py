"""Texts of other encodings as UTF-8."""

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO, Final

from quality.sources import CHUNK_BYTES, Pieces, Source

LINES_AT_ONCE: Final = 10_000


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
    stream = source.open()
    by_line = encoding == "mixed" or spaces
    pieces = (
        _lines(stream, encoding, spaces=spaces) if by_line else _decoded(stream, encoding, errors)
    )
    return io.BufferedReader(Pieces(pieces, stream), CHUNK_BYTES)


def _decoded(stream: BinaryIO, encoding: str, errors: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    while chunk := stream.read(CHUNK_BYTES):
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode()


def _lines(stream: BinaryIO, encoding: str, *, spaces: bool) -> Iterator[bytes]:
    gathered: list[bytes] = []
    for line in iter(stream.readline, b""):
        kind = line_encoding(line) if encoding == "mixed" else encoding
        text = line.decode("utf-8" if kind == "neither" else kind, "replace")
        gathered.append((" ".join(text.split()) + "\n" if spaces else text).encode())
        if len(gathered) >= LINES_AT_ONCE:
            yield b"".join(gathered)
            gathered.clear()
    yield b"".join(gathered)
