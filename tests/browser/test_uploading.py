"""A seller sends files from a real browser straight to a real store of another origin."""

import asyncio
import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Page, Request, Route
from playwright.async_api import Error as PlaywrightError
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import col

from marketplace.app import Parts
from marketplace.auth import Role
from marketplace.catalog.datasets import processing
from marketplace.catalog.datasets.jobs import shelves_of
from marketplace.catalog.datasets.models import DataFile, FileState
from marketplace.db import Database, Scope
from marketplace.embedded.accounts import claim
from marketplace.embedded.s3 import S3Server
from marketplace.http import csrf
from marketplace.members.accounts.authentication import SessionAuthenticator
from marketplace.settings import Settings
from marketplace.stores import make_buckets, store_connection
from storage.s3 import S3Store
from tests import servers
from tests.browser.visiting import Visitor
from tests.factories import a_member, new_session
from tests.folders import passable_folder
from tests.sites import Site
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # a browser, a store of its own, real children


# Parts of one file on their way at once, as the page's script says.
LANES = 3


@contextlib.contextmanager
def store_for(origin: str) -> Iterator[S3Server]:
    """Start a store whose pages of one origin may talk to it, as the supervisor does."""
    with passable_folder() as folder:
        place = claim(folder / "data")
        server = S3Server(
            place.servers / "s3", None, "access-for-tests", secrets.token_hex(20), origin,
            account=place.account,
        )  # fmt: skip
        server.start()
        server.wait_ready()
        yield server
        server.stop()


@pytest.fixture
def shop(settings: Settings, parts: Parts, worker_id: str, tmp_path: Path) -> Iterator[Site]:
    """The exchange with a store of its own."""

    def made(own: Settings) -> Parts:
        database = Database(own.database_url.get_secret_value(), pool_size=4)
        store = S3Store(store_connection(own))
        authenticate = SessionAuthenticator(database, own)
        return replace(parts, database=database, authenticate=authenticate, store=store)

    for name in servers.cloned_database(f"shop_{worker_id}"):
        address = SecretStr(servers.url(name, "app"))
        given = {"database_url": address, "data_dir": tmp_path}
        site = Site(settings.model_copy(update=given), made)
        with store_for(site.origin) as store:
            reached = {
                "s3_endpoint": store.endpoint,
                "s3_public_url": store.endpoint,
                "s3_access_key": SecretStr(store.access_key),
                "s3_secret_key": SecretStr(store.secret_key),
            }
            site.settings = site.settings.model_copy(update=reached)
            make_buckets(site.settings)
            with site.serving() as running:
                yield running


class WorkerParts:
    """The worker's parts that examine files."""

    def __init__(self, site: Site) -> None:
        self.settings = site.settings
        self.store = site.parts.store


async def seller_of(site: Site) -> str:
    """Return the cookie of somebody who sells."""
    person, _ = await a_member(site.database, Role.owner)
    return await new_session(site.database, person.id)


async def a_seller(browser: Browser, site: Site) -> Visitor:
    """Return somebody who sells, signed in, with a browser of their own."""
    context = await browser.new_context(base_url=site.origin, locale="ko-KR")
    cookie = await asyncio.to_thread(site.run, seller_of(site))
    name = csrf.session_cookie(secure=False)
    await context.add_cookies([{"name": name, "value": cookie, "url": site.origin}])
    return Visitor(site, context)


async def examine_all(site: Site) -> int:
    """Do what the worker does for every file that was sent; return how many there were."""
    async with site.database.transaction(Scope.system()) as session:
        sent = select(col(DataFile.id)).where(col(DataFile.state) == FileState.uploaded)
        ids = list(await session.scalars(sent))
    for file_id in ids:
        phases = site.database.phases(Scope.system())
        await processing.process_file(phases, shelves_of(WorkerParts(site)), file_id)
    return len(ids)


async def begin(page: Page) -> None:
    """Begin a product and open its first version."""
    await page.goto("/selling/products/new")
    await page.fill('main [name="title_ko"]', "벨트")
    async with page.expect_navigation():
        await page.click("main form .btn.primary")
    await page.goto(page.url.split("/edit")[0] + "/data")
    async with page.expect_navigation():
        await page.click("main form .btn.primary")


