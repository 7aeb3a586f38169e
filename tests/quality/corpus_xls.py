"""Old workbooks, written here record by record so that each rule can be broken alone."""

import io
import struct
from collections.abc import Callable

from openpyxl import Workbook

from tests.quality.corpus import Case, changed, workbook, zipped

SECTOR = 512
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def text(row: int, column: int, value: str) -> bytes:
    said = value.encode("utf-16-le")
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + said)


def number(row: int, column: int, value: float) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, 0, value))


ROWS = (
    *(text(0, at, name) for at, name in enumerate(("시각", "온도"))),
    *(number(row, at, row + at / 2) for row in range(1, 4) for at in range(2)),
)


def dimensions(rows: int, columns: int) -> bytes:
    return record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))


def stream(
    cells: bytes = b"".join(ROWS), *, globals_: bytes = b"", kind: int = 0, copies: int = 1
) -> bytes:
    """Return a workbook's records: one sheet, named as often as wished."""
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    name = "자료".encode("utf-16-le")
    size = len(begin) + len(globals_) + copies * (4 + 8 + len(name)) + 4
    bound = record(0x0085, struct.pack("<IBBBB", size, 0, kind, 2, 1) + name)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 16, 0, 0, 0, 0)) + cells
    return begin + globals_ + bound * copies + record(0x000A) + sheet + record(0x000A)


def entry(name: str, kind: int, start: int, size: int) -> bytes:
    said = name.encode("utf-16-le")
    head = said.ljust(64, b"\0") + struct.pack("<HBB", len(said) + 2 if name else 0, kind, 1)
    return (head + struct.pack("<III", FREE, FREE, FREE) + bytes(36)) + struct.pack(
        "<IQ", start, size
    )


