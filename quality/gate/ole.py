"""The container of old Office files, read by its own rules before any library does.

Every chain is followed with a count, so that a loop ends, and every number in the header is held
against the size of the file: the library allocates what the header says.

Source:
    [MS-CFB] 2.2 to 2.6: the header, the allocation tables and the directory.
"""

import struct
from typing import Final

from msgspec import Struct

from quality.findings import refuse

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER_BYTES: Final = 512
ENTRY_BYTES: Final = 128
ENTRIES_MAX: Final = 4_096
SHIFTS: Final = {3: 9, 4: 12}
MINI_BYTES: Final = 64
MINI_CUTOFF: Final = 4_096
TABLES_IN_HEADER: Final = 109
SPECIAL: Final = 0xFFFFFFFA  # numbers from here on name no sector
ROOT, STREAM = 5, 2


class Entry(Struct, frozen=True):
    """One name of the directory; ``kind`` is 1 for a folder, 2 for a stream, 5 for the root."""

    name: str
    kind: int
    start: int
    size_bytes: int


class Container:
    """The entries and streams of a compound file.

    Raises:
        Refused: the structure is not as the rules say
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        if len(content) < HEADER_BYTES or not content.startswith(MAGIC):
            raise broken()
        version, order, shift, mini_shift = struct.unpack_from("<HHHH", content, 26)
        if order != 0xFFFE or SHIFTS.get(version) != shift or mini_shift != 6:
            raise broken()
        self.sector_bytes = 1 << shift
        self.sector_count = max(len(content) // self.sector_bytes - 1, 0)
        self.table = self._table()
        self.entries = self._entries(struct.unpack_from("<I", content, 48)[0])
        self._mini: tuple[bytes, list[int]] | None = None

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self.sector_bytes
        piece = self.content[at : at + self.sector_bytes]
        if number >= SPECIAL or len(piece) < self.sector_bytes:
            raise broken()
        return piece

    def _numbers(self, number: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self.sector_bytes // 4}I", self._sector(number))

    def _table(self) -> list[int]:
        """Return which sector follows each."""
        (table_count,) = struct.unpack_from("<I", self.content, 44)
        next_list, list_count = struct.unpack_from("<II", self.content, 68)
        if max(table_count, list_count) > self.sector_count:
            raise broken()
        places = list(struct.unpack_from(f"<{TABLES_IN_HEADER}I", self.content, 76))
        for _ in range(list_count):
            *more, next_list = self._numbers(next_list)
            places += more
        if next_list < SPECIAL:
            raise broken()
        places = [place for place in places if place < SPECIAL]
        if len(places) != table_count or len(set(places)) != len(places):
            raise broken()
        return [following for place in places for following in self._numbers(place)]

    def _chain(self, start: int, following: list[int]) -> list[int]:
        chain: list[int] = []
        number = start
        while number < SPECIAL:
            if number >= len(following) or len(chain) > len(following):
                raise broken()
            chain.append(number)
            number = following[number]
        return chain

    def _stream(self, start: int) -> bytes:
        chain = self._chain(start, self.table)
        return b"".join([self._sector(number) for number in chain])

    def _entries(self, start: int) -> list[Entry]:
        content = self._stream(start)
        if not content or len(content) > ENTRIES_MAX * ENTRY_BYTES:
            raise broken()
        entries = [
            _entry(content[at : at + ENTRY_BYTES]) for at in range(0, len(content), ENTRY_BYTES)
        ]
        if entries[0].kind != ROOT:
            raise broken()
        return [one for one in entries if one.kind]

    def read(self, entry: Entry) -> bytes:
        """Return the bytes of a stream.

        Raises:
            Refused: it is shorter than its entry says
        """
        if entry.size_bytes >= MINI_CUTOFF:
            found = self._stream(entry.start)
        else:
            small, following = self._small()
            chain = self._chain(entry.start, following)
            found = b"".join([small[at * MINI_BYTES : (at + 1) * MINI_BYTES] for at in chain])
        if len(found) < entry.size_bytes:
            raise broken()
        return found[: entry.size_bytes]

    def _small(self) -> tuple[bytes, list[int]]:
        if self._mini is None:
            start, count = struct.unpack_from("<II", self.content, 60)
            if count > self.sector_count:
                raise broken()
            places = self._chain(start, self.table) if count else []
            following = [one for place in places for one in self._numbers(place)]
            self._mini = self._stream(self.entries[0].start), following
        return self._mini


def _entry(raw: bytes) -> Entry:
    name_bytes, kind = struct.unpack_from("<HB", raw, 64)
    if name_bytes > 64:
        raise broken()
    name = raw[: max(name_bytes - 2, 0)].decode("utf-16-le", "replace")
    start, size_bytes = struct.unpack_from("<II", raw, 116)
    return Entry(name, kind, start, size_bytes)


def broken() -> Exception:
    """Return the refusal of a container that is not as the rules say."""
    return refuse("XLSX_BROKEN")
