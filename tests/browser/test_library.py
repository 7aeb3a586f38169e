"""A clerk downloads what was bought in a real browser: the policy of the page lets the store's address through."""

import hashlib
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page

from marketplace.db import Database
from marketplace.http import csrf
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from tests.browser.visiting import AXE, RUN_AXE, SIDEWAYS
from tests.factories import new_session
from tests.marketplace.orders.conftest import (
    Member,
    buyer,
    buying,
    client_of,
    on_sale,
    owner,
)
from tests.marketplace.orders.library import BELT, HASHES, Buy, buy
from tests.web_process import web_process

__all__ = ["buy", "buyer", "buying", "client_of", "on_sale", "owner"]


async def looked_at(page: Page) -> tuple[list[str], list[str], int]:
    """Return what axe finds on a wide and on a narrow window, and how far that scrolls sideways; all is open."""
    await page.evaluate(
        "() => document.querySelectorAll('details').forEach(one => one.open = true)"
    )
    await page.evaluate(AXE)
    wide = await page.evaluate(RUN_AXE)
    await page.set_viewport_size({"width": 390, "height": 800})
    return wide, await page.evaluate(RUN_AXE), await page.evaluate(SIDEWAYS)


@pytest.mark.slow  # a browser and a server of its own
async def test_a_clerk_confirms_and_downloads_a_file_and_the_whole_version(
    browser: Browser,
    database: Database,
    settings: Settings,
    buyer: Member,
    buying: httpx.AsyncClient,
    buy: Buy,
    tmp_path: Path,
) -> None:
    make_buckets(settings)
    await buy()
    name, value = csrf.session_cookie(secure=False), await new_session(database, buyer[0].id)
    faults: list[str] = []
    with web_process(settings, tmp_path) as web:
        context = await browser.new_context(locale="ko-KR", viewport={"width": 1440, "height": 900})
        await context.add_cookies([{"name": name, "value": value, "url": web.origin}])
        page = await context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        await page.goto(f"{web.origin}/library")
        await page.get_by_role("link", name="컨베이어 벨트").click()
        await page.get_by_label(
            "내려받기를 시작하면 청약철회를 할 수 없다는 것을 확인했습니다."
        ).check()
        await page.get_by_role("button", name="확인하고 내려받기 열기").click()
        async with page.expect_download() as file:
            await page.locator('a[href*="/files/"]').first.click()
        async with page.expect_download() as whole:
            await page.get_by_role("link", name="모두 내려받기 (ZIP)").click()
        got, archive = await file.value, await whole.value
        content = (await got.path()).read_bytes()
        found = await looked_at(page)
        saved = (await archive.path()).read_bytes()
        await context.close()

    assert got.suggested_filename == "컨베이어 속도.csv"
    assert hashlib.sha256(content).hexdigest() == HASHES[BELT]
    assert archive.suggested_filename.endswith(".zip")
    assert saved.startswith(b"PK")
    assert faults == []
    assert found == ([], [], 0)
