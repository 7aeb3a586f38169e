"""Tables that leave as CSV and are opened in a spreadsheet: Hangul arrives whole, nothing runs."""

import csv
import io
from collections.abc import Iterable
from typing import Final

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet reads a text that begins so as a formula. Source: OWASP, "CSV Injection".
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def escaped(value: str) -> str:
    """Return a value that no spreadsheet takes for a formula: an apostrophe goes in front. Pure."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA_SIGNS) else value


def csv_of(rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as CSV in UTF-8 with a byte order mark, which spreadsheets need for Hangul. Pure.

    Texts are escaped, numbers are not.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([escaped(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def xlsx_of(sheet_name: str, rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as a workbook of one sheet; texts are escaped. Blocks, so call it in a thread. Pure."""
    from openpyxl import Workbook  # noqa: PLC0415 - half a second that only this needs

    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_name)
    for row in rows:
        sheet.append([escaped(cell) if isinstance(cell, str) else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
