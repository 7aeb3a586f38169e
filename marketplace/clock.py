"""Time zones and the shown forms of time. The time itself comes from the database (architecture rule 12)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")


def seoul_date(at: datetime) -> date:
    """Return the date of law in Asia/Seoul of an instant (issue date, supply date).

    Args:
        at: an aware instant [UTC or any zone]

    Raises:
        ValueError: the instant has no zone
    """
    if at.tzinfo is None:
        raise ValueError("an instant without a zone has no date in Seoul")
    return at.astimezone(SEOUL).date()


def world_time() -> datetime:
    """Return the time outside [UTC]: an authenticator app keeps it, however a sandbox moves its own."""
    return datetime.now(UTC)
