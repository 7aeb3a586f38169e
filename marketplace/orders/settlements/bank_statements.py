"""Reading a bank's statement: CSV in UTF-8 or CP949, whatever stands above its heading. Pure."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from marketplace.orders.settlements.errors import StatementUnreadable

ROWS_MOST: Final = 20_000
DESCRIPTION_MOST: Final = 300
_DATE: Final = re.compile(r"(20\d{2})[-./년 ]*(\d{1,2})[-./월 ]*(\d{1,2})")
_AMOUNT: Final = re.compile(r"[₩\\]?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*원?")
# The number of a settlement, however the bank wrote or spaced it.
_REFERENCE: Final = re.compile(r"(?<![A-Z0-9])S[ -]?(\d{6,})(?!\d)")


@dataclass(frozen=True)
class StatementLine:
    """One line of money that went out [won]; ``fingerprint`` tells it from every other line."""

    booked_on: date
    amount_won: int
    description: str
    fingerprint: str

    @property
    def sequence(self) -> int | None:
        """The settlement that the line names; None where it names none or several."""
        found = set(_REFERENCE.findall(self.description.upper()))
        return int(found.pop()) if len(found) == 1 else None


def read_statement(content: bytes, columns: Sequence[str]) -> list[StatementLine]:
    """Return the lines of a statement that took money from the account.

    Equal lines of one day are told apart by their number among themselves, so that a statement, or one that
    overlaps it, can be read again and gives the same fingerprints.

    Args:
        content: the file
        columns: names of the columns of date, amount and description

    Raises:
        StatementUnreadable: not text, no such columns, or a date or amount that is none
    """
    rows = _rows(_text(content))
    start, places = _heading(rows, columns)
    seen: Counter[tuple[date, int, str]] = Counter()
    found = []
    for number, row in enumerate(rows[start + 1 :], start + 2):
        cells = [row[place].strip() if place < len(row) else "" for place in places]
        if not any(cells[:2]) or not (amount_won := _amount(cells[1], number)):
            continue
        key = (_date(cells[0], number), amount_won, cells[2][:DESCRIPTION_MOST])
        seen[key] += 1
        found.append(StatementLine(*key, fingerprint=_fingerprint(key, seen[key])))
    return found


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StatementUnreadable(
        "UTF-8이나 CP949로 저장한 CSV 파일이어야 합니다.",
        "It must be a CSV file in UTF-8 or CP949.",
    )


def _rows(text: str) -> list[list[str]]:
    if "\0" in text:
        raise StatementUnreadable(
            "CSV 파일이 아닙니다. 은행 화면에서 CSV로 저장하십시오.", "It is no CSV file."
        )
    delimiter = "\t" if text.count("\t") > text.count(",") else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if len(rows) > ROWS_MOST:
        raise StatementUnreadable(
            f"{ROWS_MOST:,}행을 넘습니다. 기간을 나누십시오.",
            f"It has more than {ROWS_MOST:,} rows. Split the period.",
        )
    return rows


def _heading(rows: list[list[str]], columns: Sequence[str]) -> tuple[int, list[int]]:
    for number, row in enumerate(rows):
        cells = [cell.strip() for cell in row]
        if all(name in cells for name in columns):
            return number, [cells.index(name) for name in columns]
    names = ", ".join(columns)
    raise StatementUnreadable(
        f"열 이름 {names}이(가) 모두 있는 줄이 없습니다.", f"No row has all the columns {names}."
    )


def _date(cell: str, number: int) -> date:
    unreadable = StatementUnreadable(
        f"{number}행의 날짜를 읽지 못했습니다.", f"Row {number} has no date."
    )
    found = _DATE.match(cell)
    if found is None:
        raise unreadable
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError as error:
        raise unreadable from error


def _amount(cell: str, number: int) -> int:
    """Return the whole won of a cell; nothing where it is empty or money came in."""
    if cell in {"", "-"} or cell.startswith("-"):
        return 0
    found = _AMOUNT.fullmatch(cell)
    if found is None:
        raise StatementUnreadable(
            f"{number}행의 금액을 읽지 못했습니다.", f"Row {number} has no amount."
        )
    return int(found.group(1).replace(",", ""))


def _fingerprint(key: tuple[date, int, str], nth: int) -> str:
    booked_on, amount_won, description = key
    text = f"{booked_on.isoformat()}|{amount_won}|{description}|{nth}"
    return hashlib.sha256(text.encode()).hexdigest()
