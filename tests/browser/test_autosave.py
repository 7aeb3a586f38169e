"""A draft saves itself in a real browser: after a pause, through a lost connection, beside somebody else."""

import asyncio
import json
from functools import partial
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select
from sqlmodel import col

from marketplace.catalog.products.models import ProductContent
from marketplace.db import Scope
from tests.browser.visiting import Visitor, visitor
from tests.sites import Site
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # the script waits for pauses in the typing


async def writing(browser: Browser, site: Site) -> tuple[Visitor, Page]:
    """Begin a product and stand on its form."""
    who = await visitor(browser, site, "seller@maker.invalid")
    page = await who.page()
    await page.goto("/selling/products/new")
    await page.fill('main [name="title_ko"]', "벨트")
    async with page.expect_navigation():
        await page.click("main form .btn.primary")
    return who, page


async def kept(site: Site, page: Page) -> tuple[Any, ...]:
    """Return number, title and summary of the draft as they are stored."""
    return await stored(site, page.url)


async def has_revision(site: Site, form: str, number: int) -> bool:
    return bool((await stored(site, form))[0] == number)


async def stored(site: Site, form: str) -> tuple[Any, ...]:
    product_id = form.split("/products/")[1].split("/", maxsplit=1)[0]

    async def read() -> tuple[Any, ...]:
        async with site.database.transaction(Scope.system()) as session:
            rows = await session.execute(
                select(
                    col(ProductContent.revision),
                    col(ProductContent.title_ko),
                    col(ProductContent.summary_ko),
                ).where(col(ProductContent.product_id) == product_id)
            )
            return tuple(rows.one())

    return await asyncio.to_thread(site.run, read())


async def test_it_saves_after_a_pause_and_on_leaving(browser: Browser, site: Site) -> None:
    who, page = await writing(browser, site)

    await page.fill("#title_ko", "벨트 손상")
    await expect(page.locator("[data-state]")).to_have_text("저장하지 않은 내용이 있습니다")
    await expect(page.locator("[data-state]")).to_contain_text("저장됨", timeout=10_000)
    paused = await kept(site, page)
    await page.fill("#summary_ko", "떠나며 쓴 글")
    form = page.url
    await page.click("nav.crumbs a >> nth=0")
    await page.wait_for_url("**/selling")
    # What is sent on leaving may arrive after the next page.
    await until(partial(has_revision, site, form, 3))
    await page.goto(form)

    assert paused == (2, "벨트 손상", "")
    assert await page.input_value("#summary_ko") == "떠나며 쓴 글"
    assert await kept(site, page) == (3, "벨트 손상", "떠나며 쓴 글")
    await expect(page.locator("[data-trouble]")).to_be_hidden()
    assert who.faults == []


async def test_a_lost_connection_loses_nothing(browser: Browser, site: Site) -> None:
    who, page = await writing(browser, site)

    await who.context.set_offline(True)
    await page.fill("#title_ko", "끊긴 동안 쓴 이름")
    await expect(page.locator("[data-trouble-text]")).to_contain_text("연결이 끊겨", timeout=10_000)
    lost = await kept(site, page)
    await who.context.set_offline(False)
    await expect(page.locator("[data-trouble]")).to_be_hidden(timeout=10_000)

    assert lost == (1, "벨트", "")
    assert await kept(site, page) == (2, "끊긴 동안 쓴 이름", "")
    assert await page.input_value("#title_ko") == "끊긴 동안 쓴 이름"
    assert not [one for one in who.faults if not one.startswith("dialog")]


async def test_what_was_typed_comes_back_after_a_reload(browser: Browser, site: Site) -> None:
    who, page = await writing(browser, site)
    await page.route("**/autosave", lambda route: route.abort())
    await page.fill("#title_ko", "다시 불러온 뒤에도 있는 이름")
    await expect(page.locator("[data-trouble]")).to_be_visible(timeout=10_000)
    memory = await page.evaluate("() => JSON.stringify({...sessionStorage})")
    await page.unroute("**/autosave")
    again = await who.page()
    # A second tab with the memory of the first stands for the first after a crash.
    await again.add_init_script(
        f"for (const [k, v] of Object.entries({json.dumps(json.loads(memory))})) sessionStorage.setItem(k, v)"
    )
    await again.goto(page.url)

    await again.click("[data-restore]")
    await expect(again.locator("[data-state]")).to_contain_text("저장됨", timeout=10_000)

    assert await again.input_value("#title_ko") == "다시 불러온 뒤에도 있는 이름"
    assert (await kept(site, again))[1] == "다시 불러온 뒤에도 있는 이름"


async def test_the_second_window_is_told_and_takes_over(browser: Browser, site: Site) -> None:
    who, page = await writing(browser, site)
    second = await who.page()
    await second.goto(page.url)
    await second.fill("#title_ko", "두 번째 창")
    await expect(second.locator("[data-state]")).to_contain_text("저장됨", timeout=10_000)

    await page.fill("#title_ko", "첫 번째 창")
    told = page.locator("[data-trouble-text]")
    await expect(told).to_contain_text("님이 다른 화면에서 저장해서", timeout=10_000)
    between = await kept(site, page)
    await page.click("[data-take-over]")
    await expect(page.locator("[data-trouble]")).to_be_hidden(timeout=10_000)

    assert between == (2, "두 번째 창", "")
    assert await kept(site, page) == (3, "첫 번째 창", "")
    assert who.faults == []
