"""The audit trail: one row for each privileged act, in the same transaction as the act.

Rows are append-only. Who, where from and which request come from the transaction's facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, insert
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from marketplace.columns import stamped
from marketplace.db import request_facts


class AuditEvent(SQLModel, table=True):
    """Who did what to whose object, when and from where."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_object", "object_kind", "object_id"),
        Index("ix_audit_event_organization_id_id", "organization_id", "id"),
        Index("ix_audit_event_actor_user_id_id", "actor_user_id", "id"),
    )

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=[Identity(always=True)],
    )
    at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    action: str = Field(max_length=80)
    object_kind: str = Field(max_length=40)
    object_id: str = Field(max_length=80)
    organization_id: UUID | None = None
    actor_user_id: UUID | None = None
    actor_organization_id: UUID | None = None
    request_id: str | None = Field(default=None, max_length=64)
    address: str | None = Field(default=None, sa_type=INET)
    reason: str | None = Field(default=None, max_length=1000)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)


@dataclass(frozen=True)
class Thing:
    """What was acted upon: the kind (a table's name), its id, and whose it was."""

    kind: str
    id: UUID | str
    organization_id: UUID | None = None


async def record(
    session: AsyncSession,
    action: str,
    thing: Thing,
    *,
    reason: str | None = None,
    facts: Mapping[str, Any] | None = None,
    actor_user_id: UUID | None = None,
) -> None:
    """Write down a privileged act; it exists if and only if the act is committed.

    Args:
        action: dotted name, for example ``organization.suspended``
        thing: what was acted upon and whose it was
        facts: what changed; never secrets, never full account numbers
        actor_user_id: who, where the transaction does not know it yet (sign-in, sign-up)
    """
    request = request_facts(session)
    # No RETURNING: a tenant may write the trail of others, but not read it back.
    statement = (
        insert(AuditEvent)
        .inline()
        .values(
            action=action,
            object_kind=thing.kind,
            object_id=str(thing.id),
            organization_id=thing.organization_id,
            actor_user_id=actor_user_id or (request.user_id if request else None),
            actor_organization_id=request.organization_id if request else None,
            request_id=request.request_id if request else None,
            address=request.address if request else None,
            reason=reason,
            facts=dict(facts or {}),
        )
    )
    await session.execute(statement)
