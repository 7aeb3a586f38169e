"""What was odd in a table becomes findings. Pure."""

from typing import Final

from msgspec.structs import replace

from quality.claims import Place
from quality.findings import found
from quality.gate.texts import damage_severity
from quality.limits import Limits
from quality.reading.objects import ODD, SAMPLE_ROWS
from quality.reading.odd import Odd
from quality.report import Finding, Severity

EXAMPLES: Final = 3


def findings_of(odd: Odd, width: int, row_count: int | None, limits: Limits) -> tuple[Finding, ...]:
    """Return the findings of records that are no rows, or hold what no cell may.

    Args:
        width: how many columns the table has
        row_count: rows that the scan of the bytes counted, None where it does not count them
    """
    rows = odd.record_count if row_count is None else row_count
    return (*_ragged(odd, width, rows, limits), *_json(odd, rows, limits))


def _ragged(odd: Odd, width: int, row_count: int, limits: Limits) -> list[Finding]:
    if not odd.ragged:
        return []
    first = odd.ragged[0]
    finding = found(
        "CSV_COLUMNS",
        row=first.line,
        want=width,
        got=first.count,
        count=odd.ragged_count,
        examples=[one.text for one in odd.ragged[:EXAMPLES]],
        severity=damage_severity(odd.ragged_count, row_count, limits),
    )
    return [replace(finding, places=tuple(Place(one.line, f"{one.count}") for one in odd.ragged))]


def _json(odd: Odd, row_count: int, limits: Limits) -> list[Finding]:
    return [
        found(
            code,
            row=row,
            column=ODD.sub("\ufffd", name) or None,
            count=odd.counts[code],
            examples=odd.new_keys if code == "JSON_NEW_KEYS" else (),
            severity=_severity(code, odd.counts[code], row_count, limits),
            lines=f"{SAMPLE_ROWS:,}",
        )
        for code, (row, name) in odd.firsts.items()
    ]


def _severity(code: str, count: int, row_count: int, limits: Limits) -> Severity:
    if code == "JSON_NEW_KEYS":
        return Severity.warning
    return damage_severity(count, row_count, limits)
