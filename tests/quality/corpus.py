"""Hostile and broken files, made when asked for, each with the code and words that a seller must read.

The numbers are those of the list that the exchange was planned with (docs/quality.md).
"""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
from openpyxl import Workbook
from pyarrow import parquet

GOOD = b"a,b,c\n1,2,3\n4,5,6\n7,8,9\n"


@dataclass(frozen=True)
class Case:
    """A file and what must be said of it; without a code it is accepted without a word."""

    number: str
    name: str
    make: Callable[[], bytes]
    code: str | None
    words: str = ""
    blocks: bool = True


def rows(count: int, line: str = "1,2,3\n") -> bytes:
    return b"a,b,c\n" + line.encode() * count


def wide() -> bytes:
    names, cells = (f"c{n}" for n in range(2_001)), "1" * 2_001
    return f"{','.join(names)}\n{','.join(cells)}\n".encode()


def zipped(*members: tuple[str, bytes], stored: bool = False) -> bytes:
    file = io.BytesIO()
    kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, kind)
    return file.getvalue()


def workbook(*cells: tuple[str, object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    for row in (("시각", "온도"), (1, 20.5), (2, 21.5)):
        sheet.append(row)
    for place, value in cells:
        sheet[place] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook with one of its parts changed; a part that is missing is added."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    return zipped(*parts.items())


def table(columns: dict[str, list[object]]) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    return file.getvalue()


def big_zeros(size_bytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    pieces = [packer.compress(block) for _ in range(size_bytes >> 20)]
    return b"".join([*pieces, packer.flush()])


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", bytes(200 << 20))
    return file.getvalue()


def overlapping() -> bytes:
    """Two entries of the directory that point at one local header."""
    one = zipped(("a.csv", GOOD))
    end = one.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", one, end + 16)[0]
    entry = one[start:end]
    twice = entry + entry.replace(b"a.csv", b"b.csv")
    tail = bytearray(one[end:])
    struct.pack_into("<HHI", tail, 8, 2, 2, len(twice))
    return one[:start] + twice + bytes(tail)


def with_flag(content: bytes, flag: int) -> bytes:
    """Return a ZIP whose one member carries a flag, in both headers."""
    made = bytearray(content)
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.index(sign) + offset
        struct.pack_into("<H", made, at, struct.unpack_from("<H", made, at)[0] | flag)
    return bytes(made)


def size_lie() -> bytes:
    made = bytearray(zipped(("a.csv", GOOD)))
    for sign, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", made, made.index(sign) + offset, 5)
    return bytes(made)


def crc_lie() -> bytes:
    made = bytearray(zipped(("a.csv", GOOD)))
    for sign, offset in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        struct.pack_into("<I", made, made.index(sign) + offset, 1)
    return bytes(made)


def linked() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("a.csv")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def many_members() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(201):
            archive.writestr(f"{number}.csv", GOOD)
    return file.getvalue()


def duplicates() -> bytes:
    made = zipped(("a.csv", GOOD), ("b.csv", GOOD))
    return made.replace(b"b.csv", b"a.csv")


def nul_name() -> bytes:
    return zipped(("aXb.csv", GOOD)).replace(b"aXb.csv", b"a\0b.csv")


def footer_lie() -> bytes:
    made = table({"a": [1, 2]})
    return made[:-8] + struct.pack("<I", 1 << 30) + b"PAR1"


def footer_garbage() -> bytes:
    made = bytearray(table({"a": [1, 2]}))
    length = struct.unpack_from("<I", made, len(made) - 8)[0]
    made[-8 - length : -8] = b"\xa5" * length
    return bytes(made)


def dictionary_bomb() -> bytes:
    """A value of a mebibyte that a dictionary repeats for every row."""
    value, count = "x" * (1 << 20), 50_000
    indices = pa.array([0] * count, pa.int32())
    column = pa.DictionaryArray.from_arrays(indices, pa.array([value]))
    file = io.BytesIO()
    parquet.write_table(pa.table({"a": column}), file, compression="zstd")
    return file.getvalue()


def deep() -> bytes:
    kind, value = pa.int64(), 1
    nested: object = value
    for _ in range(20):
        kind, nested = pa.list_(kind), [nested]
    file = io.BytesIO()
    parquet.write_table(pa.table({"a": pa.array([nested], kind)}), file)
    return file.getvalue()


def many_cells() -> bytes:
    """A sheet of 5,000,000 cells, written by hand because a library takes a minute."""
    row = b"<row>" + b'<c r="A1"><v>1</v></c>' * 1_000 + b"</row>"
    return changed(
        workbook(), "xl/worksheets/sheet1.xml",
        lambda _: b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + row * 5_000 + b"</sheetData></worksheet>",
    )  # fmt: skip


def laughing(content: bytes) -> bytes:
    return content.replace(
        b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet', 1
    )


def external(content: bytes) -> bytes:
    return content.replace(
        b"<worksheet", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet', 1
    )


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + bytes(5)


CP949 = "온도,압력\n".encode("cp949") + b"1,2\n" * 50
MIXED_FEW = "이름,값\n".encode() + "가,1\n".encode() * 100 + "나,2\n".encode("cp949")
RANDOM = random.Random(949)

CASES = (
    Case("1", "a.csv", lambda: b"", "FILE_EMPTY", "빈 파일입니다."),
    Case("2", "a.csv", lambda: b"\xef\xbb\xbf", "FILE_EMPTY"),
    Case("3", "a.csv", lambda: b"a,b\n", "TABLE_NO_ROWS", "제목 행만 있고 데이터가 없습니다."),
    Case("4", "a.csv", lambda: CP949, "ENC_CONVERTED", "CP949로 읽었습니다. UTF-8로 변환해 미리보기합니다.", blocks=False),
    Case("5", "a.csv", lambda: "이름,값\n가,1\n나,2\n".encode() + "다,3\n".encode("cp949"), "ENC_MIXED", "4행부터 문자 인코딩이 다릅니다."),
    Case("5 few", "a.csv", lambda: MIXED_FEW, "ENC_MIXED", "102행부터", blocks=False),
    Case("6", "a.csv", lambda: "온도,압력\n1,2\n3,4\n".encode("utf-16"), "ENC_CONVERTED", "UTF-16으로 읽었습니다.", blocks=False),
    Case("6 big", "a.tsv", lambda: b"\xfe\xff" + "온도\t압력\r1\t2\r3\t4\r".encode("utf-16-be"), "ENC_CONVERTED", "UTF-16으로 읽었습니다.", blocks=False),
    Case("6 quote", "a.csv", lambda: 'a,b\n"1,2\n3,4\n'.encode("utf-16"), "CSV_QUOTE_OPEN", "2행의"),
    Case("6 nul", "a.csv", lambda: ("a,b\n1,2\0\n" + "1,2\n" * 99).encode("utf-16"), "CHAR_NUL", "2행 b열에", blocks=False),
    Case("6 odd", "a.csv", lambda: "a,b\n1,2\n".encode("utf-16") + b"1", "ENC_UNKNOWN"),
    Case("6 surrogate", "a.csv", lambda: "a,b\n1,2\n".encode("utf-16") + b"\x00\xd8\n\0", "ENC_UNKNOWN"),
    Case("6 line", "a.csv", lambda: ("a,b\n1," + "9" * 70_000 * 20).encode("utf-16"), "CELL_TOO_LONG"),
    Case("6 bom", "a.csv", lambda: b"\xff\xfe", "FILE_EMPTY"),
    Case("7 wide", "a.csv", lambda: "a,b\n1,2\n".encode("utf-32"), "ENC_UNKNOWN"),
    Case("7 big", "a.csv", lambda: ("temp,pressure\n" + "1,2\n" * 50).encode("utf-16-be"), "ENC_UNKNOWN"),
    Case("7 gz", "a.csv.gz", lambda: gzip.compress(("temp,pressure\n" + "1,2\n" * 50).encode("utf-16-le")), "ENC_UNKNOWN"),
    Case("7", "a.csv", lambda: ("temp,pressure\n" + "1,2\n" * 50).encode("utf-16-le"), "ENC_UNKNOWN", "인코딩을 알 수 없습니다. UTF-8로 저장해 주세요."),
    Case("8", "a.csv", lambda: b"a,b\nx\xed\xa0\x80,1\ny,2\n", "ENC_INVALID", "2행에 올바르지 않은 문자가 있습니다."),
    Case("8 few", "a.csv", lambda: b"a,b\nx\xed\xa0\x80,1\n" + b"y,2\n" * 100, "ENC_INVALID", "2행에", blocks=False),
    Case("9", "a.csv", lambda: b"a,b\n1,2\x003\n4,5\n", "CHAR_NUL", "2행 b열에 NUL 문자가 있습니다."),
    Case("9 few", "a.csv", lambda: b"a,b\n1,2\x003\n" + b"4,5\n" * 100, "CHAR_NUL", "2행 b열에", blocks=False),
    Case("10", "a.csv", lambda: b"a\x00,b\n" + b"4,5\n" * 100, "CHAR_NUL", "제목 행에 NUL 문자가 있습니다."),
    Case("11", "a.csv", lambda: b"a,b\nx\x1b[31m,2\n" + b"4,5\n" * 100, "CHAR_CONTROL", "제어 문자가 있습니다.", blocks=False),
    Case("12", "a\u202evsc.csv", lambda: GOOD, "CHAR_BIDI", "방향 제어 문자는 쓸 수 없습니다."),
    Case("12 column", "a.csv", lambda: b"a\xe2\x80\xae,b\n1,2\n", "CHAR_BIDI"),
    Case("13", "a.csv", lambda: b'a,b\n"1,2\n' + b"3,4\n" * 200_000, "CSV_QUOTE_OPEN", "2행의 따옴표가 닫히지 않았습니다."),
    Case("14", "a.csv", lambda: b"a,b,c\n1,2,3\n1,2,3,4,5\n1,2,3\n", "CSV_COLUMNS", "3행의 열이 5개입니다(3개여야 함)."),
    Case("14 few", "a.csv", lambda: rows(99) + b"1,2,3,4,5\n", "CSV_COLUMNS", "101행의 열이 5개입니다", blocks=False),
    Case("15", "a.csv", lambda: b"a,a,a\n1,2,3\n", "COL_DUPLICATE", "열 이름 'a'이(가) 3번 나옵니다."),
    Case("16", "a.csv", lambda: b",b,c\n1,2,3\n", "COL_BLANK", "1번째 열 이름이 비어 있습니다."),
    Case("17", "a.csv", lambda: ",".join(f"c{n}" for n in range(1_000_000)).encode() + b"\n1\n", "COL_TOO_MANY", "열이 너무 많습니다"),
    Case("17 few", "a.csv", wide, "COL_TOO_MANY"),
    Case("18", "a.csv", lambda: b"a,b\n1,2\n" + b"1,2," * (16 << 20) + b"\n", "LINE_TOO_LONG", "보다 긴 행이 있습니다"),
    Case("19", "a.csv", lambda: b"a,b\n1," + b"9" * 5_000_000 + b"\n", "CELL_TOO_LONG", "셀 값이 너무 깁니다"),
    Case("19 short", "a.csv", lambda: b"a,b\n1," + b"9" * 70_000 + b"\n", "CELL_TOO_LONG"),
    Case("20", "a.csv", lambda: b"a;b;c\n1;2;3\n4;5;6\n", None),
    Case("20 unclear", "a.csv", lambda: b"a,b;c\n1,2;3\n4,5;6\n", "CSV_DELIMITER", "구분자를 확인해 주세요."),
    Case("21", "a.csv", lambda: b"a,b\r1,2\r3,4\r", None),
    Case("22", "a.csv", lambda: b"a,b\n" + b"1,2\n" * 100 + b"inf,1\n-inf,1\nnan,1\n1e999,1\n", "NUM_NONFINITE", "무한대/비수치 값 4건", blocks=False),
    Case("23", "a.csv", lambda: b"t,b\n" + b"2023-02-20,2\n" * 100 + b"2023-02-30,1\n2023-13-01,1\n", "DATE_IMPOSSIBLE", "존재하지 않는 날짜 2건", blocks=False),
    Case("24", "a.csv", lambda: b"t,b\n" + b"2023-02-20 10:00:00Z,2\n2023-02-20 10:00:00+09:00,2\n" * 50, "TIME_ZONES_MIXED", "시간대 표기가 섞여 있습니다.", blocks=False),
    Case("25", "a.csv", lambda: b"a,b\n" + b"x,2\n" * 20 + b"=SUM(A1),1\n@x,1\n-cmd(),1\n=1+1,1\n+A1,1\n=HYPERLINK(1),1\n", "CELL_FORMULA", "수식으로 해석될 수 있는 값 6건", blocks=False),
    Case("26", "a.csv", lambda: b"<b>a</b>,b\n<script>alert(1)</script>,2\nx,3\n", None),
    Case("27", "a.csv", lambda: b"name,b\n" + b"x,2\n" * 20 + b"900101-1234567,1\n010203-3234567,1\n", "PII_RRN", "주민등록번호로 보이는 값 2건"),
    Case("27 contact", "a.csv", lambda: b"name,b\n" + b"x,2\n" * 20 + b"010-1234-5678,1\n", "PII_CONTACT", "휴대전화"),
    Case("28", "a.csv", lambda: b"MZ" + RANDOM.randbytes(3_000), "TYPE_MISMATCH", "내용이 CSV가 아닙니다."),
    Case("29", "a.csv", lambda: b"<!DOCTYPE html><html><body>login</body></html>", "TYPE_MISMATCH", "HTML 문서입니다."),
    Case("30", "a.csv", lambda: RANDOM.randbytes(50_000), "TYPE_UNKNOWN", "알 수 없는 형식입니다."),
    Case("30 name", "a.bin", lambda: RANDOM.randbytes(50_000), "TYPE_UNKNOWN"),
    Case("31", "a.csv.gz", lambda: big_zeros(256 << 20), "ARCHIVE_RATIO", "압축을 풀면 한도를 넘습니다."),
    Case("32", "a.csv.gz", lambda: gzip.compress(b"a") * 20_000, "ARCHIVE_MEMBERS"),
    Case("33", "a.csv.gz", lambda: gzip.compress(RANDOM.randbytes(5_000))[:-2_000], "ARCHIVE_TRUNCATED", "파일이 중간에 끊겼습니다."),
    Case("34", "a.csv.gz", lambda: gzip.compress(GOOD)[:-8] + b"\0\0\0\0" + gzip.compress(GOOD)[-4:], "ARCHIVE_CRC", "압축 검사값이 맞지 않습니다."),
    Case("35", "a.zip", zip_bomb, "ARCHIVE_RATIO"),
    Case("36", "a.zip", lambda: zipped(("inner.zip", zipped(("a.csv", GOOD)))), "ARCHIVE_NESTED", "압축 파일 안의 압축 파일은 받지 않습니다"),
    Case("36 renamed", "a.zip", lambda: zipped(("inner.csv", zipped(("a.csv", GOOD)))), "ARCHIVE_NESTED"),
    Case("37 dots", "a.zip", lambda: zipped(("../a.csv", GOOD)), "ARCHIVE_PATH", "파일 이름에 경로가 있습니다"),
    Case("37 root", "a.zip", lambda: zipped(("/a.csv", GOOD)), "ARCHIVE_PATH"),
    Case("37 backslash", "a.zip", lambda: zipped(("b\\a.csv", GOOD)), "ARCHIVE_PATH"),
    Case("38", "a.zip", linked, "ARCHIVE_LINK", "링크는 받지 않습니다"),
    Case("39", "a.zip", many_members, "ARCHIVE_MEMBERS", "파일이 너무 많거나"),
    Case("40", "a.zip", duplicates, "ARCHIVE_DUPLICATE", "같은 이름이 두 번 있습니다"),
    Case("41", "a.zip", nul_name, "ARCHIVE_NAME", "파일 이름이 올바르지 않습니다."),
    Case("42", "a.zip", overlapping, "ARCHIVE_OVERLAP", "압축 구조가 겹칩니다."),
    Case("43", "a.zip", size_lie, "ARCHIVE_SIZE_LIE", "기록된 크기와 실제가 다릅니다"),
    Case("43 crc", "a.zip", crc_lie, "ARCHIVE_CRC"),
    Case("44", "a.zip", lambda: with_flag(zipped(("a.csv", GOOD)), 1), "ARCHIVE_ENCRYPTED", "암호가 걸린 파일은 받지 않습니다."),
    Case("45 cut", "a.zip", lambda: zipped(("a.csv", GOOD))[:-10], "ARCHIVE_BROKEN", "압축 파일이 손상되었습니다."),
    Case("45 twice", "a.zip", lambda: zipped(("a.csv", GOOD)) + zipped(("a.csv", GOOD))[-22:], "ARCHIVE_BROKEN"),
    Case("45 trailing", "a.zip", lambda: zipped(("a.csv", GOOD)) + b"x" * 10, "ARCHIVE_BROKEN"),
    Case("46", "a.parquet", lambda: table({"a": [1, 2]})[:-4], "PARQUET_BROKEN", "Parquet 파일이 손상되었거나 끝부분이 없습니다."),
    Case("47", "a.parquet", footer_lie, "PARQUET_BROKEN"),
    Case("48", "a.parquet", footer_garbage, "PARQUET_BROKEN"),
    Case("49", "a.parquet", lambda: b"PAR1", "PARQUET_BROKEN"),
    Case("49 empty", "a.parquet", lambda: b"", "FILE_EMPTY"),
    Case("50", "a.parquet", dictionary_bomb, "PARQUET_EXPANSION", "펼친 크기가 한도를 넘습니다."),
    Case("52", "a.parquet", lambda: table({f"c{n}": [1] for n in range(2_001)}), "COL_TOO_MANY"),
    Case("53", "a.parquet", deep, "SCHEMA_DEPTH", "중첩이 너무 깊습니다"),
    Case("54", "a.parquet", lambda: b"PARE" + bytes(100) + b"PARE", "PARQUET_BROKEN"),
    Case("55", "a.arrow", lambda: b"ARROW1\0\0" + bytes(100), "ARROW_INVALID", "Arrow 버퍼가 올바르지 않습니다."),
    Case("57", "a.xlsx", lambda: changed(workbook(), "xl/worksheets/sheet1.xml", laughing), "XML_ENTITY", "XML 엔터티는 허용되지 않습니다."),
    Case("58", "a.xlsx", lambda: changed(workbook(), "xl/worksheets/sheet1.xml", external), "XML_ENTITY"),
    Case("59", "a.xlsx", lambda: workbook(("XFD1048576", 1)), "XLSX_EXTENT", "시트 범위가 비정상적으로 큽니다."),
    Case("60 cells", "a.xlsx", many_cells, "XLSX_EXPANSION", "엑셀 파일을 펼친 크기가 한도를 넘습니다."),
    Case("61", "a.xlsx", lambda: changed(workbook(), "xl/vbaProject.bin", lambda _: b"x"), "XLSX_MACRO", "매크로나 외부 연결이 있는 파일은 받지 않습니다."),
    Case("61 link", "a.xlsx", lambda: changed(workbook(), "xl/externalLinks/externalLink1.xml", lambda _: b"<x/>"), "XLSX_MACRO"),
    Case("61 ole", "a.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "XLSX_ENCRYPTED"),
    Case("62", "a.h5", lambda: b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5_EXTERNAL"),
    Case("63", "a.npy", lambda: b"\x93NUMPY\x01\0" + bytes(100), "TYPE_FORBIDDEN"),
    Case("64", "a.pkl", lambda: b"\x80\x04K\x01.", "TYPE_FORBIDDEN", "실행 코드를 담을 수 있는 형식은 받지 않습니다."),
    Case("64 renamed", "a.csv", lambda: b"\x80\x04K\x01." + bytes(100), "TYPE_FORBIDDEN"),
    Case("64 in zip", "a.zip", lambda: zipped(("a.csv", GOOD), ("run.csv", b"MZ" + bytes(60))), "TYPE_FORBIDDEN"),
    Case("image", "a.zip", lambda: zipped(("a.png", png(50_000, 50_000))), "IMAGE_PIXELS"),
    Case("svg", "a.svg", lambda: b"<svg onload='alert(1)'/>", "TYPE_FORBIDDEN"),
    Case("good csv", "좋은 자료.csv", lambda: GOOD, None),
    Case("good xlsx", "a.xlsx", workbook, None),
    Case("good parquet", "a.parquet", lambda: table({"a": [1, 2], "b": ["x", None]}), None),
    Case("good zip", "a.zip", lambda: zipped(("정상.csv", GOOD)), None),
    Case("good tsv gz", "a.tsv.gz", lambda: gzip.compress(GOOD.replace(b",", b"\t")), None),
    Case("good txt gz", "a.txt.gz", lambda: gzip.compress(GOOD.replace(b",", b" ")), None),
    Case("good gz without more", "a.gz", lambda: gzip.compress(GOOD), None),
    Case("cp949 gz", "a.csv.gz", lambda: gzip.compress(CP949), "ENC_CONVERTED", "CP949로", blocks=False),
    Case("utf-16 gz", "a.csv.gz", lambda: gzip.compress("온도,압력\n1,2\n3,4\n".encode("utf-16")), "ENC_CONVERTED", "UTF-16으로", blocks=False),
    Case("workbook gz", "a.xlsx.gz", lambda: gzip.compress(workbook()), "ARCHIVE_NESTED"),
    Case("parquet gz", "a.parquet.gz", lambda: gzip.compress(table({"a": [1, 2]})), "TYPE_UNSUPPORTED", "Parquet(GZ)"),
    Case("html gz", "a.csv.gz", lambda: gzip.compress(b"<html><body>login</body></html>"), "TYPE_MISMATCH"),
    Case("good gz", "a.csv.gz", lambda: gzip.compress(GOOD), None),
)  # fmt: skip
