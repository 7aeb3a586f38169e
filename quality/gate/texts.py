"""A text file read once as bytes, before any library: encoding, damage, longest line, records.

The parser must later arrive at the same number of records; where it does not, damage is reported.
"""

import codecs
from collections.abc import Iterator
from typing import Final

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from quality.findings import found, refuse
from quality.limits import Limits
from quality.recoding import line_encoding, recoded
from quality.report import Finding, Severity
from quality.scans import Grid, TextFacts
from quality.sources import CHUNK_BYTES, Source

HEAD_BYTES: Final = 64 * 1024
NEWLINE, RETURN, QUOTE = 10, 13, 34
QUOTE_BYTE: Final = b'"'
_HARMLESS: Final = b"\t\n\r"
_CONTROLS: Final = bytes(c for c in [*range(1, 32), 127] if c not in _HARMLESS)
CONTROL_SHARE_MAX: Final = 0.02
# Other scripts' encodings read as CP949 give Han letters and kana; signs such as Φ say nothing.
UNREADABLE_SHARE: Final = 0.5
HANGUL_SHARE_MIN: Final = 0.5
HANGUL: Final = (0xAC00, 0xD7A3)
KANA: Final = (0x3040, 0x30FF)
HAN: Final = (0x4E00, 0x9FFF)


