"""How migrations run: as the owner role, one transaction each, one runner at a time, bounded waits."""

import os

import sqlalchemy as sa
from alembic import context
from sqlmodel import SQLModel

from marketplace.tables import import_models

LOCK_TIMEOUT_MS = 4_000
STATEMENT_TIMEOUT_MS = 600_000
RUNNER_LOCK = 7_362_114_001  # any fixed number; two runners ask for the same advisory lock


def include_object(
    item: object, name: str | None, kind: str, reflected: bool, compare: object
) -> bool:
    """Leave out the clock and what the queue's own schema made."""
    return name != "sandbox_clock" and not (name or "").startswith("procrastinate")


def run() -> None:
    import_models()
    url = (
        context.config.get_main_option("sqlalchemy.url")
        or os.environ["MARKETPLACE_DATABASE_OWNER_URL"]
    )
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"set lock_timeout = {LOCK_TIMEOUT_MS}"))
        connection.execute(sa.text(f"set statement_timeout = {STATEMENT_TIMEOUT_MS}"))
        if not connection.scalar(sa.text(f"select pg_try_advisory_lock({RUNNER_LOCK})")):
            raise SystemExit("another migration is running on this database; wait for it to end")
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            include_object=include_object,
            transaction_per_migration=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
