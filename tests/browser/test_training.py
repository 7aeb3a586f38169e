"""The player of the training in a real browser: no skipping, credit for what was played, after a reload too."""

import re

import pytest
from playwright.async_api import Browser, Page

from tests.browser.visiting import visitor
from tests.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLAYED_S = 4
FASTEST = 1.5
NOW = "document.querySelector('video').currentTime"


async def seconds_seen(page: Page) -> int:
    text = await page.locator("[data-state]").inner_text()
    found = re.match(r"(\d+)초", text)
    assert found is not None, text
    return int(found[1])


async def played_until(page: Page, second: float) -> None:
    for _ in range(150):
        if await page.evaluate(NOW) > second:
            return
        await page.wait_for_timeout(200)
    raise AssertionError(f"the film did not reach {second} s")


async def test_a_film_is_watched_not_skipped(browser: Browser, site: Site) -> None:
    person = await visitor(browser, site, "seller@maker.invalid")
    page = await person.page()
    await page.goto("/training/films/rules")

    await page.evaluate("document.querySelector('video').play()")
    await played_until(page, PLAYED_S)
    await page.evaluate("document.querySelector('video').currentTime = 50")
    await page.wait_for_timeout(700)
    after_skip = await page.evaluate(NOW)
    await page.evaluate("document.querySelector('video').playbackRate = 4")
    await page.wait_for_timeout(300)
    rate = await page.evaluate("document.querySelector('video').playbackRate")
    await page.evaluate("document.querySelector('video').pause()")
    await page.wait_for_timeout(1_500)
    seen = await seconds_seen(page)
    captions = await page.evaluate("document.querySelector('video').textTracks.length")
    await page.reload()
    await page.evaluate("document.querySelector('video').play()")
    await played_until(page, PLAYED_S - 2)

    assert after_skip < 15
    assert rate == FASTEST
    assert PLAYED_S - 2 <= seen < 20
    assert captions == 2
    assert person.faults == []
    await person.context.close()
