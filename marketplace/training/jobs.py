"""Telling those who completed an earlier version of the course that a new one is in force."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from marketplace.jobs import JobContext, enqueue, job
from marketplace.members.accounts.models import User, UserState
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.models import Membership
from marketplace.notices.service import notify
from marketplace.training.models import CourseVersion, TrainingSignature
from marketplace.training.notices import RENEWED

PORTION = 200


@job("training.tell", attempts=5, limit_s=120)
async def tell(context: JobContext[object], *, version_id: str, after: str = "") -> None:
    """Tell the next 200 people, in order of their ids, and go on with the rest in a job of its own."""
    async with context.phases() as session:
        version = await session.get_one(CourseVersion, UUID(version_id))
        people = select(User).where(
            col(User.id).in_(
                select(col(TrainingSignature.user_id))
                .join(Membership, col(Membership.user_id) == col(TrainingSignature.user_id))
                .where(
                    col(TrainingSignature.version_id) != version.id,
                    col(Membership.left_at).is_(None),
                )
            ),
            col(User.state) == UserState.active,
        )
        if after:
            people = people.where(col(User.id) > UUID(after))
        found = list(await session.scalars(people.order_by(col(User.id)).limit(PORTION)))
        for person in found:
            await notify(
                session, recipient_of(person), RENEWED, link="/training", number=version.number
            )
        if len(found) == PORTION:
            await enqueue(session, "training.tell", version_id=version_id, after=str(found[-1].id))