async def test_files_go_to_the_store_stop_go_on_and_become_a_version(
    browser: Browser, shop: Site, tmp_path: Path
) -> None:
    who = await a_seller(browser, shop)
    page = await who.page()
    small, large = tmp_path / "정상 자료.csv", tmp_path / "large.csv"
    small.write_text("온도,압력\n1,2\n3,4\n")
    large.write_bytes(b"a,b\n" + b"".join(b"%d,2\n" % number for number in range(2_500_000)))

    await begin(page)
    # The first part of the large file breaks off once: the page says so and tries again.
    broken: list[str] = []

    async def once(route: Route) -> None:
        broken.append(route.request.method)
        await (route.abort() if len(broken) == 1 else route.continue_())

    await page.route("**/mdx-quarantine/**", once)
    await page.set_input_files("#files", [small, large])
    await page.wait_for_function(
        "() => document.querySelectorAll('[data-known] [data-state=uploaded]').length === 2",
        timeout=60_000,
    )
    counted = await asyncio.to_thread(shop.run, examine_all(shop))
    await page.get_by_role("button", name="판 확정").click()
    await page.wait_for_selector("text=품질 등급")

    assert counted == 2
    assert len(broken) > 2
    shown = await page.inner_text("main")
    assert "파일 2개" in shown
    own = [fault for fault in who.faults if store_of(shop) not in fault]
    assert own == [], "the store is the only other origin that the page may reach"
    await who.context.close()


class Gate:
    """Holds what the browser sends to the store until it is let through, one part at a time or all."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self.sent: list[str] = []
        self.most = 0
        self._room = asyncio.Semaphore(0)

    async def pass_on(self, route: Route) -> None:
        if route.request.method != "PUT":
            await route.continue_()
            return
        number = parse_qs(urlsplit(route.request.url).query)["partNumber"][0]
        self.held.append(number)
        self.most = max(self.most, len(self.held))
        await self._room.acquire()
        self.held.remove(number)
        with contextlib.suppress(PlaywrightError):  # the page has given it up meanwhile
            await route.continue_()
            self.sent.append(number)

    def let(self, count: int) -> None:
        for _ in range(count):
            self._room.release()


async def test_parts_overlap_stop_together_and_go_on_in_another_tab(
    browser: Browser, shop: Site, tmp_path: Path
) -> None:
    who = await a_seller(browser, shop)
    page = await who.page()
    gate, part_count = Gate(), 9
    large = tmp_path / "large.csv"
    large.write_bytes(b"a,b\n" + b"1,2\n" * ((part_count - 1) * 4 * 1024**2))
    await who.context.route("**/mdx-quarantine/**", gate.pass_on)
    asked: list[Request] = []
    page.on("request", lambda sent: asked.append(sent) if sent.url.endswith("/parts") else None)

    await begin(page)
    await page.set_input_files("#files", large)
    await until(lambda: len(gate.held) == LANES)
    gate.let(2)
    await until(lambda: len(gate.sent) == 2 and len(gate.held) == LANES)
    arrived, asked_count = set(gate.sent), len(asked)
    stopped = await stop_and_go_on(page, gate)
    address = page.url
    await page.close()
    gate.let(part_count * 3)
    page = await who.page()
    await page.goto(address)
    await page.set_input_files("#files", large)
    await page.wait_for_selector("[data-known] [data-state=uploaded]", timeout=60_000)

    assert "멈춤" in stopped
    assert gate.most == LANES
    assert asked_count < len(arrived) + LANES, "addresses are asked for together"
    left = {str(number) for number in range(1, part_count + 1)} - arrived
    assert set(gate.sent) == left, "what had arrived is not sent again"
    await who.context.close()


async def stop_and_go_on(page: Page, gate: Gate) -> str:
    """Stop what is on its way, go on, and return what the page said meanwhile."""
    await page.get_by_role("button", name="멈춤").click()
    said = await page.inner_text("#current li:has(progress)")
    gate.let(LANES)
    await until(lambda: not gate.held)
    gate.sent.clear()  # they were broken off
    await page.get_by_role("button", name="이어서 올리기").click()
    await until(lambda: len(gate.held) == LANES)
    return said


def store_of(site: Site) -> str:
    return site.settings.s3_public_url
