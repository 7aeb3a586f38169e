"""The sandbox gateway's payments in our database: every process sees the same ones."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from billing.gateways.sandbox_payment import Delivery, SandboxPayment
from marketplace.db import Database, Scope, now
from marketplace.orders.payments.models import SandboxPaymentRow, SandboxWebhookRow

TAKEN_MOST = 200


class DatabaseSandboxStore:
    """Keeps what the sandbox gateway knows; each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> datetime:
        """Return the sandbox's time, which is the database's [UTC]."""
        async with self._database.transaction(Scope.system()) as session:
            return now(session)

    async def add(self, payment: SandboxPayment) -> SandboxPayment:
        async with self._database.transaction(Scope.system()) as session:
            await session.execute(
                insert(SandboxPaymentRow)
                .values(
                    id=payment.intention.id,
                    document=msgspec.to_builtins(payment),
                    version=payment.version,
                    started_at=payment.intention.started_at,
                    changed_at=payment.changed_at,
                )
                .on_conflict_do_nothing()
            )
            row = await session.get_one(SandboxPaymentRow, payment.intention.id)
            return _payment(row)

    async def find(self, payment_id: UUID) -> SandboxPayment | None:
        async with self._database.transaction(Scope.system()) as session:
            row = await session.get(SandboxPaymentRow, payment_id)
            return None if row is None else _payment(row)

    async def replace(
        self, before: SandboxPayment, after: SandboxPayment, deliveries: Sequence[Delivery]
    ) -> bool:
        async with self._database.transaction(Scope.system()) as session:
            kept = await session.scalar(
                update(SandboxPaymentRow)
                .where(
                    col(SandboxPaymentRow.id) == before.intention.id,
                    col(SandboxPaymentRow.version) == before.version,
                )
                .values(
                    document=msgspec.to_builtins(after),
                    version=after.version,
                    changed_at=after.changed_at,
                )
                .returning(col(SandboxPaymentRow.id))
            )
            if kept is None:
                return False
            for one in deliveries:
                session.add(
                    SandboxWebhookRow(
                        event_id=one.event_id, kind=one.kind, payment_id=one.id, due_at=one.due_at
                    )
                )
            return True

    async def all_payments(self, begin: datetime, end: datetime) -> list[SandboxPayment]:
        async with self._database.transaction(Scope.system()) as session:
            rows = await session.scalars(
                select(SandboxPaymentRow)
                .where(
                    col(SandboxPaymentRow.changed_at) >= begin,
                    col(SandboxPaymentRow.started_at) < end,
                )
                .order_by(col(SandboxPaymentRow.started_at), col(SandboxPaymentRow.id))
            )
            return [_payment(row) for row in rows]

    async def take_due(self, now: datetime) -> list[Delivery]:
        async with self._database.transaction(Scope.system()) as session:
            due = (
                select(col(SandboxWebhookRow.id))
                .where(col(SandboxWebhookRow.due_at) <= now)
                .order_by(col(SandboxWebhookRow.id))
                .limit(TAKEN_MOST)
                .with_for_update(skip_locked=True)
            )
            rows = await session.scalars(
                delete(SandboxWebhookRow)
                .where(col(SandboxWebhookRow.id).in_(due.scalar_subquery()))
                .returning(SandboxWebhookRow)
            )
            taken = sorted(rows, key=lambda row: row.id or 0)
            return [
                Delivery(event_id=row.event_id, kind=row.kind, id=row.payment_id, due_at=row.due_at)
                for row in taken
            ]


def _payment(row: SandboxPaymentRow) -> SandboxPayment:
    return msgspec.convert(row.document, SandboxPayment)
