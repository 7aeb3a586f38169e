"""The column dictionary as lines that a spreadsheet gives and takes: one column a line, cells by tab. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from marketplace.catalog.products.schemas import COLUMNS_MAX, ColumnEntry
from marketplace.errors import FieldError, Invalid

HEADER: Final = ("열", "뜻", "단위", "최소", "최대", "코드(쉼표로)")
_LIMITS: Final = (300, 1_000, 40)
_CODES_MAX, _CODE_CHARS = 200, 200


def as_text(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return the dictionary with a first line of titles."""
    lines = ["\t".join(HEADER)]
    for entry in entries:
        numbers = ["" if entry.get(key) is None else f"{entry[key]:g}" for key in ("low", "high")]
        cells = [entry["name"], entry.get("meaning", ""), entry.get("unit", ""), *numbers]
        lines.append("\t".join([*cells, ", ".join(entry.get("codes", ()))]))
    return "\n".join(lines)


def read_text(text: str) -> list[ColumnEntry]:
    """Return the entries of a text; cells may be missing at the end, empty lines count nothing.

    Raises:
        Invalid: names every line that cannot be read, with the reason
    """
    errors: list[FieldError] = []
    entries: list[ColumnEntry] = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells) or cells[0] == HEADER[0]:
            continue
        entry = _entry(cells + [""] * (len(HEADER) - len(cells)), number, errors)
        if entry is not None:
            entries.append(entry)
    if len(entries) > COLUMNS_MAX:
        errors.append(
            _wrong(0, f"열은 {COLUMNS_MAX:,}개까지입니다.", f"At most {COLUMNS_MAX:,} columns.")
        )
    if errors:
        raise Invalid(errors[:20])
    return entries


def _entry(cells: list[str], number: int, errors: list[FieldError]) -> ColumnEntry | None:
    before = len(errors)
    name, meaning, unit, low, high, codes = cells[: len(HEADER)]
    if not name:
        errors.append(
            _wrong(number, "열 이름이 비어 있습니다.", "the name of the column is empty.")
        )
    for cell, most, title in zip(cells, _LIMITS, HEADER, strict=False):
        if len(cell) > most:
            errors.append(
                _wrong(
                    number,
                    f"‘{title}’이(가) {most}자보다 깁니다.",
                    f"“{title}” has more than {most} characters.",
                )
            )
    bounds = [
        _number(cell, title, number, errors)
        for cell, title in ((low, HEADER[3]), (high, HEADER[4]))
    ]
    listed = [one for code in codes.split(",") if (one := code.strip())]
    if len(listed) > _CODES_MAX or any(len(one) > _CODE_CHARS for one in listed):
        errors.append(
            _wrong(
                number,
                "코드는 200개까지, 한 코드는 200자까지입니다.",
                "at most 200 codes of 200 characters.",
            )
        )
    if len(errors) > before:
        return None
    return ColumnEntry(
        name=name, meaning=meaning, unit=unit, low=bounds[0], high=bounds[1], codes=listed
    )


def _number(cell: str, title: str, number: int, errors: list[FieldError]) -> float | None:
    text = cell.replace(",", "").replace(" ", "").replace("−", "-")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - only NaN differs from itself
        errors.append(
            _wrong(
                number,
                f"‘{title}’의 ‘{cell[:40]}’은(는) 숫자가 아닙니다.",
                f"“{cell[:40]}” in “{title}” is no number.",
            )
        )
        return None
    return value


def _wrong(number: int, ko: str, en: str) -> FieldError:
    where_ko, where_en = (f"{number}번째 줄: ", f"Line {number}: ") if number else ("", "")
    return FieldError("columns", "column_line", where_ko + ko, where_en + en)