class _Scan:
    """What one pass over the bytes counts."""

    def __init__(self, limits: Limits, *, line_end: int, quoting: bool = True) -> None:
        self.limits = limits
        self.line_end, self.quoting = line_end, quoting
        self.lines = self.records = 0
        self.open_quote = self.lines_in_quotes = False
        self.odd_line: int | None = None
        self.first_nul_line: int | None = None
        self.nul_count = self.control_count = self.size = 0
        self.first_control_line: int | None = None
        self.utf8_ok = True
        self._quoted, self._lines_before = [False], [0]
        self._carry_bytes = 0
        self._line_odd = False
        self._blank = True
        self._letters = codecs.getincrementaldecoder("utf-8")("strict")

    def add(self, chunk: bytes) -> None:
        data = np.frombuffer(chunk, dtype=np.uint8)
        ends = np.flatnonzero(data == self.line_end)
        self._count_damage(chunk, ends)
        self._measure(chunk, ends)
        self._count_records(chunk, data, ends)
        self.lines += len(ends)
        self.size += len(chunk)
        if self.size % self.limits.block_bytes == 0:
            self._quoted.append(self.open_quote)
            self._lines_before.append(self.lines)
        if self.utf8_ok:
            self.utf8_ok = self._is_utf8(chunk)

    def _is_utf8(self, chunk: bytes) -> bool:
        """Whether the chunk goes on in UTF-8; a letter cut at its end waits for the next."""
        if chunk.isascii() and not self._letters.getstate()[0]:
            return True
        try:
            self._letters.decode(chunk)
        except UnicodeDecodeError:
            return False
        return True

    @property
    def grid(self) -> Grid:
        """What is known at the beginning of each cell."""
        return Grid(
            self.size,
            tuple(self._quoted),
            tuple(self._lines_before),
            self.lines_in_quotes,
            self.limits.block_bytes,
            self.quoting,
        )

    def finish(self) -> None:
        if self._carry_bytes:
            self.lines += 1
            if not self._blank and not self.open_quote:
                self.records += 1
            if self._line_odd and self.odd_line is None:
                self.odd_line = self.lines
        self.utf8_ok = self.utf8_ok and not self._letters.getstate()[0]

    def _count_damage(self, chunk: bytes, ends: NDArray[np.intp]) -> None:
        if b"\0" in chunk:
            self.nul_count += chunk.count(b"\0")
            if self.first_nul_line is None:
                before = int(np.searchsorted(ends, chunk.index(b"\0")))
                self.first_nul_line = self.lines + before + 1
        controls = len(chunk) - len(chunk.translate(None, _CONTROLS))
        if controls:
            self.control_count += controls
            if self.first_control_line is None:
                first = min(chunk.index(bytes([c])) for c in _CONTROLS if bytes([c]) in chunk)
                self.first_control_line = self.lines + int(np.searchsorted(ends, first)) + 1

    def _measure(self, chunk: bytes, ends: NDArray[np.intp]) -> None:
        most = self.limits.line_bytes
        starts = np.concatenate([[-self._carry_bytes - 1], ends])
        lengths = np.diff(starts) - 1
        rest = len(chunk) - 1 - int(starts[-1]) if len(ends) else self._carry_bytes + len(chunk)
        if (len(lengths) and int(lengths.max()) > most) or rest > most:
            too_long = np.flatnonzero(lengths > most)
            line = int(too_long[0]) if len(too_long) else len(lengths)
            raise _TooLong(self.lines + line + 1)
        self._carry_bytes = rest

    def _count_records(self, chunk: bytes, data: NDArray[np.uint8], ends: NDArray[np.intp]) -> None:
        blank = self._blanks(data, ends)
        if QUOTE_BYTE not in chunk or not self.quoting:
            # A line that ends inside quotes ends no record.
            self.records += 0 if self.open_quote else len(ends) - int(blank.sum())
            self.lines_in_quotes |= self.open_quote and len(ends) > 0
            if len(ends):
                self._note_odd(ends, np.zeros(len(ends), dtype=np.int64))
            return
        quotes = np.flatnonzero(data == QUOTE)
        upto = np.searchsorted(quotes, ends)
        closed = (upto + int(self.open_quote)) % 2 == 0
        self.lines_in_quotes |= not closed.all()
        self._note_odd(ends, np.diff(upto, prepend=0))
        after_last = len(quotes) - (int(upto[-1]) if len(ends) else 0)
        self._line_odd = (after_last + (0 if len(ends) else int(self._line_odd))) % 2 == 1
        self.open_quote = (len(quotes) + int(self.open_quote)) % 2 == 1
        self.records += int(closed.sum()) - int((blank & closed).sum())

    def _note_odd(self, ends: NDArray[np.intp], per_line: NDArray[np.intp]) -> None:
        """Remember the first line with an odd number of quotes."""
        if len(ends):
            per_line[0] += int(self._line_odd)
            self._line_odd = False
        if self.odd_line is None:
            odd = np.flatnonzero(per_line % 2)
            self.odd_line = self.lines + int(odd[0]) + 1 if len(odd) else None

    def _blanks(self, data: NDArray[np.uint8], ends: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which ended lines hold nothing, and remember whether the open one does."""
        lengths = np.diff(ends, prepend=-1) - 1
        blank: NDArray[np.bool_] = lengths == 0
        single = np.flatnonzero(lengths == 1)
        blank[single] = data[ends[single] - 1] == RETURN
        if len(ends):
            # The first line began in an earlier chunk.
            blank[0] = self._blank and _ends_only(data[: ends[0]])
            self._blank = _ends_only(data[ends[-1] + 1 :])
        else:
            self._blank = self._blank and _ends_only(data)
        return blank


def _ends_only(data: NDArray[np.uint8]) -> bool:
    return bool(((data == NEWLINE) | (data == RETURN)).all())


class _TooLong(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def scan(source: Source, limits: Limits, *, quoting: bool = True) -> TextFacts:
    """Read a text file once and say how it is written and where it is damaged.

    Args:
        quoting: quotes may hold line ends, as in CSV; without, a record is a line, and characters
            that may not stand in it are left to its parser

    Raises:
        Refused: it is no text, has a line or cell beyond the limits, or an open quote
    """
    head = source.head(HEAD_BYTES)
    if not head.removeprefix(codecs.BOM_UTF8):
        raise refuse("FILE_EMPTY")
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _scanned(source, limits, quoting=quoting)
    if head.startswith(codecs.BOM_UTF32_LE):
        raise refuse("ENC_UNKNOWN")
    again = Source(
        source.name, source.size_bytes, lambda: recoded(source, "utf-16", errors="strict")
    )
    try:
        facts = _scanned(again, limits, quoting=quoting)
    except UnicodeDecodeError as error:
        raise refuse("ENC_UNKNOWN") from error
    converted = found("ENC_CONVERTED", encoding="UTF-16", read_as="UTF-16으로")
    return replace(facts, encoding="utf-16", findings=(converted, *facts.findings))


def believed(scanned: TextFacts | None, source: Source, limits: Limits) -> TextFacts | None:
    """Return what another child's scan found, if there was one.

    Raises:
        Refused: it cannot be about this text
    """
    if scanned is not None and not scanned.fits(source.size_bytes, limits.block_bytes):
        raise refuse("FILE_INVALID")
    return scanned


def _scanned(source: Source, limits: Limits, *, quoting: bool) -> TextFacts:
    head = source.head(HEAD_BYTES)
    if not head:
        raise refuse("FILE_EMPTY")
    _refuse_binary(head)
    line_end = NEWLINE if b"\n" in head or b"\r" not in head or not quoting else RETURN
    found_by = _Scan(limits, line_end=line_end, quoting=quoting)
    try:
        for chunk in source.chunks(min(CHUNK_BYTES, limits.block_bytes)):
            found_by.add(chunk)
    except _TooLong as error:
        raise _long_line(source, error.line, limits) from error
    found_by.finish()
    if found_by.open_quote and found_by.odd_line is not None:
        raise refuse("CSV_QUOTE_OPEN", row=found_by.odd_line)
    return _decided(source, found_by, limits)


def _decided(source: Source, by: _Scan, limits: Limits) -> TextFacts:
    findings: list[Finding] = []
    damaged = 0
    if by.utf8_ok:
        encoding = "utf-8"
        if source.head(3) == codecs.BOM_UTF8:
            encoding = "utf-8-sig"
    else:
        encoding, damaged, more = _other_encoding(source, by, limits)
        findings += more
    if by.quoting:
        findings += _characters(source, by, limits)
        damaged += min(by.nul_count, by.lines)
    return TextFacts(
        encoding=encoding,
        line_count=by.lines,
        record_count=by.records,
        damaged_count=damaged,
        findings=tuple(findings),
        line_end=bytes([by.line_end]),
        grid=by.grid,
    )


def _characters(source: Source, by: _Scan, limits: Limits) -> list[Finding]:
    findings = []
    wide = damage_severity(by.control_count, by.lines, limits)
    if by.control_count and by.first_control_line is not None:
        findings.append(
            found("CHAR_CONTROL", row=by.first_control_line, count=by.control_count, severity=wide)
        )
    if by.nul_count and by.first_nul_line is not None:
        findings.append(_nul(source, by, limits))
    return findings


def damage_severity(damaged_count: int, row_count: int, limits: Limits) -> Severity:
    """Damage in a few rows is to be read; in more than the limit's share it blocks."""
    wide = damaged_count > limits.damage_share * max(row_count, 1)
    return Severity.blocker if wide else Severity.warning


def _nul(source: Source, by: _Scan, limits: Limits) -> Finding:
    assert by.first_nul_line is not None, "asked only when there is one"
    if by.first_nul_line == 1:
        return found("CHAR_NUL_HEADER", row=1, count=by.nul_count)
    header = line = b""
    for number, line in enumerate(_lines(source), 1):
        header = header or line
        if number == by.first_nul_line:
            break
    delimiter = max(b",;\t|", key=header.count)
    position = line[: line.index(b"\0")].count(delimiter)
    names = header.split(bytes([delimiter]))
    name = names[position].decode("utf-8", "replace") if position < len(names) else position + 1
    return found(
        "CHAR_NUL",
        row=by.first_nul_line,
        column=str(name).strip(' "\ufeff\r\n'),
        count=by.nul_count,
        severity=damage_severity(by.nul_count, by.lines, limits),
    )


def _lines(source: Source) -> Iterator[bytes]:
    with source.open() as stream:
        yield from iter(stream.readline, b"")


def _refuse_binary(head: bytes) -> None:
    nul_share = head.count(b"\0") / len(head)
    if nul_share > 0.2 and (not any(head[0::2]) or not any(head[1::2])):  # noqa: PLR2004
        raise refuse("ENC_UNKNOWN")
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if nul_share > 0.2 and max(even, odd) > 20 * (min(even, odd) + 1):  # noqa: PLR2004
        raise refuse("ENC_UNKNOWN")
    controls = len(head) - len(head.translate(None, _CONTROLS + b"\0"))
    if controls > max(CONTROL_SHARE_MAX * len(head), 8):
        raise refuse("TYPE_UNKNOWN")


def _other_encoding(source: Source, by: _Scan, limits: Limits) -> tuple[str, int, list[Finding]]:
    decoder = codecs.getincrementaldecoder("cp949")("strict")
    hangul = other = 0
    try:
        for chunk in [*source.chunks(), b""]:
            text = decoder.decode(chunk, final=not chunk)
            letters = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
            hangul += _between(letters, HANGUL)
            other += _between(letters, KANA) + _between(letters, HAN)
    except UnicodeDecodeError:
        return _line_by_line(source, by, limits)
    if hangul < HANGUL_SHARE_MIN * (hangul + other):
        return _line_by_line(source, by, limits)
    return "cp949", 0, [found("ENC_CONVERTED", encoding="CP949", read_as="CP949로")]


def _between(letters: NDArray[np.uint32], borders: tuple[int, int]) -> int:
    return int(((letters >= borders[0]) & (letters <= borders[1])).sum())


def _line_by_line(source: Source, by: _Scan, limits: Limits) -> tuple[str, int, list[Finding]]:
    """Decide for each line, since no encoding fits the whole file."""
    firsts: dict[str, int] = {}
    counts = {"utf-8": 0, "cp949": 0, "neither": 0}
    for number, line in enumerate(_lines(source), 1):
        if line.isascii():
            continue
        kind = line_encoding(line)
        counts[kind] += 1
        firsts.setdefault(kind, number)
    known = counts["utf-8"] + counts["cp949"]
    if known == 0 and counts["neither"] > UNREADABLE_SHARE * by.lines:
        raise refuse("ENC_UNKNOWN" if by.control_count == 0 else "TYPE_UNKNOWN")
    damaged = counts["neither"] + min(counts["utf-8"], counts["cp949"])
    severity = damage_severity(damaged, by.lines, limits)
    if counts["utf-8"] and counts["cp949"]:
        row = max(firsts["utf-8"], firsts["cp949"])
        return "mixed", damaged, [found("ENC_MIXED", row=row, count=damaged, severity=severity)]
    row = firsts["neither"]
    return "mixed", damaged, [found("ENC_INVALID", row=row, count=damaged, severity=severity)]


def _long_line(source: Source, line: int, limits: Limits) -> Exception:
    """Say whether it is the columns, a cell, or the line that is beyond its limit."""
    with source.open() as stream:
        for _ in range(line - 1):
            stream.readline()
        start = stream.read(limits.line_bytes)
    delimiter = max(b",;\t|", key=start.count)
    cells = start.split(bytes([delimiter]))
    if line == 1 and len(cells) > limits.columns_max:
        return refuse("COL_TOO_MANY", most=f"{limits.columns_max:,}")
    if max(len(cell) for cell in cells) > limits.cell_bytes:
        return refuse("CELL_TOO_LONG", row=line, most=f"{limits.cell_bytes:,}")
    return refuse("LINE_TOO_LONG", row=line, most=f"{limits.line_bytes:,}")
