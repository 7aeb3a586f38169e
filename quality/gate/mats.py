"""MAT files of version 5 to 7: the variables and where their numbers lie, read from tags alone.

Only numbers in tables are read. Cells, structs, objects, functions and texts are stepped over by their
length and never looked into. Version 7.3 is HDF5 and refused.

Source:
    MATLAB, "MAT-File Format", R2024b, version 5: header, data elements, array flags.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from msgspec import Struct

from quality.findings import refuse
from quality.limits import Limits
from quality.sources import Source

HEADER_BYTES: Final = 128
TAG_BYTES: Final = 8
HEAD_BYTES: Final = 64 * 1024
VARIABLES_MAX: Final = 10_000
NAME_BYTES: Final = 1_024
MATRIX, PACKED = 14, 15
COMPLEX: Final = 0x08
# Classes of numbers, and how numbers are stored, often in fewer bytes than their class has.
NUMBERS: Final = range(6, 16)
STORED: Final = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}  # fmt: skip
ORDERS: Final = {b"IM": "<", b"MI": ">"}
BROKEN: Final = (struct.error, IndexError, UnicodeDecodeError, zlib.error)


class Variable(Struct, frozen=True, kw_only=True):
    """A variable, and where its numbers lie.

    Args:
        stored: how NumPy names a number as it is stored; empty for what is no table of numbers
        rows, columns: a row of numbers counts as a column
        at: of its element in the file, behind the tag
        size_bytes: of its element in the file
        packed: whether the element must be inflated first
        data_at: of the numbers within the element
        data_bytes: of the numbers
    """

    name: str
    stored: str
    rows: int
    columns: int
    at: int
    size_bytes: int
    packed: bool
    data_at: int
    data_bytes: int


def check(source: Source, limits: Limits) -> list[Variable]:
    """Return the variables of a MAT file.

    Raises:
        Refused: damage, shapes that are not as large as their numbers, or more than the limits
    """
    try:
        with source.open() as stream:
            found = list(_variables(stream, source.size_bytes, limits))
    except BROKEN as error:
        raise refuse("MAT_BROKEN") from error
    if not any(one.stored for one in found):
        raise refuse("MAT_NO_TABLE")
    return found


def _variables(stream: BinaryIO, size_bytes: int, limits: Limits) -> Iterator[Variable]:
    header = stream.read(HEADER_BYTES)
    order = ORDERS.get(header[126:128])
    if order is None:
        raise refuse("MAT_BROKEN")
    most = max(limits.ratio_free_bytes, limits.ratio_max * size_bytes)
    at = HEADER_BYTES
    unpacked = count = 0
    while at < size_bytes:
        stream.seek(at)
        kind, size = struct.unpack(order + "II", stream.read(TAG_BYTES))
        at, count = at + TAG_BYTES, count + 1
        if size > size_bytes - at or kind not in (MATRIX, PACKED) or count > VARIABLES_MAX:
            raise refuse("MAT_BROKEN")
        content, length = stream.read(min(size, HEAD_BYTES)), size
        if kind == PACKED:
            content = zlib.decompressobj().decompress(content, HEAD_BYTES)
            inner, length = struct.unpack_from(order + "II", content)
            if inner != MATRIX:
                raise refuse("MAT_BROKEN")
            content = content[TAG_BYTES:]
        unpacked += length
        if unpacked > min(most, limits.unpacked_bytes):
            raise refuse("ARCHIVE_RATIO")
        yield _matrix(content, order, (at, size, length), packed=kind == PACKED)
        at += size


def _matrix(content: bytes, order: str, place: tuple[int, int, int], *, packed: bool) -> Variable:
    at, size, length = place
    head = _Elements(content, order)
    _, flags = head.take()
    _, dimensions = head.take()
    _, name = head.take()
    if len(flags) != 8 or len(dimensions) < 8 or len(name) > NAME_BYTES:
        raise IndexError(len(flags))
    word = struct.unpack(order + "I", flags[:4])[0]
    shape = struct.unpack(f"{order}{len(dimensions) // 4}i", dimensions)
    # What has no name belongs to objects of the program itself.
    numbers = name and (word & 0xFF) in NUMBERS and not (word >> 8) & COMPLEX
    rows, columns = _table(shape)
    if not numbers or rows < 2:  # a single row is a setting
        rows = columns = 0
    stored, data_at, data_bytes = "", 0, 0
    if rows:
        kind, data_at, data_bytes = head.begin()
        if kind not in STORED or data_at + data_bytes > length:
            raise IndexError(kind)
        stored = order + STORED[kind]
        if rows * columns * int(stored[-1]) != data_bytes:
            raise refuse("SHAPE_TOO_LARGE", name=name.decode("ascii", "replace"))
    return Variable(
        name=name.decode("ascii"),
        stored=stored,
        rows=rows,
        columns=columns,
        at=at,
        size_bytes=size,
        packed=packed,
        data_at=data_at + TAG_BYTES * packed,
        data_bytes=data_bytes,
    )


def _table(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return rows and columns; nothing where more than two dimensions say something."""
    if min(shape) < 1:
        return 0, 0
    sides = [side for side in shape if side > 1]
    if len(sides) < 2:
        return math.prod(shape), 1
    return (sides[0], sides[1]) if len(sides) == 2 else (0, 0)


class _Elements:
    """The elements within a matrix, one after the other."""

    def __init__(self, content: bytes, order: str) -> None:
        self.content, self.order, self.at = content, order, 0

    def begin(self) -> tuple[int, int, int]:
        """Return the next element's kind, and where its data lie."""
        (kind,) = struct.unpack_from(self.order + "I", self.content, self.at)
        if kind >> 16:  # up to four bytes stand within the tag
            return kind & 0xFFFF, self.at + 4, kind >> 16
        (size,) = struct.unpack_from(self.order + "I", self.content, self.at + 4)
        return kind, self.at + TAG_BYTES, size

    def take(self) -> tuple[int, bytes]:
        """Return the next element, which lies in the first bytes, and step behind it."""
        kind, at, size = self.begin()
        if at + size > len(self.content):
            raise IndexError(size)
        self.at = at + size + (-(at + size)) % TAG_BYTES
        return kind, self.content[at : at + size]


def numbers(stream: BinaryIO, variable: Variable) -> bytes:
    """Return the bytes of a variable's numbers.

    Raises:
        Refused: there are fewer than its tag says
    """
    end = variable.data_at + variable.data_bytes
    if not variable.packed:
        stream.seek(variable.at + variable.data_at)
        found = stream.read(variable.data_bytes)
    else:
        stream.seek(variable.at)
        try:
            found = zlib.decompressobj().decompress(stream.read(variable.size_bytes), end)
        except zlib.error as error:
            raise refuse("MAT_BROKEN") from error
        found = found[variable.data_at :]
    if len(found) < variable.data_bytes:
        raise refuse("MAT_BROKEN")
    return found