def contained(content: bytes, *names: str) -> bytes:
    """Return a compound file with the records as its stream, and other entries beside it."""
    content = content.ljust(4_096, b"\0")
    sectors = -(-len(content) // SECTOR)
    tables = -(-(sectors + 20) // 127)
    entries = [entry("Root Entry", 5, END, 0), entry("Workbook", 2, tables + 1, len(content))]
    entries += [entry(name, 1, 0, 0) for name in names]
    folder = b"".join(entries).ljust(SECTOR, b"\0")
    assert len(folder) == SECTOR, "three names at most"
    following = [TABLE] * tables + [END]
    following += [*range(tables + 2, tables + sectors + 1), END]
    following += [FREE] * (tables * 128 - len(following))
    places = [*range(tables), *[FREE] * (109 - tables)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0, 4_096, END, 0, END, 0
    )
    body = content.ljust(sectors * SECTOR, b"\0")
    return (
        header
        + struct.pack("<109I", *places)
        + struct.pack(f"<{len(following)}I", *following)
        + folder
        + body
    )


def with_number(at: int, value: int) -> bytes:
    made = bytearray(contained(stream()))
    struct.pack_into("<I", made, at, value)
    return bytes(made)


def many() -> bytes:
    """A record that says it holds a row of 65,536 numbers, again and again."""
    row = struct.pack("<HHHIH", 1, 0, 0, 2, 65_535)
    return contained(stream(ROWS[0] + record(0x00BD, row) * 62))


def error_cell() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    for row in (("시각", "온도"), (1, 20.5), (2, "#N/A")):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def moved(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook whose sheet lies under another name."""
    content = changed(
        workbook(),
        "xl/_rels/workbook.xml.rels",
        lambda part: part.replace(b"worksheets/sheet1.xml", name.encode()),
    )
    content = changed(
        content,
        "[Content_Types].xml",
        lambda part: part.replace(b"worksheets/sheet1.xml", name.encode()),
    )
    return changed(content, f"xl/{name}", lambda _: change(SHEET))


SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
ARCHIVE, OTHER_BOOK = (
    zipped(("a.csv", b"a\n1\n")),
    record(0x01AE, struct.pack("<HH", 1, 5) + b"\0a.xls"),
)

CASES = (
    Case("xls good", "a.xls", lambda: contained(stream()), None),
    Case("xls cut", "a.xls", lambda: contained(stream())[:1_000], "XLSX_BROKEN", "엑셀 파일이 손상되었습니다."),
    Case("xls head", "a.xls", lambda: contained(stream())[:200], "XLSX_BROKEN"),
    Case("xls magic", "a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "XLSX_BROKEN"),
    Case("xls tables", "a.xls", lambda: with_number(44, 0xFFFFFFF0), "XLSX_BROKEN"),
    Case("xls lists", "a.xls", lambda: with_number(72, 0xFFFFFFF0), "XLSX_BROKEN"),
    Case("xls list loop", "a.xls", lambda: with_number(68, 0), "XLSX_BROKEN"),
    Case("xls chain loop", "a.xls", lambda: with_number(SECTOR + 4, 1), "XLSX_BROKEN"),
    Case("xls records cut", "a.xls", lambda: contained(stream()[:-60]), "XLSX_BROKEN"),
    Case("xls no sheets", "a.xls", lambda: contained(stream(copies=0)), "TABLE_NO_ROWS"),
    Case("xls empty sheet", "a.xls", lambda: contained(stream(b"")), "TABLE_NO_ROWS"),
    Case("xls sheet twice", "a.xls", lambda: contained(stream(copies=2)), "XLSX_BROKEN"),
    Case("xls password", "a.xls", lambda: contained(stream(globals_=record(0x002F, bytes(54)))), "XLSX_ENCRYPTED", "암호가 걸린 엑셀 파일"),
    Case("xls package", "a.xls", lambda: contained(stream(), "EncryptedPackage"), "XLSX_ENCRYPTED"),
    Case("xls macro", "a.xls", lambda: contained(stream(), "_VBA_PROJECT_CUR", "VBA"), "XLSX_MACRO", "매크로나 외부 연결"),
    Case("xls macro record", "a.xls", lambda: contained(stream(globals_=record(0x00D3))), "XLSX_MACRO"),
    Case("xls macro sheet", "a.xls", lambda: contained(stream(kind=1)), "XLSX_MACRO"),
    Case("xls link", "a.xls", lambda: contained(stream(globals_=OTHER_BOOK)), "XLSX_MACRO"),
    Case("xls embedded", "a.xls", lambda: contained(stream(), "MBD0001A2B3"), "XLSX_MACRO"),
    Case("xls dimensions", "a.xls", lambda: contained(stream(dimensions(0xFFFFFFFF, 0xFFFF) + b"".join(ROWS))), "XLSX_EXTENT"),
    Case("xls last cell", "a.xls", lambda: contained(stream(b"".join(ROWS) + number(65_535, 65_535, 1))), "XLSX_EXTENT"),
    Case("xls cells", "a.xls", many, "XLSX_EXPANSION"),
    Case("xls html", "a.xls", lambda: b"<html><table><tr><td>1</td></tr></table></html>", "TYPE_MISMATCH", "내용이 XLS가 아닙니다. HTML 문서입니다."),
    Case("xls zip", "a.xls", lambda: ARCHIVE, "TYPE_MISMATCH"),
    Case("xlsx errors", "a.xlsx", error_cell, "XLSX_ERRORS", "칸 1개를 빈 칸으로", blocks=False),
    Case("xlsx moved", "a.xlsx", lambda: moved("other/sheet.dat", lambda part: part), "XLSX_EXTENT"),
    Case("xlsx moved entity", "a.xlsx", lambda: moved("sheet.bin", lambda part: part.replace(b"<worksheet", b"<!DOCTYPE x []><worksheet")), "XML_ENTITY"),
    Case("xlsx texts", "a.xlsx", lambda: changed(workbook(), "xl/sharedStrings.xml", lambda _: b'<sst count="1" uniqueCount="999999999999"><si><t>x</t></si></sst>'), "XLSX_EXPANSION"),
)  # fmt: skip
