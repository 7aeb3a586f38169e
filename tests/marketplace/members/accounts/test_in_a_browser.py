"""Signing in as a person does it, in Chromium: forms, the script, a passkey, the content policy."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import uvicorn
from playwright.async_api import Page, async_playwright

from marketplace.app import Parts, create_app
from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts import totp
from marketplace.members.accounts.authentication import SessionAuthenticator
from marketplace.settings import Settings
from tests.marketplace.members.accounts.people import PASSWORD, a_person
from tools import chromium

# Slow: a browser starts, and Argon2 and the fonts take their time.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(chromium.find() is None, reason="no Chromium here"),
]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# A refused form and a page that is not there are meant to answer so.
MEANT = "Failed to load resource: the server responded with a status of 4"


@pytest.fixture
def served(settings: Settings, parts: Parts, clean: None) -> Iterator[str]:
    """The application on a port of its own, at a name where browsers allow passkeys."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    here = settings.model_copy(update={"public_url": address})

    def own_parts() -> Parts:
        # The server has an event loop of its own, and a pool belongs to one loop.
        pool = Database(settings.database_url.get_secret_value(), pool_size=4)
        return replace(parts, database=pool, authenticate=SessionAuthenticator(pool, here))

    config = uvicorn.Config(
        create_app(here, own_parts()), host="127.0.0.1", port=port, log_config=None
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    ends_at_s = time.monotonic() + 10
    while not server.started and time.monotonic() < ends_at_s:
        time.sleep(0.02)
    yield address
    server.should_exit = True
    thread.join(timeout=10)


async def used(served: str, use: Callable[[Page], Any]) -> list[str]:
    """Use a page in a fresh browser and return what its console complained about."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.find(),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        context = await browser.new_context(base_url=served, locale="ko-KR")
        page = await context.new_page()
        page.on(
            "console",
            lambda line: (
                complaints.append(line.text) if line.type in {"error", "warning"} else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_default_timeout(10_000)
        devtools = await context.new_cdp_session(page)
        await devtools.send("WebAuthn.enable")
        await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        await use(page)
        await browser.close()
    return [line for line in complaints if not line.startswith(MEANT)]


async def send(page: Page, **fields: str) -> None:
    """Fill the fields of a form and press its main button."""
    for name, value in fields.items():
        await page.fill(f"#{name}", value)
    async with page.expect_navigation():
        await page.click("main form .btn.primary")


async def test_an_owner_signs_in_sets_up_both_factors_and_comes_back_by_passkey(
    served: str, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.owner)

    async def use(page: Page) -> None:
        await page.goto("/account/security")
        await send(page, email=user.email, password="another password")
        assert "맞지 않습니다" in await page.inner_text(".wrong")
        await page.fill("#password", PASSWORD)
        await page.click("[data-reveal=password]")
        assert await page.get_attribute("#password", "type") == "text"
        await send(page)
        assert "두 번째 확인 등록" in await page.inner_text("h1")
        await send(page)
        secret = await page.inner_text("#secret")
        await send(page, code=totp.code_of_step(secret, totp.step_of(datetime.now(UTC))))
        async with page.expect_download() as saved:
            await page.click("[data-save]")
        path = await (await saved.value).path()
        assert len(path.read_text().split()) == 10
        await page.click("main .btn.primary")
        await page.wait_for_url("**/account/security")
        await page.goto("/account/security/second-factor")
        await page.click("[data-passkey=register]")
        await page.wait_for_url("**/account/security?done=passkey-added")
        async with page.expect_navigation():
            await page.evaluate("document.querySelector('form[action=\"/sign-out\"]').submit()")
        await page.click("[data-passkey=sign-in]")
        await page.wait_for_url("**/")
        assert user.name in await page.inner_text("h1")

    assert await used(served, use) == []
    by = admin.execute("select facts ->> 'by' from audit_event where action = 'account.signed_in'")
    assert [row[0] for row in by.fetchall()] == ["password", "passkey"]


async def test_no_page_is_wider_than_the_window(served: str, database: Database) -> None:
    user = await a_person(database, Role.buyer)
    pages = (
        "/account", "/account/security", "/account/security/password", "/account/sessions",
        "/account/security/second-factor", "/account/tokens", "/account/notices", "/account/email",
        "/account/delete", "/notices", "/reauthenticate", "/terms", "/privacy",
    )  # fmt: skip
    wide: dict[str, int] = {}

    async def use(page: Page) -> None:
        await page.goto("/sign-in")
        await send(page, email=user.email, password=PASSWORD)
        for path in pages:
            await page.goto(path)
            for width_px in (360, 390, 1440):
                await page.set_viewport_size({"width": width_px, "height": 800})
                beyond_px = await page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                if beyond_px > 0:
                    wide[f"{path} at {width_px}"] = beyond_px

    assert await used(served, use) == []
    assert wide == {}
