"""State machines as data: allowed steps in one table, a history row per step, a trigger between.

A trigger on each table with a state lets the state change only together with its history row of the
same transaction, and a foreign key lets only allowed steps into the history (architecture rule 3).
Each migration that makes a machine inserts its rows of ``allowed_step`` and the trigger.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Identity, Index, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from marketplace.columns import stamped
from marketplace.db import request_facts


class AllowedStep(SQLModel, table=True):
    """A step that a machine knows."""

    __tablename__ = "allowed_step"

    machine: str = Field(max_length=40, primary_key=True)
    from_state: str = Field(max_length=40, primary_key=True)
    to_state: str = Field(max_length=40, primary_key=True)


class StateStep(SQLModel, table=True):
    """A step that a thing has taken: who, when, why. Append-only."""

    __tablename__ = "state_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["machine", "from_state", "to_state"],
            ["allowed_step.machine", "allowed_step.from_state", "allowed_step.to_state"],
            name="fk_state_step_allowed",
        ),
        Index("ix_state_step_thing_id_id", "thing_id", "id"),
    )

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=[Identity(always=True)],
    )
    machine: str = Field(max_length=40)
    thing_id: UUID
    organization_id: UUID | None = None
    from_state: str = Field(max_length=40)
    to_state: str = Field(max_length=40)
    actor_user_id: UUID | None = None
    reason: str | None = Field(default=None, max_length=2000)
    at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    transaction_number: int | None = Field(
        default=None,
        nullable=False,
        sa_type=BigInteger,
        sa_column_kwargs={"server_default": text("txid_current()")},
    )


State = TypeVar("State", bound=StrEnum)


class Stateful(Protocol[State]):
    """A row with a state that only ``move`` changes."""

    id: UUID
    state: State


@dataclass(frozen=True)
class Step:
    """One entry of a thing's history, as pages show it."""

    from_state: str
    to_state: str
    actor_user_id: UUID | None
    reason: str | None
    at: datetime


async def move(
    session: AsyncSession,
    machine: str,
    thing: Stateful[State],
    to_state: State,
    *,
    organization_id: UUID | None,
    reason: str | None = None,
) -> None:
    """Take a step: write the history and change the state, in the caller's transaction.

    The caller holds the row's lock and has refused what is not possible; a step that the machine
    does not know is a bug and ends as an integrity error.

    Args:
        machine: the table's name
        organization_id: whose thing it is; its people may read the history
        reason: shown to the people concerned
    """
    request = request_facts(session)
    statement = (
        insert(StateStep)
        .inline()
        .values(
            machine=machine,
            thing_id=thing.id,
            organization_id=organization_id,
            from_state=thing.state.value,
            to_state=to_state.value,
            actor_user_id=request.user_id if request else None,
            reason=reason,
        )
    )
    # What the caller has changed besides is written together with the state, never before it.
    with session.no_autoflush:
        await session.execute(statement)
    thing.state = to_state
    await session.flush()


async def history(session: AsyncSession, thing_id: UUID) -> list[Step]:
    """Return the steps of a thing, the oldest first."""
    rows = await session.scalars(
        select(StateStep).where(col(StateStep.thing_id) == thing_id).order_by(col(StateStep.id))
    )
    return [
        Step(row.from_state, row.to_state, row.actor_user_id, row.reason, row.at)
        for row in rows
        if row.at is not None
    ]
