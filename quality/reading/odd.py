"""Records of a table that are no rows, or hold what no cell may: counted while a part of it is read."""

from typing import Final

from quality.reading.cells import Ragged

SHOWN: Final = 20
KEYS_SHOWN: Final = 5


class Odd:
    """What was odd in consecutive cells of a table; what was odd in the next ones can be joined.

    ``ragged`` are the first records of another width; ``firsts`` is where each code of JSON was first
    seen, as row and name of the column.
    """

    def __init__(self) -> None:
        self.record_count = self.damaged_count = 0
        self.ragged_count = 0
        self.ragged: list[Ragged] = []
        self.firsts: dict[str, tuple[int, str]] = {}
        self.counts: dict[str, int] = {}
        self.new_keys: dict[str, None] = {}
        self.last_row = 0

    def add_ragged(self, found: list[Ragged]) -> None:
        """Take records of another width, in order."""
        self.ragged_count += len(found)
        self.ragged += found[: SHOWN - len(self.ragged)]

    def note(self, code: str, row: int, name: str = "") -> None:
        """Note what is wrong with a row of JSON; a row is damaged once."""
        self.firsts.setdefault(code, (row, name))
        self.counts[code] = self.counts.get(code, 0) + 1
        if row != self.last_row:
            self.damaged_count, self.last_row = self.damaged_count + 1, row

    def note_keys(self, row: int, names: list[str]) -> None:
        """Note keys that the first rows do not have; the row itself is sound."""
        self.firsts.setdefault("JSON_NEW_KEYS", (row, ""))
        self.counts["JSON_NEW_KEYS"] = self.counts.get("JSON_NEW_KEYS", 0) + 1
        for name in names:
            if len(self.new_keys) < KEYS_SHOWN:
                self.new_keys[name] = None

    def merge(self, other: "Odd") -> None:
        """Take what was odd in the cells after these."""
        self.record_count += other.record_count
        self.damaged_count += other.damaged_count
        self.ragged_count += other.ragged_count
        self.ragged += other.ragged[: SHOWN - len(self.ragged)]
        for code, first in other.firsts.items():
            self.firsts.setdefault(code, first)
        for code, count in other.counts.items():
            self.counts[code] = self.counts.get(code, 0) + count
        for name in other.new_keys:
            if len(self.new_keys) < KEYS_SHOWN:
                self.new_keys[name] = None
        self.last_row = other.last_row or self.last_row
