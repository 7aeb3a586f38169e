"""Asking for data, changing and closing a request, hiding one. Whoever else is concerned is told by a job."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.catalog.products.industries import SECTIONS
from marketplace.catalog.wanted import queries
from marketplace.catalog.wanted.errors import (
    WantedClosed,
    WantedFull,
    WantedHidden,
    WantedInvalid,
)
from marketplace.catalog.wanted.models import WantedRequest, WantedState
from marketplace.catalog.wanted.schemas import PURPOSE_CHARS_MIN, TITLE_CHARS_MIN, WantedIn
from marketplace.clock import seoul_date
from marketplace.db import now, take_turns
from marketplace.errors import FieldError
from marketplace.jobs import enqueue
from marketplace.members.organizations.models import Organization
from marketplace.members.oversight.acts import refuse_own, required

TELL_ASKED: Final = "wanted.tell_asked"
TELL_HIDDEN: Final = "wanted.tell_hidden"
DIVISIONS: Final = frozenset(code for section in SECTIONS.values() for code in section.divisions)


@dataclass(frozen=True)
class WantedLimits:
    """How much may be asked.

    Args:
        open_most: open requests of one organization
        days_most: longest time that a request stays open [days]
        messages_most: messages of one thread
    """

    open_most: int
    days_most: int
    messages_most: int


async def ask(
    session: AsyncSession,
    organization_id: UUID,
    given: WantedIn,
    *,
    actor_id: UUID,
    limits: WantedLimits,
) -> WantedRequest:
    """Ask for data that are not on the market; sellers of the industry are told.

    Raises:
        WantedInvalid: words, budget, date or industry break a rule
        WantedFull: the organization looks for as much as it may
    """
    _check(given, seoul_date(now(session)), limits.days_most)
    # Two windows of an organization do not pass the limit.
    await take_turns(session, "wanted_request", organization_id)
    if await queries.count_open(session, organization_id) >= limits.open_most:
        raise WantedFull(most=limits.open_most)
    request = WantedRequest(
        organization_id=organization_id,
        asked_by=actor_id,
        asked_at=now(session),
        **await _content(session, organization_id, given),
    )
    session.add(request)
    await session.flush()
    await record(session, "wanted.asked", _thing(request), facts={"title": request.title})
    await enqueue(session, TELL_ASKED, request_id=str(request.id))
    return request


async def edit(
    session: AsyncSession,
    organization_id: UUID,
    request_id: UUID,
    given: WantedIn,
    *,
    limits: WantedLimits,
) -> WantedRequest:
    """Change an open request; the trail keeps which fields. Saved as it stands, nothing happens.

    Raises:
        WantedNotFound: none of this organization
        WantedHidden, WantedClosed: it takes no change any more
        WantedInvalid: words, budget, date or industry break a rule
    """
    request = await _open_own(session, organization_id, request_id)
    _check(given, seoul_date(now(session)), limits.days_most)
    content = await _content(session, organization_id, given)
    changed = [name for name, value in content.items() if getattr(request, name) != value]
    if not changed:
        return request
    if "until_on" in changed:
        request.reminded_at = None
    for name in changed:
        setattr(request, name, content[name])
    await session.flush()
    await record(session, "wanted.changed", _thing(request), facts={"fields": changed})
    return request


async def close(
    session: AsyncSession, organization_id: UUID, request_id: UUID, *, outcome: WantedState
) -> WantedRequest:
    """Close a request, because the data were found or are no longer needed.

    Raises:
        WantedNotFound: none of this organization
        WantedHidden, WantedClosed: it is not open
    """
    request = await _open_own(session, organization_id, request_id)
    request.state, request.closed_at = outcome, now(session)
    await session.flush()
    await record(session, "wanted.closed", _thing(request), facts={"outcome": outcome.value})
    return request


async def hide(
    session: AsyncSession, actor: Principal, request_id: UUID, *, reason: str
) -> WantedRequest:
    """Hide a request from everybody but its organization and the staff; twice changes nothing.

    Raises:
        ReasonMissing: no reason
        WantedNotFound: there is none
        OwnAccount: it is of the actor's organization
    """
    why = required(reason)
    request = await queries.get_locked(session, request_id)
    refuse_own(actor, organization_id=request.organization_id)
    if request.hidden_at is None:
        request.hidden_reason, request.hidden_by = why, actor.user_id
        request.hidden_at, request.told_at = now(session), None
        await session.flush()
        await record(session, "wanted.hidden", _thing(request), reason=why)
        await enqueue(session, TELL_HIDDEN, request_id=str(request.id))
    return request


def refuse_finished(request: WantedRequest, today: date) -> None:
    """Refuse what only an open request takes.

    Raises:
        WantedHidden, WantedClosed: it is not open
    """
    if request.hidden_at is not None:
        raise WantedHidden
    if queries.state_at(request, today) is not WantedState.open:
        raise WantedClosed


async def _open_own(
    session: AsyncSession, organization_id: UUID, request_id: UUID
) -> WantedRequest:
    request = await queries.own_for_update(session, organization_id, request_id)
    refuse_finished(request, seoul_date(now(session)))
    return request


async def _content(session: AsyncSession, organization_id: UUID, given: WantedIn) -> dict[str, Any]:
    name = await session.scalar(
        select(col(Organization.name)).where(col(Organization.id) == organization_id)
    )
    assert name is not None, "a member reads the own organization"
    return {
        "title": given.title.strip(),
        "purpose": given.purpose.strip(),
        "industry_division": given.industry_division,
        "process": given.process.strip(),
        "equipment": given.equipment.strip(),
        "data_kind": given.data_kind,
        "period": given.period.strip(),
        "budget_from_won": given.budget_from_won,
        "budget_to_won": given.budget_to_won,
        "until_on": given.until_on,
        "asker_name": name if given.name_shown else "",
    }


def _check(given: WantedIn, today: date, days_most: int) -> None:
    last = today + timedelta(days=days_most)
    rules = (
        (
            "title", "too_short", len(given.title.strip()) >= TITLE_CHARS_MIN,
            f"{TITLE_CHARS_MIN}자 이상 입력하십시오.",
            f"Enter at least {TITLE_CHARS_MIN} characters.",
        ),
        (
            "purpose", "too_short", len(given.purpose.strip()) >= PURPOSE_CHARS_MIN,
            f"{PURPOSE_CHARS_MIN}자 이상 입력하십시오.",
            f"Enter at least {PURPOSE_CHARS_MIN} characters.",
        ),
        (
            "industry_division", "unknown_choice", given.industry_division in DIVISIONS,
            "목록에서 업종을 고르십시오.", "Choose an industry of the list.",
        ),
        (
            "budget_to_won", "budget_order", 0 < given.budget_to_won >= given.budget_from_won,
            "위쪽 예산은 0원보다 크고 아래쪽 예산보다 작지 않아야 합니다.",
            "The upper budget is above zero and not below the lower one.",
        ),
        (
            "until_on", "date_range", today < given.until_on <= last,
            f"내일부터 {last.isoformat()}까지 고르십시오.",
            f"Choose a day from tomorrow to {last.isoformat()}.",
        ),
    )  # fmt: skip
    wrong = [FieldError(name, code, ko, en) for name, code, fits, ko, en in rules if not fits]
    if wrong:
        raise WantedInvalid(wrong)


def _thing(request: WantedRequest) -> Thing:
    return Thing("wanted_request", request.id, request.organization_id)
