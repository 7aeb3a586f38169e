"""What a buyer has: a list of columns, or rows as they are copied out of a spreadsheet."""

import csv
import re
from collections import Counter
from typing import Final

from msgspec import Struct

from quality.errors import QualityError

OWN_ROWS_MAX: Final = 1_000
OWN_COLUMNS_MAX: Final = 200
OWN_CHARS_MAX: Final = 1_000_000
VALUES_MAX: Final = 50
NUMBER_SHARE: Final = 0.95
DELIMITERS: Final = ("\t", ",", ";", "|")
_NUMBER: Final = r"[-+]?[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
_UNIT: Final = re.compile(r"[\[(]\s*(?P<unit>[^\])]{1,20}?)\s*[\])]")
_RANGE: Final = re.compile(rf"(?P<low>{_NUMBER})\s*(?:~|〜|∼|\.\.|부터|to)\s*(?P<high>{_NUMBER})")


class OwnUnreadable(QualityError):
    """What was given is no list of columns and no table."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(en)
        self.ko, self.en = ko, en


class OwnColumn(Struct, frozen=True, kw_only=True):
    """A column of the buyer's line.

    Args:
        unit: as written; "" where none was given
        low, high: range in that unit; None where none was given
        values: of a column of words, each once
    """

    name: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()


def of_list(text: str) -> tuple[OwnColumn, ...]:
    """Return the columns of a list, one on each line: ``온도 [℃] 20~80``; unit and range may be missing.

    Raises:
        OwnUnreadable: nothing is named, or too much
    """
    found = [_line(line) for line in text[:OWN_CHARS_MAX].splitlines() if line.strip()]
    return _checked([one for one in found if one.name])


def _line(line: str) -> OwnColumn:
    unit, limits = "", _RANGE.search(line)
    low = high = None
    if limits is not None:
        low, high = sorted((_number(limits["low"]), _number(limits["high"])))
        line = line[: limits.start()] + line[limits.end() :]
    if bracket := _UNIT.search(line):
        unit = bracket["unit"]
        line = line[: bracket.start()] + line[bracket.end() :]
    return OwnColumn(name=line.strip(" \t,;:"), unit=unit, low=low, high=high)


def of_rows(text: str) -> tuple[OwnColumn, ...]:
    """Return the columns of a table with its names in the first row, cells apart by tab, comma, ``;`` or ``|``.

    Raises:
        OwnUnreadable: there is no row below the names, or there is too much
    """
    if len(text) > OWN_CHARS_MAX:
        raise OwnUnreadable(
            f"{OWN_CHARS_MAX:,}자까지 붙여 넣을 수 있습니다. 행을 줄여 주십시오.",
            f"At most {OWN_CHARS_MAX:,} characters can be pasted. Take fewer rows.",
        )
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if len(lines) < 2:
        raise OwnUnreadable(
            "첫 행에 열 이름, 그 아래에 값을 한 행 이상 붙여 넣어 주십시오.",
            "Paste the names of the columns in the first row, and at least one row of values below.",
        )
    if len(lines) > OWN_ROWS_MAX + 1:
        raise OwnUnreadable(
            f"값은 {OWN_ROWS_MAX:,}행까지 견줄 수 있습니다. 행을 줄여 주십시오.",
            f"At most {OWN_ROWS_MAX:,} rows of values can be compared. Take fewer.",
        )
    sign = max(DELIMITERS, key=lines[0].count)
    names, *rows = csv.reader(lines, delimiter=sign)
    columns = [
        _column(name, [row[at].strip() for row in rows if at < len(row)])
        for at, name in enumerate(names)
        if name.strip()
    ]
    return _checked(columns)


def _column(name: str, cells: list[str]) -> OwnColumn:
    named = _line(name)
    filled = [cell for cell in cells if cell]
    numbers = [_number(cell) for cell in filled if re.fullmatch(_NUMBER, cell)]
    base = OwnColumn(name=named.name or name.strip(), unit=named.unit)
    if numbers and len(numbers) >= NUMBER_SHARE * len(filled):
        return OwnColumn(name=base.name, unit=base.unit, low=min(numbers), high=max(numbers))
    often = tuple(sorted(value for value, _ in Counter(filled).most_common(VALUES_MAX + 1)))
    # Where nearly every row has its own, the values are no codes that could be compared.
    return OwnColumn(
        name=base.name, unit=base.unit, values=often if len(often) <= VALUES_MAX else ()
    )


def _checked(columns: list[OwnColumn]) -> tuple[OwnColumn, ...]:
    if not columns:
        raise OwnUnreadable("열 이름을 하나 이상 적어 주십시오.", "Name at least one column.")
    if len(columns) > OWN_COLUMNS_MAX:
        raise OwnUnreadable(
            f"열은 {OWN_COLUMNS_MAX}개까지 견줄 수 있습니다.",
            f"At most {OWN_COLUMNS_MAX} columns can be compared.",
        )
    return tuple(columns)


def _number(text: str) -> float:
    return float(text.replace(",", ""))
