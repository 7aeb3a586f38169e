"""Everybody who may ask for something, and how each is brought into being for a test."""

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import PERSON_ROLES, ROLES_OF, Function, Policy, Role, TokenScope
from marketplace.db import Database, Scope, now
from marketplace.http import csrf
from marketplace.members.accounts.models import (
    ApiToken,
    Consent,
    LegalKind,
    LegalText,
    PersonRole,
    UserState,
)
from marketplace.members.accounts.tokens import new_api_token
from marketplace.members.organizations.models import Membership, Organization
from tests.factories import SESSION_KEY, a_user, an_organization, new_session, save

STALE = timedelta(minutes=11)


@dataclass(frozen=True)
class Actor:
    """A kind of caller; the defaults are a person with everything done and a fresh sign-in."""

    name: str
    roles: frozenset[Role] = frozenset()
    function: Function | None = None
    signed_in: bool = True
    suspended: bool = False
    second_factor: bool = True
    consented: bool = True
    stale: bool = False
    scopes: frozenset[TokenScope] | None = None

    @property
    def second_factor_due(self) -> bool:
        """Whether a role that needs a second factor is held without one; tokens need none."""
        return not self.second_factor and self.scopes is None

    def refusal(self, policy: Policy) -> tuple[int, str] | None:
        """Return the status and code with which the gate must refuse; None lets through.

        Written down apart from the gate, from the words of the table of rights.
        """
        if policy.audience in ("everyone", "monitor"):
            return None if policy.audience == "everyone" else (404, "not_found")
        if not self.signed_in or self.suspended:
            return 401, "not_signed_in"
        if self.scopes is not None and not (policy.token_scope in self.scopes and not policy.fresh):
            return 403, "token_scope_missing"
        if policy.roles and not self.roles & policy.roles:
            return 403, "forbidden"
        return self._unfinished(policy)

    def _unfinished(self, policy: Policy) -> tuple[int, str] | None:
        if not policy.unfinished and not self.consented:
            return 403, "consent_required"
        if not policy.unfinished and self.second_factor_due:
            return 403, "second_factor_required"
        if policy.fresh and self.stale:
            return 403, "reauthentication_required"
        return None


OWNER = frozenset({Role.owner})
BUSINESS = Function.business
ALL_SCOPES = frozenset(TokenScope)
ANONYMOUS = Actor("anonymous", signed_in=False)
ROLE_HOLDERS = (
    *(
        Actor(role.value, frozenset({role}), function)
        for function, roles in ROLES_OF.items()
        for role in roles
    ),
    *(Actor(role.value, frozenset({role})) for role in PERSON_ROLES),
)
UNUSUAL = (
    Actor("without_organization"),
    Actor("owner_without_second_factor", OWNER, BUSINESS, second_factor=False),
    Actor("owner_signed_in_long_ago", OWNER, BUSINESS, stale=True),
    Actor("owner_consent_due", OWNER, BUSINESS, consented=False),
    Actor("owner_suspended", OWNER, BUSINESS, suspended=True),
    Actor("token_with_all_scopes", OWNER, BUSINESS, scopes=ALL_SCOPES),
    Actor("token_account_only", OWNER, BUSINESS, scopes=frozenset({TokenScope.account_read})),
)
ACTORS = (ANONYMOUS, *ROLE_HOLDERS, *UNUSUAL)


@dataclass(frozen=True)
class Present:
    """An actor who exists in the database, and the headers with which they ask."""

    actor: Actor
    headers: dict[str, str] = field(default_factory=dict)
    user_id: UUID | None = None
    organization_id: UUID | None = None


async def publish_terms(database: Database) -> None:
    """Publish terms, so that consent can be due."""
    text = LegalText(
        kind=LegalKind.terms,
        version=1,
        effective_on=date(2020, 1, 1),
        title_ko="시험 약관",
        title_en="Terms for tests",
        text_ko="시험",
        text_en="Test",
        sha256="0" * 64,
    )
    await save(database, text)


async def bring(database: Database, actor: Actor) -> Present:
    """Bring an actor into being: person, organization, consent, and a session or a token."""
    if not actor.signed_in:
        return Present(actor)
    person_role = next((r for r in actor.roles if r in PERSON_ROLES), None)
    user = a_user(
        state=UserState.suspended if actor.suspended else UserState.active,
        suspended_reason="시험" if actor.suspended else None,
        person_role=PersonRole(person_role.value) if person_role else None,
    )
    await save(database, user)
    organization_id: UUID | None = None
    if actor.function is not None:
        organization_id = await _place(database, actor.function)
        roles = [role.value for role in actor.roles]
        await save(
            database, Membership(user_id=user.id, organization_id=organization_id, roles=roles)
        )
    if actor.consented:
        async with database.transaction(Scope.system()) as session:
            for text_id in await session.scalars(select(col(LegalText.id))):
                session.add(Consent(user_id=user.id, legal_text_id=text_id, facts={}))
    headers = await _credentials(database, actor, user.id, organization_id)
    return Present(actor, headers, user.id, organization_id)


async def _place(database: Database, function: Function) -> UUID:
    """Return an organization of the function: the one operator there may be, else a new one."""
    if function is Function.exchange_operator:
        async with database.transaction(Scope.system()) as session:
            found = await session.scalar(
                select(col(Organization.id)).where(col(Organization.function) == function)
            )
        if found is not None:
            return found
    organization = an_organization(function=function)
    await save(database, organization)
    return organization.id


async def _credentials(
    database: Database, actor: Actor, user_id: UUID, organization_id: UUID | None
) -> dict[str, str]:
    if actor.scopes is not None:
        async with database.transaction(Scope.system()) as session:
            return {"authorization": f"Bearer {_token(session, actor, user_id, organization_id)}"}
    cookie = await new_session(
        database,
        user_id,
        second_factor=actor.second_factor,
        signed_in_ago=STALE if actor.stale else timedelta(0),
    )
    return {
        "cookie": f"{csrf.session_cookie(secure=False)}={cookie}",
        csrf.HEADER: csrf.token_for(SESSION_KEY, cookie),
    }


def _token(session: AsyncSession, actor: Actor, user_id: UUID, organization_id: UUID | None) -> str:
    made = new_api_token()
    session.add(
        ApiToken(
            user_id=user_id,
            organization_id=organization_id,
            name="시험",
            hint=made.text[:8],
            token_hash=made.digest,
            scopes=sorted(scope.value for scope in actor.scopes or ()),
            expires_at=now(session) + timedelta(days=1),
        )
    )
    return made.text


def fresh_key() -> str:
    """Return an idempotency key that was not used before."""
    return secrets.token_urlsafe(18)
