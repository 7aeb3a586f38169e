"""Roles and database in a PostgreSQL that somebody else runs."""

import os
import secrets
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from marketplace.embedded.preparing import prepare_given
from marketplace.errors import ConfigurationError
from marketplace.settings import Settings, libpq_url
from tests import servers


@pytest.fixture
def named(settings: Settings) -> Iterator[Settings]:
    """Settings that name a database which does not exist, with the passwords of this run."""
    database = f"test_prepared_{secrets.token_hex(3)}"
    yield changed(
        settings,
        database_url=SecretStr(servers.url(database, "app")),
        database_owner_url=SecretStr(servers.url(database, "owner")),
        database_backup_url=SecretStr(servers.url(database, "backup")),
    )
    with psycopg.connect(servers.dsn("postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database))
        )


def changed(settings: Settings, **change: Any) -> Settings:
    return Settings(_env_file=None, **(settings.model_dump() | change))


def test_what_the_settings_name_is_made_and_running_it_twice_is_fine(named: Settings) -> None:
    for _ in range(2):
        prepare_given(named, os.environ["MARKETPLACE_TEST_POSTGRES"])

    assert named.database_owner_url is not None
    with psycopg.connect(libpq_url(named.database_owner_url)) as owner:
        owner.execute("create table made (id int)")
        assert owner.execute("select show_trgm('베어링') <> '{}'").fetchone() == (True,)
    with psycopg.connect(libpq_url(named.database_url)) as application:
        assert application.execute("select current_user").fetchone() == ("marketplace_app",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("create table not_allowed (id int)")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"database_backup_url": None}, "DATABASE_BACKUP_URL"),
        (
            {"database_url": SecretStr("postgresql+psycopg://root:x@h/d")},
            "MARKETPLACE_DATABASE_URL",
        ),
        (
            {"database_url": SecretStr("postgresql+psycopg://marketplace_app:x@h/other")},
            "several databases",
        ),
    ],
)
def test_addresses_that_do_not_fit_are_refused(
    named: Settings, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        prepare_given(changed(named, **change), os.environ["MARKETPLACE_TEST_POSTGRES"])


def test_a_cluster_that_does_not_answer_is_one_sentence(named: Settings) -> None:
    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1"):
        prepare_given(named, "postgresql://postgres:x@127.0.0.1:1/postgres")
