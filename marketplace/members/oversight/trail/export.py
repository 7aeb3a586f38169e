"""The audit trail as a file: one JSON object on each line, the oldest first."""

from dataclasses import asdict
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.members.oversight.acts import required
from marketplace.members.oversight.errors import ExportTooLarge
from marketplace.members.oversight.trail import queries

EXPORT_ROWS_MAX: Final = 20_000


async def export_trail(
    session: AsyncSession, actor: Principal, wanted: queries.TrailFilter, *, reason: str
) -> bytes:
    """Return the events that fit as JSON Lines, and write the export itself into the trail.

    Raises:
        ReasonMissing: no reason
        ExportTooLarge: more rows than one file takes
    """
    text = required(reason)
    rows = await queries.list_events(
        session, wanted, rows_max=EXPORT_ROWS_MAX + 1, oldest_first=True
    )
    if len(rows) > EXPORT_ROWS_MAX:
        raise ExportTooLarge(rows_max=EXPORT_ROWS_MAX)
    conditions = {k: str(v) for k, v in asdict(wanted).items() if v}
    await record(
        session,
        "audit.exported",
        Thing("audit_event", "list", actor.organization_id),
        reason=text,
        facts={"rows": len(rows), **conditions},
    )
    encoder = msgspec.json.Encoder()
    return b"".join(encoder.encode(row) + b"\n" for row in rows)
