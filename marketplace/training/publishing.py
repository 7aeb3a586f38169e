"""Bringing the shipped course into an exchange that has none; later versions are the operator's."""

import sqlalchemy as sa
from msgspec import to_builtins
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.db import now
from marketplace.training.content import BASIC, shipped
from marketplace.training.models import CourseVersion
from marketplace.training.queries import Course, find_course


def shipped_version() -> CourseVersion:
    """Return the row of the course that ships, not published yet."""
    return CourseVersion(course=BASIC, number=1, content=to_builtins(shipped()))


async def ensure_course(session: AsyncSession) -> Course:
    """Return the course in force; the shipped one is published where there is none."""
    found = await find_course(session)
    if found is not None:
        return found
    version = shipped_version()
    version.published_at = now(session)
    session.add(version)
    await session.flush()
    return Course(version, shipped())


def publish_shipped(owner_url: str) -> int:
    """Publish the shipped course where no version of it is known.

    Args:
        owner_url: SQLAlchemy URL of the role ``marketplace_owner``

    Returns:
        How many were published.
    """
    engine = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("lock table course_version in share row exclusive mode"))
        known = connection.execute(sa.text("select 1 from course_version limit 1")).one_or_none()
        if known is not None:
            return 0
        row = shipped_version().model_dump(exclude={"created_at", "published_at"})
        insert = sa.insert(CourseVersion).values(**row, published_at=sa.func.app_now())
        connection.execute(insert)
    return 1
