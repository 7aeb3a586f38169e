"""Entries and connections for tests of the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg

from billing.ledger.entries import Account, Entry, Source, credit, debit
from tests import servers

ORDER = UUID("00000000-0000-4000-8000-0000000000a1")
BUYER = UUID("00000000-0000-4000-8000-0000000000b1")
SELLER = UUID("00000000-0000-4000-8000-0000000000c1")


def an_entry(number: object, won: int = 11_000, *, kind: str = "payment") -> Entry:
    """A payment that is held for one seller."""
    lines = (
        debit(Account.gateway_clearing, won),
        credit(Account.held_seller_payable, won, SELLER),
    )
    return Entry(Source(kind, str(number)), ORDER, lines)


@contextmanager
def as_role(database_name: str, role: str = "marketplace_system") -> Iterator[psycopg.Connection]:
    """A connection of the application's login that has taken one of its roles."""
    with psycopg.connect(servers.dsn(database_name, "app")) as connection:
        connection.execute(f"set role {role}")
        connection.commit()
        yield connection
        connection.rollback()
