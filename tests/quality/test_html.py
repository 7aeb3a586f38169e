"""The page of a report and of two: whole, escaped, bounded, the same bytes, in both languages."""

import re
from pathlib import Path

import pytest
from msgspec import json
from typing_extensions import override

from quality import DatasetReport, canonical, examine, summarize
from quality.cli import FINE, WARNED, run
from quality.findings import found
from quality.html import render, render_comparison
from quality.html.pages import SECTIONS
from quality.report import Severity
from tests.quality.corpus import GOOD
from tests.quality.drawn import Tags
from tests.quality.reporting import HOSTILE, SHOWN, a_column, a_number, a_report, a_table
from tests.quality.test_real_files import examined

VOID = {"meta", "input", "br", "link", "hr"}
HANGUL = re.compile("[가-힣]")


class Page(Tags):
    """Reads a whole page."""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag in VOID:
            self.open.pop()


def looked(text: str) -> Page:
    """Look that a page is whole, stands alone and holds nothing that runs."""
    page = Page(text)
    assert page.open == []
    tags = [tag for tag, _ in page.seen]
    assert tags.count("style") == 1
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(tags)
    ids = [attributes["id"] for _, attributes in page.seen if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.seen:
        assert "style" not in attributes, tag
        assert not any(name.startswith("on") for name in attributes), tag
        for name in ("href", "aria-labelledby", "aria-describedby"):
            target = attributes.get(name)
            assert target is None or target.removeprefix("#") in ids, target
    assert "default-src 'none'" in text
    return page


def a_whole_report() -> DatasetReport:
    sparse = found("COL_SPARSE", column=HOSTILE, count=5, pct="50.0")
    text = found("CHAR_CONTROL", row=3, severity=Severity.blocker, examples=[HOSTILE])
    column = a_column(HOSTILE, unit="<b>", kind="code", top_values=((HOSTILE, 3),), number=None)
    table = a_table(column, a_column("압력", position=1), name=HOSTILE)
    return a_report(table, name=HOSTILE, findings=(sparse, text))


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_page_is_whole_escaped_and_says_the_worst_first(lang: str) -> None:
    report = a_whole_report()
    text = render(report, "ko" if lang == "ko" else "en")
    page = looked(text)

    assert SHOWN in text
    assert not any(sign in text for sign in "\u202e\u2066\u0000")
    assert text.index("CHAR_CONTROL") < text.index("COL_SPARSE") < text.index('id="indices"')
    assert [one.id for one in SECTIONS if f'id="{one.id}"' in text] == ["findings", "indices", "files", "tables", "basis"]  # fmt: skip
    assert page.seen[0] == ("html", {"lang": lang})
    assert text == render(report, "ko" if lang == "ko" else "en")
    assert text == render(json.decode(json.encode(report), type=DatasetReport), "ko" if lang == "ko" else "en")  # fmt: skip


def test_english_pages_are_english() -> None:
    report = a_report(a_table(a_column("speed"), a_column("force", position=1)))
    other = a_report(a_table(a_column("speed", number=a_number(mean=9.0)), row_count=12))

    for text in (render(report, "en"), render_comparison(report, other, "en")):
        words = [one for one in looked(text).words if HANGUL.search(one)]
        # The style names fonts and comments nothing in Korean.
        assert words == []


@pytest.mark.parametrize(
    ("columns", "tables"), [(2_000, 1), (20, 200), (1_000, 20)], ids=["wide", "many", "both"]
)
def test_the_size_of_a_page_has_a_bound_and_the_rest_is_named(columns: int, tables: int) -> None:
    wide = tuple(a_column(f"c{at}", position=at) for at in range(columns))
    report = a_report(*(a_table(*wide, name=f"t{at}.csv") for at in range(tables)))

    text = render(report)

    looked(text)
    assert len(text.encode()) < 600_000
    assert ("files[0].tables[0].columns에 있습니다" in text) == (columns > 150)
    assert ("<code>files[0].tables[19]</code>" in text) == (tables > 2)


def test_many_findings_fold_by_kind_and_end_with_where_the_rest_is() -> None:
    noted = tuple(found("SENSOR_COARSE", column=f"c{at}", count=3) for at in range(300))

    text = render(a_report(a_table(), findings=noted))

    looked(text)
    assert "같은 종류 197가지 더: SENSOR_COARSE" in text
    assert "나머지 100가지는 JSON의 files[].findings에 있습니다" in text


def test_an_empty_dataset_has_a_page() -> None:
    report = summarize([])

    assert "파일 없음" in render(report)
    looked(render(report))
    looked(render_comparison(report, report))


def test_a_comparison_names_schema_statistics_and_what_moved() -> None:
    before = a_report(a_table(a_column(), a_column("지운 열", position=1)))
    moved = a_number(mean=3.0, histogram=(a_number().histogram[0],))
    after = a_report(
        a_table(a_column(number=moved), a_column(HOSTILE, position=1), row_count=12), name="b.csv"
    )

    text = render_comparison(before, after)

    looked(text)
    assert SHOWN in text
    assert "지운 열" in text
    assert "두 분포가 70.0 % 겹칩니다. 평균 1.5 → 3." in text
    assert text == render_comparison(before, after)
    same = render_comparison(before, before)
    assert "두 자료의 표, 열, 종류, 통계가 같습니다." in same
    assert "두 분포가 100.0 % 겹칩니다." in same


@pytest.mark.slow  # real children
def test_the_command_writes_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_bytes(GOOD)
    two.write_bytes(GOOD.replace(b"9", b"8"))
    page, difference = tmp_path / "page.html", tmp_path / "difference.html"

    assert run(["profile", str(one), "--html", str(page)]) == FINE
    assert run(["compare", str(one), str(two), "--html", str(difference), "--lang", "en"]) == WARNED

    report = summarize([examine(one, name="one.csv")])
    assert page.read_text() == render(report)
    assert "What differs between two datasets" in difference.read_text()
    assert "등급 A" in capsys.readouterr().out
    for path in (page, difference):
        looked(path.read_text())


@pytest.mark.slow  # real files, each read by real children
@pytest.mark.parametrize(
    "name",
    ["kamp_casting_process.parquet", "kamp_plating_33days.zip", "deeppcb_group20085_37pairs.zip"],
)
def test_pages_of_real_files_are_whole_and_not_too_large(name: str) -> None:
    report = summarize([examined(name)[0]])
    again = json.decode(canonical(report), type=DatasetReport)

    for lang in ("ko", "en"):
        text = render(report, "ko" if lang == "ko" else "en")
        looked(text)
        assert len(text.encode()) < 400_000
        assert text == render(again, "ko" if lang == "ko" else "en")
