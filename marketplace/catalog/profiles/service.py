"""Ordering that a version is examined again: the engine is newer, rules were changed, or a report is wrong."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.catalog.datasets.models import DatasetVersion, VersionState
from marketplace.catalog.datasets.queries import get_any_version
from marketplace.catalog.profiles.errors import ProfileWaiting, VersionNotExamined
from marketplace.catalog.profiles.models import ProfileOrder, ProfileState
from marketplace.catalog.profiles.queries import first_day
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.members.oversight.acts import refuse_own, required


async def order_profile(
    session: AsyncSession, actor: Principal, version_id: UUID, *, reason: str, as_of: date | None
) -> DatasetVersion:
    """Have a version examined again by the engine and rules of today.

    Args:
        as_of: the day by which the data's age is measured; None: the day of the version's first report

    Raises:
        VersionNotFound: there is none
        OwnAccount: it is of a product of the actor's organization
        ReasonMissing: no reason
        VersionNotExamined: it is not ready
        ProfileWaiting: it is being examined again already
    """
    text = required(reason)
    seen = await get_any_version(session, version_id)
    refuse_own(actor, organization_id=seen.organization_id)
    version: DatasetVersion = await session.get_one(
        DatasetVersion, version_id, with_for_update=True, populate_existing=True
    )
    first_on = await first_day(session, version_id)
    if version.state is not VersionState.ready or first_on is None:
        raise VersionNotExamined
    waiting = await session.scalar(
        select(col(ProfileOrder.id)).where(
            col(ProfileOrder.version_id) == version_id,
            col(ProfileOrder.state) == ProfileState.waiting,
        )
    )
    if waiting is not None:
        raise ProfileWaiting
    order = ProfileOrder(
        version_id=version_id,
        organization_id=version.organization_id,
        reason=text,
        as_of=as_of or first_on,
        ordered_by=actor.user_id,
        ordered_at=now(session),
    )
    session.add(order)
    await session.flush()
    await enqueue(session, "catalog.profile_again", order_id=str(order.id))
    thing = Thing("dataset_version", version_id, version.organization_id)
    facts = {"number": version.number, "as_of": order.as_of.isoformat()}
    await record(session, "dataset.profile_ordered", thing, reason=text, facts=facts)
    return version
