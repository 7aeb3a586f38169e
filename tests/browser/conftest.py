"""Fixtures of the browser tests: Chromium, and the exchange with its demonstration to visit."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from marketplace.app import Parts
from marketplace.demo.loading import DemoParts, load
from marketplace.members.accounts.legal import publish_texts
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from tests import servers, sites
from tests.sites import Site
from tools import chromium

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
MISSING = "no Chromium here: the browser tests were left out; apt-get install chromium"


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium of this machine."""
    program = chromium.find()
    if program is None:
        pytest.skip(MISSING)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        await running.close()


@pytest.fixture(scope="session")
def site(
    settings: Settings, parts: Parts, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The exchange with its demonstration, over a database that only the browser tests use."""
    folder: Path = tmp_path_factory.mktemp("site")
    for name in servers.cloned_database(f"site_{worker_id}"):
        publish_texts(servers.url(name, "owner"))
        with sites.serving(settings, parts, name, data_dir=folder) as running:
            make_buckets(running.settings)
            running.run(load(running.database, demo_parts(running)))
            yield running


def demo_parts(site: Site) -> DemoParts:
    """Return what the demonstration is made with."""
    parts = site.parts
    return DemoParts(
        settings=site.settings,
        store=parts.store,
        keyring=parts.keyring,
        passwords=parts.passwords,
        registry=parts.registry,
    )
