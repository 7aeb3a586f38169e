"""The stores under test: the embedded server, and any other that S3_TEST_ENDPOINT names."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.embedded.s3 import S3Server
from storage.objects import Bucket, Connection, ObjectKey
from storage.s3 import S3Store

PREFIX = "mdx"
ORIGIN = "http://127.0.0.1:8000"


def named(prefix: str) -> Connection | None:
    """Return the store that three variables of the environment name, if they do."""
    endpoint = os.environ.get(f"{prefix}_ENDPOINT")
    if not endpoint:
        return None
    access, secret = os.environ[f"{prefix}_ACCESS_KEY"], os.environ[f"{prefix}_SECRET_KEY"]
    return Connection(endpoint, access, secret)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """The run's embedded server, or one of our own where nobody started it."""
    running = named("MARKETPLACE_TEST_S3")
    if running:
        yield running
        return
    folder: Path = tmp_path_factory.mktemp("s3")
    server = S3Server(folder, None, secrets.token_hex(10), secrets.token_hex(20), ORIGIN)
    server.start()
    server.wait_ready()
    yield Connection(server.endpoint, server.access_key, server.secret_key)
    server.stop()


@pytest.fixture(scope="session", params=["embedded", "given"])
def connection(request: pytest.FixtureRequest) -> Connection:
    if request.param == "given":
        given = named("S3_TEST")
        if given is None:
            pytest.skip("S3_TEST_ENDPOINT names no second server")
        return given
    found: Connection = request.getfixturevalue("embedded")
    return found


@pytest.fixture(scope="session")
def store(connection: Connection) -> S3Store:
    store = S3Store(connection)
    store.ensure_buckets([Bucket(f"{PREFIX}-test"), Bucket(f"{PREFIX}-test-two")])
    return store


@pytest.fixture(scope="session")
def bucket(store: S3Store) -> Bucket:
    return Bucket(f"{PREFIX}-test")


@pytest.fixture(scope="session")
def second_bucket(store: S3Store) -> Bucket:
    return Bucket(f"{PREFIX}-test-two")


@pytest.fixture
def key() -> ObjectKey:
    """A key nobody else uses."""
    return ObjectKey(f"tests/{secrets.token_hex(8)}")
