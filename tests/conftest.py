"""Fixtures: the run's servers, one cloned database per process, the application and its client."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from pydantic import SecretStr

from marketplace.app import Parts, create_app
from marketplace.db import Database
from marketplace.encryption import Keyring
from marketplace.members.accounts.authentication import SessionAuthenticator
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.members.registry.sandbox import SandboxRegistry
from marketplace.orders.payments.choosing import gateways_of
from marketplace.settings import Settings
from storage.objects import Connection
from storage.ports import ObjectStore
from storage.s3 import S3Store
from tests import documented, servers
from tests.factories import SESSION_KEY

_started: list[servers.Stoppable] = []
_folders: list[Path] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start the run's servers once, in the controlling process; workers inherit their addresses."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    folder = Path(tempfile.mkdtemp(prefix="marketplace-tests-"))
    _folders.append(folder)
    _started.extend(servers.start(folder))
    servers.prepare_template()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    servers.drop_template()
    while _started:
        _started.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


@pytest.fixture(scope="session")
def database_name(worker_id: str) -> Iterator[str]:
    """This process's own database, cloned from the migrated template."""
    yield from servers.cloned_database(worker_id)


@pytest.fixture(scope="session")
def settings(database_name: str) -> Settings:
    """Settings of the application under test: sandbox, this process's database, the run's store."""
    return Settings(
        _env_file=None,
        public_url="http://127.0.0.1:8000",
        database_url=SecretStr(servers.url(database_name, "app")),
        database_owner_url=SecretStr(servers.url(database_name, "owner")),
        s3_endpoint=os.environ["MARKETPLACE_TEST_S3_ENDPOINT"],
        s3_access_key=SecretStr(os.environ["MARKETPLACE_TEST_S3_ACCESS_KEY"]),
        s3_secret_key=SecretStr(os.environ["MARKETPLACE_TEST_S3_SECRET_KEY"]),
        session_key=SecretStr(SESSION_KEY),
        encryption_keys=SecretStr("t1:" + "A" * 43 + "="),
        signing_keys=SecretStr("2020-01-01:" + "S" * 43 + "="),
        metrics_token=SecretStr("metrics-token-for-tests"),
    )


@pytest.fixture(scope="session")
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The pool of the application's login role."""
    pool = Database(settings.database_url.get_secret_value(), pool_size=8)
    yield pool
    await pool.dispose()


@pytest.fixture(scope="session")
def admin(database_name: str) -> Iterator[psycopg.Connection]:
    """A superuser's connection, for arranging and for looking past row-level security."""
    with psycopg.connect(servers.dsn(database_name), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def store(settings: Settings) -> ObjectStore:
    """The run's S3 server."""
    return S3Store(
        Connection(
            settings.s3_endpoint,
            settings.s3_access_key.get_secret_value(),
            settings.s3_secret_key.get_secret_value(),
        )
    )


@pytest.fixture(scope="session")
def parts(settings: Settings, database: Database, store: ObjectStore) -> Parts:
    """The parts of the application under test."""
    return Parts(
        database=database,
        store=store,
        authenticate=SessionAuthenticator(database, settings),
        registry=SandboxRegistry(lambda: date(2026, 11, 23), slow_s=0.0),
        passwords=PasswordHashing(memory_kib=64, passes=1),
        keyring=Keyring.parse(settings.encryption_keys.get_secret_value()),
        gateways=gateways_of(settings, database),
    )


@pytest.fixture(scope="session")
def app(settings: Settings, parts: Parts) -> Litestar:
    """One application per process."""
    return create_app(settings, parts)


@pytest.fixture
async def client(app: Litestar, clean: None) -> AsyncIterator[AsyncTestClient[Litestar]]:
    """A browser or program without cookies; the database is emptied after the test."""
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as browser:
        browser.event_hooks["response"].append(documented.hook(app))
        yield browser


@pytest.fixture
def clean(admin: psycopg.Connection) -> Iterator[None]:
    """Empty every table after the test."""
    yield
    admin.execute(servers.emptying_statements(admin))
