"""What the operator sees of organizations; staff see every row."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import Function, Role
from marketplace.errors import NotFound
from marketplace.members.accounts.models import User, UserState
from marketplace.members.organizations.models import (
    BankAccount,
    BankAccountState,
    Membership,
    Organization,
    OrganizationKind,
    OrganizationState,
    Paper,
    PaperKind,
    PaperState,
)

REGISTRY_GOOD: Final = "active"


class Waiting(StrEnum):
    """Work that an organization makes for the operator."""

    papers = "papers"
    representative = "representative"
    registry = "registry"
    bank_account = "bank_account"


@dataclass(frozen=True)
class OrganizationFilter:
    """Conditions of the list; empty ones do not count.

    Args:
        text: part of the name, of the business number, or of a member's or the invoice address
    """

    text: str = ""
    function: Function | None = None
    state: OrganizationState | None = None
    kind: OrganizationKind | None = None
    waiting: Waiting | None = None


@dataclass(frozen=True)
class OrganizationRow:
    """One line of the list with the work that waits."""

    id: UUID
    function: Function
    business_number: str
    name: str
    representative: str
    kind: OrganizationKind
    state: OrganizationState
    created_at: datetime
    papers_waiting: bool
    representative_waiting: bool
    registry_problem: bool
    bank_account_waiting: bool


@dataclass(frozen=True)
class MemberRow:
    """One person of an organization."""

    user_id: UUID
    name: str
    email: str
    state: UserState
    roles: list[str]
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True)
class Counts:
    """How many organizations wait for each kind of work."""

    papers: int
    representative: int
    registry: int
    bank_account: int


def _papers_waiting() -> ColumnElement[bool]:
    waiting = select(col(Paper.organization_id)).where(
        col(Paper.state) == PaperState.waiting,
        col(Paper.ready_at).is_not(None),
        col(Paper.kind) != PaperKind.bankbook,
    )
    return col(Organization.id).in_(waiting)


def _representative_waiting() -> ColumnElement[bool]:
    return and_(
        col(Organization.function) == Function.business,
        col(Organization.state) == OrganizationState.active,
        col(Organization.representative_verified_at).is_(None),
    )


def _registry_problem() -> ColumnElement[bool]:
    wrong = or_(
        col(Organization.registry_state) != REGISTRY_GOOD,
        col(Organization.registry_matched).is_(False),
    )
    return and_(func.coalesce(wrong, False), col(Organization.override_at).is_(None))


def _bank_account_waiting() -> ColumnElement[bool]:
    owners = (
        select(func.count())
        .select_from(Membership)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(
            col(Membership.organization_id) == col(Organization.id),
            col(Membership.left_at).is_(None),
            col(Membership.roles).contains([Role.owner.value]),
            col(User.state) == UserState.active,
        )
        .correlate(Organization)
        .scalar_subquery()
    )
    proposed = select(col(BankAccount.organization_id)).where(
        col(BankAccount.state) == BankAccountState.proposed
    )
    return and_(col(Organization.id).in_(proposed), owners <= 1)


def _waiting(kind: Waiting) -> ColumnElement[bool]:
    return {
        Waiting.papers: _papers_waiting,
        Waiting.representative: _representative_waiting,
        Waiting.registry: _registry_problem,
        Waiting.bank_account: _bank_account_waiting,
    }[kind]()


def _conditions(wanted: OrganizationFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.function is not None:
        found.append(col(Organization.function) == wanted.function)
    if wanted.state is not None:
        found.append(col(Organization.state) == wanted.state)
    if wanted.kind is not None:
        found.append(col(Organization.kind) == wanted.kind)
    if wanted.waiting is not None:
        found.append(_waiting(wanted.waiting))
    text = searched(wanted.text)
    if text:
        found.append(_matching(text))
    return found


def searched(text: str) -> str:
    """Return typed words as they are compared: composed Hangul, single spaces, small letters."""
    return " ".join(unicodedata.normalize("NFC", text).split()).lower()


def _matching(text: str) -> ColumnElement[bool]:
    ways = [
        func.lower(col(Organization.name)).contains(text, autoescape=True),
        col(Organization.invoice_email).contains(text, autoescape=True),
        exists().where(
            col(Membership.organization_id) == col(Organization.id),
            col(Membership.user_id) == col(User.id),
            col(User.email).contains(text, autoescape=True),
        ),
    ]
    digits = text.replace("-", "").replace(" ", "")
    if digits.isascii() and digits.isdigit():
        ways.append(col(Organization.business_number).contains(digits, autoescape=True))
    return or_(*ways)


async def list_organizations(
    session: AsyncSession,
    wanted: OrganizationFilter,
    *,
    after: tuple[datetime, UUID] | None = None,
    rows_max: int,
) -> list[OrganizationRow]:
    """Return organizations that fit, the newest first.

    Args:
        after: time and id of the last row already shown
    """
    statement = (
        select(
            col(Organization.id),
            col(Organization.function),
            col(Organization.business_number),
            col(Organization.name),
            col(Organization.representative),
            col(Organization.kind),
            col(Organization.state),
            col(Organization.created_at),
            _papers_waiting(),
            _representative_waiting(),
            _registry_problem(),
            _bank_account_waiting(),
        )
        .where(*_conditions(wanted))
        .order_by(col(Organization.created_at).desc(), col(Organization.id).desc())
        .limit(rows_max)
    )
    if after is not None:
        position = tuple_(col(Organization.created_at), col(Organization.id))
        statement = statement.where(position < after)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return [OrganizationRow(*row) for row in rows]


async def count_waiting(session: AsyncSession) -> Counts:
    """Return how many organizations wait for each kind of work."""
    counted = [func.count().filter(_waiting(kind)) for kind in Waiting]
    row: Any = (await session.execute(select(*counted).select_from(Organization))).one()
    return Counts(*row)


async def get_organization(session: AsyncSession, organization_id: UUID) -> Organization:
    """Return an organization.

    Raises:
        NotFound: there is none
    """
    return await _one(session, organization_id, locked=False)


async def get_organization_for_update(session: AsyncSession, organization_id: UUID) -> Organization:
    """Return an organization, its row locked until the transaction ends.

    Raises:
        NotFound: there is none
    """
    return await _one(session, organization_id, locked=True)


async def _one(session: AsyncSession, organization_id: UUID, *, locked: bool) -> Organization:
    statement = select(Organization).where(col(Organization.id) == organization_id)
    if locked:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def list_papers(session: AsyncSession, organization_id: UUID) -> list[Paper]:
    """Return the papers that arrived, the newest first."""
    statement = (
        select(Paper)
        .where(col(Paper.organization_id) == organization_id, col(Paper.ready_at).is_not(None))
        .order_by(col(Paper.uploaded_at).desc(), col(Paper.id))
    )
    return list(await session.scalars(statement))


async def get_paper(session: AsyncSession, organization_id: UUID, paper_id: UUID) -> Paper:
    """Return a paper of the organization.

    Raises:
        NotFound: there is none
    """
    statement = select(Paper).where(
        col(Paper.id) == paper_id, col(Paper.organization_id) == organization_id
    )
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def list_bank_accounts(session: AsyncSession, organization_id: UUID) -> list[BankAccount]:
    """Return the accounts of an organization, the newest first."""
    statement = (
        select(BankAccount)
        .where(col(BankAccount.organization_id) == organization_id)
        .order_by(col(BankAccount.proposed_at).desc(), col(BankAccount.id))
    )
    return list(await session.scalars(statement))


async def list_members(session: AsyncSession, organization_id: UUID) -> list[MemberRow]:
    """Return who belongs to an organization, then who has left."""
    statement = (
        select(
            col(User.id),
            col(User.name),
            col(User.email),
            col(User.state),
            col(Membership.roles),
            col(Membership.joined_at),
            col(Membership.left_at),
        )
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(col(Membership.organization_id) == organization_id)
        .order_by(col(Membership.left_at).desc().nulls_first(), col(Membership.joined_at))
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return [MemberRow(*row) for row in rows]
