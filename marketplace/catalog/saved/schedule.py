"""When a digest leaves: each morning, or on Monday morning, in Seoul. Pure."""

from datetime import UTC, datetime, time, timedelta
from typing import Final

from marketplace.catalog.saved.models import Frequency
from marketplace.clock import SEOUL

DIGEST_AT: Final = time(8, 0)


def last_due(frequency: Frequency, at: datetime) -> datetime:
    """Return the newest moment up to ``at`` at which what was found before it is told [UTC].

    Args:
        at: now [UTC]
    """
    if frequency is Frequency.at_once:
        return at
    local = at.astimezone(SEOUL)
    day = local.date() if local.time() >= DIGEST_AT else local.date() - timedelta(days=1)
    if frequency is Frequency.weekly:
        day -= timedelta(days=day.weekday())
    return datetime.combine(day, DIGEST_AT, SEOUL).astimezone(UTC)
