"""JSON objects as rows of text: numbers as they stand, objects flattened, arrays as text."""

import json
import re
from typing import Any, Final

from quality.findings import refuse
from quality.limits import Limits

# Keys of so many rows are the columns.
SAMPLE_ROWS: Final = 1_000
# What may not stand in a cell, however it was escaped.
ODD: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WORDS: Final = {True: "true", False: "false", None: ""}
_INNER_WORDS: Final = {True: "true", False: "false", None: "null"}


class Number(str):
    """A number as it was written, so that no digit is lost and none is computed."""

    __slots__ = ()


_PLAIN: Final = frozenset((str, Number))


class Fields(list[tuple[str, Any]]):
    """An object's keys and values as they were written, a repeated key twice."""

    __slots__ = ()


class Parser:
    """Parses one value at a time and turns objects into rows.

    Args:
        limits: nesting
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.nonfinite = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=Fields,
            parse_float=Number,
            parse_int=Number,
            parse_constant=self._constant,
        )

    def _constant(self, word: str) -> Number:
        self.nonfinite = True
        return Number(word)

    def value(self, text: str, at: int, row: int) -> tuple[object, int]:
        """Return the value that begins at a place, and where it ends.

        Args:
            row: its line or number, for the refusal

        Raises:
            ValueError: it is no JSON
            Refused: nesting beyond the limit
        """
        self.nonfinite = False
        try:
            return self._decoder.raw_decode(text, at)
        except RecursionError as error:
            raise self._too_deep(row) from error

    def _too_deep(self, row: int) -> Exception:
        return refuse("JSON_DEPTH", row=row, most=self.limits.json_depth_max)

    def flat(self, fields: Fields, row: int) -> tuple[dict[str, str], str | None]:
        """Return an object's cells by name (``a.b``), and a name that stands twice.

        Raises:
            Refused: nesting beyond the limit
        """
        plain = dict(fields)
        if len(plain) == len(fields) and _PLAIN.issuperset(map(type, plain.values())):
            return plain, None
        cells: dict[str, str] = {}
        twice: list[str] = []
        self._fill(cells, twice, fields, ("", 1, row))
        return cells, twice[0] if twice else None

    def _fill(
        self, cells: dict[str, str], twice: list[str], fields: Fields, place: tuple[str, int, int]
    ) -> None:
        before, depth, row = place
        for key, value in fields:
            name = before + key
            if type(value) is Fields and value and depth < self.limits.depth_max:
                self._fill(cells, twice, value, (name + ".", depth + 1, row))
                continue
            if name in cells:
                twice.append(name)
            cells[name] = self._cell(value, depth, row)

    def _cell(self, value: object, depth: int, row: int) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return self._text(value, depth + 1, row)
        return _WORDS[value]  # type: ignore[index]

    def _text(self, value: object, depth: int, row: int) -> str:
        """Write a nested value as JSON again."""
        if depth > self.limits.json_depth_max:
            raise self._too_deep(row)
        if isinstance(value, Number):
            return str(value)
        if isinstance(value, str):
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, Fields):
            pairs = [
                f"{json.dumps(key, ensure_ascii=False)}:{self._text(one, depth + 1, row)}"
                for key, one in value
            ]
            return "{" + ",".join(pairs) + "}"
        if isinstance(value, list):
            return "[" + ",".join(self._text(one, depth + 1, row) for one in value) + "]"
        return _INNER_WORDS[value]  # type: ignore[index]
