"""Every page that a person can reach: quiet, accessible, light, and usable without a mouse."""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page

from marketplace.auth import declared_routes
from tests.browser.visiting import (
    AXE,
    CONTROLS,
    FADED,
    FOCUSED,
    RUN_AXE,
    SIDEWAYS,
    WEIGHT,
    Visitor,
    visitor,
)
from tests.sites import Site
from tools.access import application

# Each page is looked at four times: a minute and more for each person.
pytestmark = [pytest.mark.browser, pytest.mark.slow]

WEIGHT_MAX_BYTES = 120_000
# Not pages: files, programs' addresses and downloads.
NO_PAGES = re.compile(
    r"/static/|/health/|/metrics$|/api/v1/|/api/openapi|/account/export$|/file$|/operator/.*/papers/"
    r"|/video$|/captions/|/brokered$|\.(pdf|xlsx|csv|zip|xml)$"
)
PEOPLE = (
    None,
    "owner@maker.invalid",
    "admin@exchange.invalid",
    "evaluator@people.invalid",
)
ROUTES = [
    (route.path, re.compile(re.sub(r"\{\w+:\w+\}", "[^/]+", route.path)))
    for route in declared_routes(application())
    if route.method == "GET" and not NO_PAGES.search(route.path)
]


def route_of(address: str) -> str | None:
    """Return the template of the page behind an address of ours."""
    path = urlsplit(address).path
    if NO_PAGES.search(path):
        return None
    return next((template for template, pattern in ROUTES if pattern.fullmatch(path)), None)


async def reachable(page: Page) -> AsyncIterator[str]:
    """Visit every page that needs no id, then what its links lead to; one page of each route."""
    waiting = [template for template, _ in ROUTES if "{" not in template]
    seen: set[str] = set()
    while waiting:
        address = waiting.pop()
        template = route_of(address)
        if template is None or template in seen:
            continue
        seen.add(template)
        answer = await page.goto(address, wait_until="load")
        assert answer is not None, address
        assert answer.status < 500, address
        yield address
        waiting += await page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")


async def faults_of(page: Page) -> AsyncIterator[str]:
    """Look at the shown page from all sides and yield what is wrong with it."""
    weight = await page.evaluate(WEIGHT)
    if weight > WEIGHT_MAX_BYTES:
        yield f"weighs {weight} bytes"
    async for missed in missed_by_keyboard(page):
        yield missed
    await page.evaluate(AXE)
    for scheme, width in (("light", 1440), ("dark", 390)):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        await page.set_viewport_size({"width": width, "height": 900})
        await page.evaluate(FADED)
        for violation in await page.evaluate(RUN_AXE):
            yield f"{scheme} {width}: {violation}"
    for width in (360, 390, 768, 1440):
        await page.set_viewport_size({"width": width, "height": 900})
        beyond = await page.evaluate(SIDEWAYS)
        if beyond > 0:
            yield f"scrolls sideways by {beyond} at {width}"
    await page.emulate_media(color_scheme="light")


async def missed_by_keyboard(page: Page) -> AsyncIterator[str]:
    """Press Tab until every control had the focus, and yield those that never had it."""
    await page.set_viewport_size({"width": 1440, "height": 900})
    controls = dict(line.split(" ", 1) for line in await page.evaluate(CONTROLS))
    # A field for a date has several stops.
    for _ in range(3 * len(controls) + 5):
        await page.keyboard.press("Tab")
        controls.pop(await page.evaluate(FOCUSED), None)
        if not controls:
            return
    for html in controls.values():
        yield f"not reached by keyboard: {html}"


async def swept(who: Visitor) -> list[str]:
    """Return what is wrong on every page that somebody can reach."""
    page, found = await who.page(), []
    async for address in reachable(page):
        found += [f"{address}: {fault}" async for fault in faults_of(page)]
        found += [f"{address}: {fault}" for fault in who.faults]
        who.faults.clear()
    return found


@pytest.mark.parametrize("email", PEOPLE, ids=lambda email: email or "anonymous")
async def test_every_page_is_quiet_accessible_and_light(
    browser: Browser, site: Site, email: str | None
) -> None:
    who = await visitor(browser, site, email)
    found = await swept(who)
    await who.context.close()

    assert found == [], "\n".join(found)
