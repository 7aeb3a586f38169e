"""Reading the audit trail; every question is asked with a filter and a limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import AuditEvent
from marketplace.errors import NotFound
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization

ACTION_CHARS_MAX: Final = 80
ID_MAX: Final = 2**63 - 1


@dataclass(frozen=True)
class TrailFilter:
    """Conditions on the trail; empty ones do not count.

    Args:
        action: the whole action, or its beginning up to a dot: ``organization.``
        person_id: who acted, or whose account was acted upon
        organization_id: whose thing was acted upon
        begins_at: first instant, included [UTC]
        ends_at: last instant, excluded [UTC]
    """

    action: str = ""
    person_id: UUID | None = None
    organization_id: UUID | None = None
    object_kind: str = ""
    object_id: str = ""
    begins_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class TrailRow:
    """An event with the names that belong to its ids today."""

    id: int
    at: datetime
    action: str
    object_kind: str
    object_id: str
    organization_id: UUID | None
    organization_name: str | None
    actor_user_id: UUID | None
    actor_name: str | None
    actor_email: str | None
    actor_organization_id: UUID | None
    request_id: str | None
    address: str | None
    reason: str | None
    facts: dict[str, Any]


def _conditions(wanted: TrailFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.action:
        found.append(
            or_(
                col(AuditEvent.action) == wanted.action,
                col(AuditEvent.action).startswith(wanted.action, autoescape=True),
            )
        )
    if wanted.person_id is not None:
        found.append(
            or_(
                col(AuditEvent.actor_user_id) == wanted.person_id,
                and_(
                    col(AuditEvent.object_kind) == "user_account",
                    col(AuditEvent.object_id) == str(wanted.person_id),
                ),
            )
        )
    if wanted.organization_id is not None:
        found.append(col(AuditEvent.organization_id) == wanted.organization_id)
    for column, value in (
        (col(AuditEvent.object_kind), wanted.object_kind),
        (col(AuditEvent.object_id), wanted.object_id),
    ):
        if value:
            found.append(column == value)
    if wanted.begins_at is not None:
        found.append(col(AuditEvent.at) >= wanted.begins_at)
    if wanted.ends_at is not None:
        found.append(col(AuditEvent.at) < wanted.ends_at)
    return found


async def list_events(
    session: AsyncSession,
    wanted: TrailFilter,
    *,
    before_id: int | None = None,
    rows_max: int,
    oldest_first: bool = False,
) -> list[TrailRow]:
    """Return events that fit, the newest first unless told otherwise.

    Args:
        before_id: id of the last row already shown
    """
    order = col(AuditEvent.id)
    statement = (
        select(AuditEvent, col(User.name), col(User.email), col(Organization.name))
        .outerjoin(User, col(User.id) == col(AuditEvent.actor_user_id))
        .outerjoin(Organization, col(Organization.id) == col(AuditEvent.organization_id))
        .where(*_conditions(wanted))
        .order_by(order if oldest_first else order.desc())
        .limit(rows_max)
    )
    if before_id is not None:
        statement = statement.where(col(AuditEvent.id) < before_id)
    return [_row(*row) for row in await session.execute(statement)]


async def get_event(session: AsyncSession, event_id: int) -> TrailRow:
    """Return one event.

    Raises:
        NotFound: there is none
    """
    if not 0 < event_id < ID_MAX:
        raise NotFound
    found = await list_events(session, TrailFilter(), before_id=event_id + 1, rows_max=1)
    if not found or found[0].id != event_id:
        raise NotFound
    return found[0]


async def actions_seen(session: AsyncSession) -> Sequence[str]:
    """Return every action that occurs, by name, for the list to choose from."""
    # A loose index scan: one look for each action, not one for each row.
    first = select(col(AuditEvent.action)).order_by(col(AuditEvent.action)).limit(1)
    found: list[str] = []
    statement = first
    while (action := await session.scalar(statement)) is not None:
        found.append(action)
        statement = first.where(col(AuditEvent.action) > action)
    return found


def _row(
    event: AuditEvent, name: str | None, email: str | None, organization: str | None
) -> TrailRow:
    assert event.id is not None, "stored rows have both"
    assert event.at is not None, "stored rows have both"
    return TrailRow(
        id=event.id,
        at=event.at,
        action=event.action,
        object_kind=event.object_kind,
        object_id=event.object_id,
        organization_id=event.organization_id,
        organization_name=organization,
        actor_user_id=event.actor_user_id,
        actor_name=name,
        actor_email=email,
        actor_organization_id=event.actor_organization_id,
        request_id=event.request_id,
        address=None if event.address is None else str(event.address),
        reason=event.reason,
        facts=event.facts,
    )


def of_organization(organization_id: UUID) -> TrailFilter:
    """Return the filter "everything that happened to an organization and its things"."""
    return TrailFilter(organization_id=organization_id)


def of_person(user_id: UUID) -> TrailFilter:
    """Return the filter "what a person did and what happened to the account"."""
    return TrailFilter(person_id=user_id)
