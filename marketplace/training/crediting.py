"""How much of a film counts as watched: never more than one and a half times the time that passed. Pure.

The clock is the server's, one for each person and film, so two windows together earn what one does,
and a program that reports the end at once earns a moment.
"""

from datetime import datetime, timedelta
from typing import Final

FASTEST: Final = 1.5
# The last moments of a film may be lost between two reports.
END_TOLERANCE_MS: Final = 500


def credited_ms(
    watched_ms: int, reported_at: datetime, now: datetime, position_ms: int, duration_ms: int
) -> int:
    """Return how far a film counts as watched after a report [ms].

    Args:
        watched_ms: how far it counted before
        reported_at: when the report before arrived
        now: when this one arrived
        position_ms: where the player says it is
    """
    passed_ms = max((now - reported_at) / timedelta(milliseconds=1), 0)
    reachable = watched_ms + int(FASTEST * passed_ms)
    return max(watched_ms, min(position_ms, reachable, duration_ms))


def complete(watched_ms: int, duration_ms: int) -> bool:
    """Whether a film was watched to its end."""
    return watched_ms >= duration_ms - END_TOLERANCE_MS
