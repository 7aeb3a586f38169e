"""The database's schema: bring it to the newest migration, and decide what its clock may do."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from marketplace.revision import MIGRATIONS


def _config(owner_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    return config


def migrate(owner_url: str, revision: str = "head") -> None:
    """Bring the database to a revision, the newest by default.

    Args:
        owner_url: SQLAlchemy URL of the role ``marketplace_owner``
        revision: an Alembic revision; ``-1`` goes one step down, ``base`` all the way
    """
    config = _config(owner_url)
    if revision == "base" or revision.startswith("-"):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


_CLOCK = """
create or replace function app_now() returns timestamptz language sql volatile as $$
  select clock_timestamp(){shift} $$
"""
_SHIFT = " + (select shift from sandbox_clock)"


def set_clock(owner_url: str, *, sandbox: bool) -> None:
    """Decide what ``app_now()`` is: movable in sandbox, the plain clock in production (rule 12)."""
    engine = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(_CLOCK.format(shift=_SHIFT if sandbox else "")))
