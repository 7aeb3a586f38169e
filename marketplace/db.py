"""The only place where a transaction begins and ends (architecture rules 1 and 14).

Each transaction takes one of three named database roles for its length, tells row-level security
who asks, and reads the database's clock once. A request or a job is one transaction, or several
named phases when it talks to somebody outside in between.
"""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import QueuePool

from marketplace.errors import DatabaseBusy, DatabaseUnavailable

logger = logging.getLogger("marketplace.db")

DatabaseRole = Literal["tenant", "staff", "system"]

STATEMENT_TIMEOUT_WEB_MS = 5_000
STATEMENT_TIMEOUT_WORKER_MS = 60_000
LOCK_TIMEOUT_MS = 2_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
POOL_WAIT_S = 5
CONNECT_TIMEOUT_S = 3
# Serialization failure, deadlock, lock timeout, statement timeout: rolled back, a repeat is safe.
BUSY_STATES = frozenset({"40001", "40P01", "55P03", "57014"})

# One round trip: take the role, say who asks, read the clock.
_BEGIN = text(
    "select set_config('role', :role, true), set_config('app.user', :user_id, true),"
    " set_config('app.org', :organization_id, true), app_now()"
)


@dataclass(frozen=True)
class RequestFacts:
    """Who and where a transaction comes from; audit rows carry it."""

    request_id: str
    address: str | None = None
    user_id: UUID | None = None
    organization_id: UUID | None = None
    session_id: UUID | None = None


@dataclass(frozen=True)
class Scope:
    """Whose rows a transaction may see.

    ``tenant`` sees the rows of one user and one organization, ``staff`` and ``system`` all rows.
    """

    role: DatabaseRole
    user_id: UUID | None = None
    organization_id: UUID | None = None

    @classmethod
    def anonymous(cls) -> "Scope":
        """Nobody: no tenant's rows."""
        return cls("tenant")

    @classmethod
    def system(cls) -> "Scope":
        """The exchange itself: jobs, and sign-in before anybody is known."""
        return cls("system")


_TURN = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")

Phases = Callable[..., AbstractAsyncContextManager[AsyncSession]]


def now(session: AsyncSession) -> datetime:
    """Return the transaction's time by the database's clock, ``app_now()`` [UTC]."""
    at = session.info["now"]
    assert isinstance(at, datetime)
    return at


async def take_turns(session: AsyncSession, what: str, owner_id: UUID) -> None:
    """Wait until no other transaction has this turn, and keep it until the end of this one.

    For limits on how many rows somebody may have, where no row of theirs stands to be locked.

    Args:
        what: the table that is counted
        owner_id: whose rows are counted
    """
    await session.execute(_TURN, {"name": f"{what} {owner_id}"})


def request_facts(session: AsyncSession) -> RequestFacts | None:
    """Return who and where the transaction comes from; None outside requests and jobs."""
    facts: RequestFacts | None = session.info.get("request")
    return facts


class Database:
    """The pool of connections and the transactions on it.

    Args:
        url: SQLAlchemy URL of the login role ``marketplace_app`` (``postgresql+psycopg://``)
        pool_size: most connections of this process
        statement_timeout_ms: longest statement [ms]; jobs may take longer than requests
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 12,
        statement_timeout_ms: int = STATEMENT_TIMEOUT_WEB_MS,
    ) -> None:
        self.url = url
        options = (
            f"-c statement_timeout={statement_timeout_ms} -c lock_timeout={LOCK_TIMEOUT_MS}"
            f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS}"
            " -c timezone=UTC"
        )
        self.engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_WAIT_S,
            # After a restart of the database nobody is refused because of a connection that died.
            pool_pre_ping=True,
            hide_parameters=True,  # what people typed belongs into no log
            connect_args={"options": options, "connect_timeout": CONNECT_TIMEOUT_S},
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(
        self, scope: Scope, *, request: RequestFacts | None = None
    ) -> AsyncIterator[AsyncSession]:
        """Open one transaction; commit when the block ends, roll back when it raises.

        Args:
            scope: whose rows may be seen
            request: who and where it comes from, for the audit trail

        Raises:
            DatabaseUnavailable: the database does not answer or went away meanwhile
            DatabaseBusy: a lock or a statement took too long, or two transactions met
        """
        try:
            async with self._sessions.begin() as session:
                await self._enter(session, scope)
                session.info["request"] = request
                yield session
        except (DBAPIError, PoolTimeout, OSError) as error:
            if lost_connection(error):
                raise DatabaseUnavailable(retry_after_s=3) from error
            if sqlstate_of(error) in BUSY_STATES:
                logger.warning("database busy", extra={"sqlstate": sqlstate_of(error)})
                raise DatabaseBusy(retry_after_s=1) from error
            raise

    @staticmethod
    async def _enter(session: AsyncSession, scope: Scope) -> None:
        values: Mapping[str, str] = {
            "role": f"marketplace_{scope.role}",
            "user_id": str(scope.user_id or ""),
            "organization_id": str(scope.organization_id or ""),
        }
        row = (await session.execute(_BEGIN, values)).one()
        session.info["scope"] = scope
        session.info["now"] = row[3]

    def phases(self, scope: Scope, *, request: RequestFacts | None = None) -> Phases:
        """Return a callable that opens a transaction per phase, in ``scope`` unless told another."""

        def phase(
            other: Scope | None = None,
        ) -> AbstractAsyncContextManager[AsyncSession]:
            return self.transaction(other or scope, request=request)

        return phase

    def connections(self) -> tuple[int, int]:
        """Return how many connections are in use, and how many there may be."""
        pool = cast("QueuePool", self.engine.pool)
        return pool.checkedout(), pool.size()

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def sqlstate_of(error: BaseException) -> str | None:
    """Return PostgreSQL's five-character code of an error, or None."""
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state


def lost_connection(error: BaseException) -> bool:
    """Whether the error means that the database is away, not that the statement was wrong."""
    if isinstance(error, PoolTimeout | ConnectionError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = sqlstate_of(error)
    if state is None:
        return isinstance(error, OperationalError | InterfaceError) or isinstance(
            error.orig, psycopg.OperationalError
        )
    # 08: connection, 57P0x: shutdown, crash, cannot connect now, 53300: too many connections.
    return state.startswith(("08", "57P0")) or state == "53300"


def constraint_of(error: BaseException) -> str | None:
    """Return the name of the constraint an IntegrityError broke, or None."""
    original = getattr(error, "orig", None)
    diagnostics = getattr(original, "diag", None)
    name: str | None = getattr(diagnostics, "constraint_name", None)
    return name
