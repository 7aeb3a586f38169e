"""What crosses the wire about acceptance."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from marketplace.orders.acceptance.models import AcceptanceState


class AcceptanceOut(Struct, frozen=True, kw_only=True):
    """The window of a line; ``id`` is the line's. The money is held while it is open or disputed."""

    id: UUID
    order_id: UUID
    state: AcceptanceState
    opened_at: datetime
    closes_at: datetime
    decided_at: datetime | None
