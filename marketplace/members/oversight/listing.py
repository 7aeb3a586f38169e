"""How a list is cut into pages: a limit, a signed cursor, and the position it stands for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Protocol
from uuid import UUID

from litestar.params import QueryParameter

from marketplace.http.cursors import PAGE_ROWS, PAGE_ROWS_MAX, CursorRefused, Cursors
from marketplace.settings import Settings

Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_ROWS_MAX)]
Cursor = Annotated[str, QueryParameter(max_length=400)]
DEFAULT_ROWS = PAGE_ROWS


class Dated(Protocol):
    """A row of a list in order of time."""

    @property
    def id(self) -> UUID:
        """Breaks ties between equal times."""

    @property
    def created_at(self) -> datetime:
        """The sort key."""


def cursors_of(settings: Settings, list_name: str) -> Cursors:
    """Return what makes the cursors of a list in this installation."""
    return Cursors(settings.session_key.get_secret_value(), list_name)


def position_of(cursors: Cursors, cursor: str) -> tuple[datetime, UUID] | None:
    """Return time and id of the last row shown, or None at the beginning.

    Raises:
        CursorRefused: not made here
    """
    if not cursor:
        return None
    try:
        at, row_id = cursors.open(cursor)
        return datetime.fromisoformat(str(at)), UUID(str(row_id))
    except (TypeError, ValueError) as error:
        raise CursorRefused from error


def next_cursor(cursors: Cursors, rows: Sequence[Dated], limit: int) -> str | None:
    """Return the cursor of the following page, or None on the last one.

    Args:
        rows: what was found with ``limit + 1``
    """
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return cursors.seal(last.created_at.isoformat(), str(last.id))


def number_of(cursors: Cursors, cursor: str) -> int | None:
    """Return the number of the last row shown, or None at the beginning.

    Raises:
        CursorRefused: not made here
    """
    if not cursor:
        return None
    position = cursors.open(cursor)
    if len(position) != 1 or not isinstance(position[0], int):
        raise CursorRefused
    return position[0]


def row_of(cursors: Cursors, cursor: str) -> UUID | None:
    """Return the id of the last row shown, or None at the beginning.

    Raises:
        CursorRefused: not made here
    """
    if not cursor:
        return None
    position = cursors.open(cursor)
    try:
        return UUID(str(position[0]))
    except (IndexError, ValueError) as error:
        raise CursorRefused from error
