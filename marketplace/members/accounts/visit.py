"""What every act on an account needs of its request: where it comes from, the parts and the rules."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal
from marketplace.db import Database, Phases, Scope
from marketplace.encryption import Keyring
from marketplace.http.dependencies import request_facts_of
from marketplace.http.facts import facts_of
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.members.accounts.sessions import Lifetimes
from marketplace.members.accounts.webauthn_ceremony import RelyingParty
from marketplace.settings import Settings

EXCHANGE_NAME: Final = "제조데이터 거래소"


@dataclass(frozen=True)
class AccountRules:
    """The values of the settings that accounts obey.

    ``party`` is None where browsers allow no passkeys (plain http, or an address without a name).
    """

    public_url: str
    operator_name: str
    sign_in_limit: int
    lifetimes: Lifetimes
    idle: timedelta
    party: RelyingParty | None

    @classmethod
    def of(cls, settings: Settings) -> "AccountRules":
        """Read them from the settings."""
        return cls(
            public_url=settings.public_url,
            operator_name=settings.operator_name,
            sign_in_limit=settings.sign_in_limit,
            lifetimes=Lifetimes.of(settings),
            idle=timedelta(seconds=settings.session_idle_s),
            party=RelyingParty.at(settings.public_url, EXCHANGE_NAME),
        )


class LeaveOrganization(Protocol):
    """Takes a person out of their organization; ``organizations`` does it, ``app.py`` wires it."""

    async def __call__(
        self, session: AsyncSession, organization_id: UUID, *, user_id: UUID
    ) -> None:
        """Leave in this transaction; refuse where nobody would be left to manage it."""


EmailConfirmed = Callable[[AsyncSession, UUID], Awaitable[None]]


@dataclass(frozen=True)
class Visit:
    """One request of a person to their account, signed in or not yet.

    ``phases`` opens transactions that see the person's own rows, of the system before anybody is
    known. ``cookie`` is the session cookie the browser has. ``leave`` and ``confirmed`` are what the
    slice of organizations does when an account is deleted or its address confirmed.
    """

    phases: Phases
    passwords: PasswordHashing
    keyring: Keyring
    rules: AccountRules
    address: str
    user_agent: str
    cookie: str | None
    leave: LeaveOrganization
    confirmed: EmailConfirmed


def provide_visit(request: Request[Any, Any, Any]) -> Visit:
    """Give a handler the visit of its request."""
    state = request.app.state
    database: Database = state["database"]
    principal: Principal | None = request.scope["state"].get("principal")
    return Visit(
        phases=database.phases(
            principal.scope if principal else Scope.system(), request=request_facts_of(request)
        ),
        passwords=state["passwords"],
        keyring=state["keyring"],
        rules=AccountRules.of(state["settings"]),
        address=facts_of(request.scope).address,
        user_agent=request.headers.get("user-agent", ""),
        cookie=request.scope["state"].get("session_cookie"),
        leave=state["leave_organization"],
        confirmed=state["email_confirmed"],
    )
