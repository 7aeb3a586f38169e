"""A visitor who notes what goes wrong: errors of the console, foreign requests, broken policy."""

import asyncio
from dataclasses import dataclass, field
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request
from sqlalchemy import select
from sqlmodel import col

from marketplace.db import Scope
from marketplace.http import csrf
from marketplace.members.accounts.models import User
from tests.factories import new_session
from tests.sites import Site

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """
  async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ")).slice(0, 3).join(" | "))
"""
# Where a person can act: links, buttons, fields; what is not shown cannot be reached.
CONTROLS = """
  () => [...document.querySelectorAll(
      'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    .filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}))
    // A group of radio buttons is one stop: the chosen one, or the first.
    .filter(e => { if (e.type !== 'radio') return true;
      const group = [...e.form.querySelectorAll(`input[name="${CSS.escape(e.name)}"]`)];
      return e === (group.find(one => one.checked) ?? group[0]); })
    .map((e, i) => { e.dataset.control = i; return i + ' ' + e.outerHTML.slice(0, 90); })
"""
FOCUSED = "() => document.activeElement?.dataset.control ?? ''"
WEIGHT = """
  () => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .filter(e => !e.name.includes('.otf')).reduce((sum, e) => sum + e.encodedBodySize, 0)
"""
# Until the page was drawn in its new colours and nothing fades any more.
FADED = """
  async () => {
    const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    await drawn();
    while (document.getAnimations().some(one => one.playState === 'running')) {
      await Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)));
      await drawn();
    }
  }
"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Visitor:
    """One browser context of one person, and everything that went wrong in it."""

    site: Site
    context: BrowserContext
    faults: list[str] = field(default_factory=list)

    async def page(self) -> Page:
        """Open a tab that notes its faults."""
        page = await self.context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", self._request)
        page.on("dialog", self._dialog)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        # A page that is refused says so with its status; the browser repeats it here.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "about") and f"{parts.scheme}://{parts.netloc}" != (
            self.site.origin
        ):
            self.faults.append(f"request to {request.url}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        await dialog.dismiss()


async def visitor(
    browser: Browser, site: Site, email: str | None = None, *, javascript: bool = True, **given: Any
) -> Visitor:
    """Return a visitor with a context of their own, signed in as somebody of the demonstration."""
    context = await browser.new_context(
        base_url=site.origin, java_script_enabled=javascript, locale="ko-KR", **given
    )
    context.set_default_timeout(30_000)
    if email is not None:
        cookie = await asyncio.to_thread(site.run, session_of(site, email))
        name = csrf.session_cookie(secure=False)
        await context.add_cookies([{"name": name, "value": cookie, "url": site.origin}])
    return Visitor(site, context)


async def session_of(site: Site, email: str) -> str:
    """Return the cookie of a new session of a person."""
    async with site.database.transaction(Scope.system()) as session:
        user_id = await session.scalar(select(col(User.id)).where(col(User.email) == email))
    assert user_id is not None, email
    return await new_session(site.database, user_id)
