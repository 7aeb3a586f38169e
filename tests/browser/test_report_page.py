"""The page of a report in a real browser: accessible, not too wide, quiet, and open when it is printed."""

from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser

from quality import DatasetReport, examine, summarize
from quality.html import render, render_comparison
from tests.browser.visiting import AXE, FADED, RUN_AXE, SIDEWAYS

# Two real children and a browser; each page is looked at four times.
pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = 1_200
OPENED = "() => document.querySelectorAll('details').forEach(one => { one.open = true; })"
CLOSED = "() => document.querySelectorAll('details').forEach(one => { one.open = false; })"
HEIGHTS = "() => [...document.querySelectorAll('details table')].map(one => one.getBoundingClientRect().height)"  # fmt: skip


def a_report(folder: Path, shift: float) -> DatasetReport:
    """A machine's hours with a gap, empty cells, a sensor that stands still and hostile names."""
    chance = np.random.default_rng(7)
    begin = np.datetime64("2026-03-02T08:00:00")
    lines = [
        "시각,온도 [℃],압력,<b>판정</b>,아주 길고 끊을 곳이 없는 열 이름_without_any_place_to_break_it"
    ]
    for at in range(ROWS):
        stamp = str(begin + np.timedelta64(at + (900 if at > ROWS / 2 else 0), "s"))
        heat = "" if at % 7 == 0 else f"{chance.normal(50 + shift, 2):.3f}"
        force = "7.5" if 300 < at < 700 else f"{chance.normal(7, 1):.3f}"
        lines.append(
            f"{stamp.replace('T', ' ')},{heat},{force},{'<i>불량</i>' if at % 9 == 0 else '정상'},{at % 40}"
        )
    path = folder / "upload"
    path.write_text("\n".join(lines) + "\n")
    return summarize([examine(path, name=f"{shift}.csv")])


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of a report's page in both languages, and of a comparison."""
    folder = tmp_path_factory.mktemp("pages")
    one, other = a_report(folder, 0), a_report(folder, 3)
    made = {
        "ko": render(one),
        "en": render(one, "en"),
        "comparison": render_comparison(one, other),
    }
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text)
    return {name: (folder / f"{name}.html").as_uri() for name in made}


@pytest.mark.parametrize("name", ["ko", "en", "comparison"])
async def test_it_is_accessible_at_every_width_and_says_nothing_to_the_console(
    browser: Browser, pages: dict[str, str], name: str
) -> None:
    page = await browser.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("request", lambda request: faults.append(request.url) if request.url != pages[name] else None)  # fmt: skip
    await page.goto(pages[name])
    await page.evaluate(AXE)

    for state in (CLOSED, OPENED):
        await page.evaluate(state)
        for scheme, width in (("light", 1440), ("dark", 390)):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.set_viewport_size({"width": width, "height": 900})
            await page.evaluate(FADED)
            faults += [f"{scheme} {width}: {one}" for one in await page.evaluate(RUN_AXE)]
            beyond = await page.evaluate(SIDEWAYS)
            faults += [f"{width}: {beyond} too wide"] if beyond > 0 else []
    await page.close()

    assert faults == [], "\n".join(faults)


async def test_printed_it_shows_every_table_of_numbers(
    browser: Browser, pages: dict[str, str]
) -> None:
    page = await browser.new_page(viewport={"width": 700, "height": 900})
    await page.goto(pages["ko"])
    await page.evaluate(CLOSED)
    await page.emulate_media(media="print")

    heights = await page.evaluate(HEIGHTS)
    paper = await page.pdf(prefer_css_page_size=True)
    await page.close()

    assert len(heights) > 6
    assert min(heights) > 0
    assert paper.startswith(b"%PDF")
