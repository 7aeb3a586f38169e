"""Moving the clock of the sandbox: what takes minutes or days for people passes at once."""

from datetime import datetime

import psycopg

from marketplace.settings import Settings


def read(settings: Settings) -> datetime:
    """Return the time of the sandbox."""
    address = settings.database_url.get_secret_value().replace("+psycopg", "", 1)
    with psycopg.connect(address) as connection:
        connection.execute("set local role marketplace_system")
        row = connection.execute("select app_now()").fetchone()
    assert row is not None, "the clock always answers"
    at = row[0]
    assert isinstance(at, datetime), "with an instant"
    return at


def let_pass(settings: Settings, seconds: float) -> None:
    """Move the sandbox's clock forward; production has none that moves (architecture rule 12)."""
    assert settings.sandbox, "only the clock of a sandbox moves"
    address = settings.database_url.get_secret_value().replace("+psycopg", "", 1)
    with psycopg.connect(address) as connection:
        connection.execute("set local role marketplace_system")
        connection.execute(
            "update sandbox_clock set shift = shift + make_interval(secs => %s)", (seconds,)
        )
