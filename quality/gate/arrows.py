"""Arrow IPC: the frames of the messages are read and judged before the library sees one.

The footer of a file is not trusted: its messages are walked from the beginning as a stream's are, so
that no offset leads anywhere, and must be as many as the footer says.

Source:
    Apache Arrow, columnar format 1.5: encapsulated messages, ``Message.fbs``, ``File.fbs``.
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from msgspec import Struct

from quality.findings import refuse
from quality.limits import MIB, Limits
from quality.sources import Source

MAGIC: Final = b"ARROW1"
START: Final = 8
TAIL_BYTES: Final = 10
CONTINUES: Final = b"\xff\xff\xff\xff"
METADATA_BYTES: Final = 16 * MIB
SCHEMA, DICTIONARY, RECORDS = 1, 2, 3
BROKEN: Final = (struct.error, IndexError)


class Frames(Struct, frozen=True):
    """Where the messages lie in the file, and how many rows they hold."""

    start: int
    end: int
    row_count: int


class Flat:
    """A table of a flat buffer, every access within the buffer."""

    def __init__(self, content: bytes, at: int) -> None:
        self.content, self.at = content, at
        self._fields = at - struct.unpack_from("<i", content, at)[0]
        if at < 0 or self._fields < 0:
            raise IndexError(at)
        self._size = struct.unpack_from("<H", content, self._fields)[0]

    def _place(self, field: int) -> int | None:
        entry = 4 + 2 * field
        if entry + 2 > self._size:
            return None
        (offset,) = struct.unpack_from("<H", self.content, self._fields + entry)
        return self.at + offset if offset else None

    def number(self, field: int, form: str) -> int:
        """Return a number; 0 when it is left out."""
        place = self._place(field)
        return 0 if place is None else int(struct.unpack_from("<" + form, self.content, place)[0])

    def table(self, field: int) -> "Flat | None":
        """Return a table within."""
        place = self._place(field)
        if place is None:
            return None
        return Flat(self.content, place + struct.unpack_from("<I", self.content, place)[0])

    def vector(self, field: int, form: str) -> list[tuple[int, ...]]:
        """Return a vector of structs."""
        place = self._place(field)
        if place is None:
            return []
        place += struct.unpack_from("<I", self.content, place)[0]
        (count,) = struct.unpack_from("<I", self.content, place)
        end = place + 4 + count * struct.calcsize("<" + form)
        if end > len(self.content):
            raise IndexError(end)
        return list(struct.iter_unpack("<" + form, self.content[place + 4 : end]))


def check(source: Source, limits: Limits) -> Frames:
    """Walk the messages of an Arrow file or stream.

    Raises:
        Refused: broken frames, or more rows or bytes than the limits
    """
    with source.open() as stream:
        start, end, batches = _extent(stream, source.size_bytes)
        try:
            rows, found, dictionaries = _walk(stream, start, end, limits)
        except BROKEN as error:
            raise refuse("ARROW_INVALID") from error
    if batches is not None and batches != found:
        raise refuse("ARROW_INVALID")
    if dictionaries > limits.profile_memory_bytes // 4:
        raise refuse("ARROW_EXPANSION")
    if rows == 0:
        raise refuse("TABLE_NO_ROWS")
    if rows > limits.rows_max:
        raise refuse("TABLE_ROWS", most=f"{limits.rows_max:,}")
    return Frames(start, end, rows)


def _extent(stream: BinaryIO, size_bytes: int) -> tuple[int, int, int | None]:
    """Return where the messages lie, and of a file how many batches its footer counts."""
    if stream.read(len(MAGIC)) != MAGIC:
        return 0, size_bytes, None
    stream.seek(max(size_bytes - TAIL_BYTES, 0))
    tail = stream.read(TAIL_BYTES)
    footer_bytes = int.from_bytes(tail[:4], "little", signed=True)
    end = size_bytes - TAIL_BYTES - footer_bytes
    if not tail.endswith(MAGIC) or end < START or not 0 < footer_bytes <= METADATA_BYTES:
        raise refuse("ARROW_INVALID")
    stream.seek(end)
    content = stream.read(footer_bytes)
    try:
        footer = Flat(content, int.from_bytes(content[:4], "little"))
        return START, end, len(footer.vector(3, "qi4xq"))
    except BROKEN as error:
        raise refuse("ARROW_INVALID") from error


def _walk(stream: BinaryIO, at: int, end: int, limits: Limits) -> tuple[int, int, int]:
    """Return the rows, the batches of rows, and the bytes of dictionaries."""
    rows = batches = dictionaries = unpacked = 0
    for header, kind, body, body_bytes in _messages(stream, at, end):
        size = _unpacked(stream, header, body, body_bytes)
        unpacked += size
        if size + body_bytes > limits.profile_memory_bytes // 2 or unpacked > limits.unpacked_bytes:
            raise refuse("ARROW_EXPANSION")
        if kind == DICTIONARY:
            dictionaries += size
        else:
            length = header.number(0, "q")
            if length < 0:
                raise IndexError(length)
            rows, batches = rows + length, batches + 1
    return rows, batches, dictionaries


def _messages(stream: BinaryIO, at: int, end: int) -> Iterator[tuple[Flat, int, int, int]]:
    """Yield the record batch of each message behind the schema, its kind and its body."""
    first = True
    while at < end:
        stream.seek(at)
        length = int.from_bytes(_continued(stream), "little", signed=True)
        at = stream.tell()
        if length == 0:
            return
        if not 0 < length <= min(METADATA_BYTES, end - at):
            raise IndexError(length)
        content = stream.read(length)
        message = Flat(content, int.from_bytes(content[:4], "little"))
        kind, body_bytes, header = message.number(1, "B"), message.number(3, "q"), message.table(2)
        at += length
        if header is None or not 0 <= body_bytes <= end - at or (kind == SCHEMA) is not first:
            raise IndexError(at)
        batch = header.table(1) if kind == DICTIONARY else header
        if kind in (DICTIONARY, RECORDS) and batch is not None:
            yield batch, kind, at, body_bytes
        elif kind != SCHEMA:
            raise IndexError(kind)
        at, first = at + body_bytes, False


def _continued(stream: BinaryIO) -> bytes:
    """Return the four bytes of a length; files before 0.15 have no sign before them."""
    word = stream.read(4)
    return stream.read(4) if word == CONTINUES else word


def _unpacked(stream: BinaryIO, batch: Flat, body: int, body_bytes: int) -> int:
    """Return how many bytes a batch's buffers have once they are unpacked.

    Each compressed buffer begins with its length, which the library allocates; -1 means as it is.
    """
    packed = batch.table(3) is not None
    total = 0
    for offset, length in batch.vector(2, "qq"):
        if offset < 0 or length < 0 or offset + length > body_bytes:
            raise IndexError(offset)
        size = length
        if packed and length:
            stream.seek(body + offset)
            (size,) = struct.unpack("<q", stream.read(8))
            size = length if size == -1 else size
        if size < 0:
            raise IndexError(size)
        total += size
    return total


class Region(Struct):
    """The part of a stream that holds the messages, as the library reads it."""

    stream: BinaryIO
    start: int
    end: int
    closed: bool = False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none beyond the end."""
        left = max(self.end - self.stream.tell(), 0)
        return self.stream.read(left if size < 0 else min(size, left))

    def seek(self, at: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place counted from the start of the messages."""
        base = {os.SEEK_SET: self.start, os.SEEK_CUR: self.stream.tell(), os.SEEK_END: self.end}
        self.stream.seek(max(base[whence] + at, self.start))
        return self.tell()

    def tell(self) -> int:
        """Return the place counted from the start of the messages."""
        return self.stream.tell() - self.start

    def close(self) -> None:
        """Close the stream."""
        self.closed = True
        self.stream.close()
