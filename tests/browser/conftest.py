"""Fixtures of the browser tests: Chromium, the site it visits, and a page that notes what goes wrong."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, sync_playwright

from marketplace.app import Parts
from marketplace.db import Database
from marketplace.members.accounts.authentication import SessionAuthenticator
from marketplace.settings import Settings
from tests.browser.site import Site
from tools import chromium

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of this machine."""
    program = chromium.find()
    if program is None:
        pytest.skip("no Chromium here; apt-get install chromium, then the browser tests run")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def site(settings: Settings, parts: Parts) -> Iterator[Site]:
    """The exchange on a port of its own, over this process's database."""

    def made(own: Settings) -> Parts:
        database = Database(own.database_url.get_secret_value(), pool_size=4)
        return replace(parts, database=database, authenticate=SessionAuthenticator(database, own))

    with Site(settings, made).serving() as running:
        yield running
