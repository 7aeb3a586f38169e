"""What the operator sees of persons; staff see every row."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, any_, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import Function, Role
from marketplace.errors import NotFound
from marketplace.members.accounts.models import (
    ApiToken,
    Passkey,
    PersonRole,
    SecondFactor,
    User,
    UserSession,
    UserState,
)
from marketplace.members.organizations.models import Membership, Organization
from marketplace.members.oversight.organizations.queries import searched


@dataclass(frozen=True)
class PersonFilter:
    """Conditions of the list; empty ones do not count.

    Args:
        text: part of the name, of the address, or of the organization's name
        role: a role of a membership, or evaluator or expert
    """

    text: str = ""
    state: UserState | None = None
    function: Function | None = None
    role: Role | None = None


@dataclass(frozen=True)
class PersonRow:
    """One line of the list."""

    id: UUID
    name: str
    email: str
    state: UserState
    person_role: PersonRole | None
    organization_id: UUID | None
    organization_name: str | None
    function: Function | None
    roles: list[str]
    last_sign_in_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Factors:
    """How a person can show a second factor, and what programs act for them."""

    authenticator: bool
    passkey_count: int
    token_count: int

    @property
    def enrolled(self) -> bool:
        """Whether there is any second factor."""
        return self.authenticator or self.passkey_count > 0


def _conditions(wanted: PersonFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(col(User.state) == wanted.state)
    if wanted.function is not None:
        found.append(col(Organization.function) == wanted.function)
    if wanted.role is not None:
        found.append(
            or_(
                any_(col(Membership.roles)) == wanted.role.value,
                col(User.person_role) == wanted.role.value,
            )
        )
    text = searched(wanted.text)
    if text:
        found.append(
            or_(
                func.lower(col(User.name)).contains(text, autoescape=True),
                col(User.email).contains(text, autoescape=True),
                func.lower(col(Organization.name)).contains(text, autoescape=True),
            )
        )
    return found


async def list_people(
    session: AsyncSession,
    wanted: PersonFilter,
    *,
    after: tuple[datetime, UUID] | None = None,
    rows_max: int,
) -> list[PersonRow]:
    """Return persons that fit, the newest first; deleted accounts only when asked for.

    Args:
        after: time and id of the last row already shown
    """
    statement = (
        select(
            col(User.id),
            col(User.name),
            col(User.email),
            col(User.state),
            col(User.person_role),
            col(Organization.id),
            col(Organization.name),
            col(Organization.function),
            func.coalesce(col(Membership.roles), []),
            col(User.last_sign_in_at),
            col(User.created_at),
        )
        .outerjoin(
            Membership,
            (col(Membership.user_id) == col(User.id)) & col(Membership.left_at).is_(None),
        )
        .outerjoin(Organization, col(Organization.id) == col(Membership.organization_id))
        .where(*_conditions(wanted))
        .order_by(col(User.created_at).desc(), col(User.id).desc())
        .limit(rows_max)
    )
    if wanted.state is None:
        statement = statement.where(col(User.state) != UserState.deleted)
    if after is not None:
        statement = statement.where(tuple_(col(User.created_at), col(User.id)) < after)
    return [PersonRow(*row) for row in await session.execute(statement)]


async def get_person(session: AsyncSession, user_id: UUID) -> User:
    """Return a person.

    Raises:
        NotFound: there is none
    """
    found = await session.get(User, user_id)
    if found is None:
        raise NotFound
    return found


async def get_person_for_update(session: AsyncSession, user_id: UUID) -> User:
    """Return a person, the row locked until the transaction ends.

    Raises:
        NotFound: there is none
    """
    statement = (
        select(User)
        .where(col(User.id) == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def find_membership(
    session: AsyncSession, user_id: UUID
) -> tuple[Membership, Organization] | None:
    """Return where a person belongs now, or None."""
    statement = (
        select(Membership, Organization)
        .join(Organization, col(Organization.id) == col(Membership.organization_id))
        .where(col(Membership.user_id) == user_id, col(Membership.left_at).is_(None))
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def list_live_sessions(
    session: AsyncSession, user_id: UUID, *, at: datetime
) -> list[UserSession]:
    """Return the sessions that are neither ended nor expired, the last used first."""
    statement = (
        select(UserSession)
        .where(
            col(UserSession.user_id) == user_id,
            col(UserSession.ended_at).is_(None),
            col(UserSession.expires_at) > at,
        )
        .order_by(col(UserSession.last_seen_at).desc())
    )
    return list(await session.scalars(statement))


async def factors_of(session: AsyncSession, user_id: UUID, *, at: datetime) -> Factors:
    """Return how the person can show a second factor."""
    statement = select(
        exists().where(
            col(SecondFactor.user_id) == user_id, col(SecondFactor.confirmed_at).is_not(None)
        ),
        select(func.count())
        .select_from(Passkey)
        .where(col(Passkey.user_id) == user_id)
        .scalar_subquery(),
        select(func.count())
        .select_from(ApiToken)
        .where(
            col(ApiToken.user_id) == user_id,
            col(ApiToken.revoked_at).is_(None),
            col(ApiToken.expires_at) > at,
        )
        .scalar_subquery(),
    )
    return Factors(*(await session.execute(statement)).one())
