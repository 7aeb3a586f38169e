"""Mail that nobody took; the jobs have their own queries."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.notices.models import Mail


async def list_given_up(session: AsyncSession, *, rows_max: int) -> list[Mail]:
    """Return mail that was tried in vain and not sent since, the newest first."""
    statement = (
        select(Mail)
        .where(col(Mail.given_up_at).is_not(None), col(Mail.sent_at).is_(None))
        .order_by(col(Mail.given_up_at).desc(), col(Mail.id))
        .limit(rows_max)
    )
    return list(await session.scalars(statement))


async def count_waiting_mail(session: AsyncSession) -> int:
    """Return how many mails wait to leave."""
    statement = select(func.count()).where(
        col(Mail.sent_at).is_(None), col(Mail.given_up_at).is_(None)
    )
    return int(await session.scalar(statement) or 0)
