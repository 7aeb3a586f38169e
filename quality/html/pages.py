"""The page of one report: what is wrong first, then the indices, then each table with its charts. Pure."""

import hashlib
from collections.abc import Iterator
from itertools import count
from typing import Any, Final, Literal

from msgspec import Struct

from quality.canonical import canonical
from quality.html.charts import Chart, image_sheet, index_bars
from quality.html.charts.shapes import Shapes
from quality.html.setting import figure_of, filled
from quality.html.tables import Room, known_tables, table_views
from quality.html.telling import between_lines, check_lines, counted, grouped, said, verdict
from quality.report import DatasetReport, Severity
from quality.terminal.words import Tongue

FINDINGS_MOST: Final = 200
FILES_MOST: Final = 200
GROUPS_MOST: Final = 3

Lang = Literal["ko", "en"]


class Section(Struct, frozen=True):
    """A part of the page: its template is ``sections/{id}.html``, shown where it has something to say."""

    id: str
    ko: str
    en: str


# In this order; one more part is one more line and its template.
SECTIONS: Final = (
    Section("findings", "찾은 것", "Findings"),
    Section("indices", "지수", "Indices"),
    Section("checks", "검사", "Checks"),
    Section("between", "파일 사이", "Between the files"),
    Section("files", "파일", "Files"),
    Section("images", "사진", "Images"),
    Section("tables", "표", "Tables"),
    Section("basis", "근거", "Basis"),
)


class Figures:
    """Sets charts into a page and numbers them in the order in which they are set."""

    def __init__(self, say: Tongue) -> None:
        self._say, self._numbers = say, count(1)

    def __call__(self, chart: Chart) -> Shapes:
        """Return the next figure."""
        return figure_of(chart, next(self._numbers), self._say)


def render(
    report: DatasetReport, lang: Lang = "ko", *, title: str = "", sha256: str | None = None
) -> str:
    """Return a report as one page of HTML.

    Args:
        title: of the dataset; without one the names of its files stand there
        sha256: of the canonical report where it is known already, else it is computed
    """
    say = Tongue(lang == "en")
    values = _values(report, say, Room())
    return filled(
        "report.html",
        say,
        title=title or _named(report, say),
        sha256=sha256 or hashlib.sha256(canonical(report)).hexdigest(),
        sections=list(_sections(values)),
        **values,
    )


def _values(report: DatasetReport, say: Tongue, room: Room) -> dict[str, Any]:
    findings = said(report)
    shown = findings[:FINDINGS_MOST]
    lines, views = table_views(known_tables(report), say, room)
    return {
        "report": report,
        "verdict": verdict(report, say),
        "counts": {one.value: number for one, number in counted(findings).items()},
        "findings": {
            one.value: grouped([each for each in shown if each.finding.severity is one])
            for one in Severity
        },
        "findings_left": len(findings) - len(shown),
        "indices": index_bars(report.indices, say),
        "checks": check_lines(report),
        "between": between_lines(report),
        "groups_most": GROUPS_MOST,
        "files": report.files[:FILES_MOST],
        "files_left": max(len(report.files) - FILES_MOST, 0),
        "images": [
            (file, image_sheet(file.images, say)) for file in report.files if file.images is not None
        ],
        "lines": lines,
        "views": views,
        "figure": Figures(say),
        "sampled": any(view.line.table.sampled for view in views),
    }  # fmt: skip


def _sections(values: dict[str, Any]) -> Iterator[Section]:
    """Yield the parts that have something to say."""
    empty = {"checks": "checks", "between": "between", "images": "images", "tables": "lines"}
    for one in SECTIONS:
        if values[empty.get(one.id, "report")]:
            yield one


def _named(report: DatasetReport, say: Tongue) -> str:
    if not report.files:
        return say("파일 없음", "no files")
    more = len(report.files) - 1
    name = report.files[0].name
    return name if not more else say(f"{name} 외 {more:,}개", f"{name} and {more:,} more")
