"""Where the sandbox gateway keeps its payments: a small protocol, and one in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from billing.gateways.sandbox_payment import Delivery, SandboxPayment


class SandboxStore(Protocol):
    """Payments and webhooks of the sandbox. Each call is a transaction of its own."""

    async def add(self, payment: SandboxPayment) -> SandboxPayment:
        """Keep a new payment; return the one that is there already under its id."""

    async def find(self, payment_id: UUID) -> SandboxPayment | None:
        """Return a payment, or None."""

    async def replace(
        self, before: SandboxPayment, after: SandboxPayment, deliveries: Sequence[Delivery]
    ) -> bool:
        """Keep a change and its webhooks together, if nobody changed the payment meanwhile.

        Returns:
            False where the kept ``version`` is not that of ``before``; nothing is kept then.
        """

    async def all_payments(self, begin: datetime, end: datetime) -> list[SandboxPayment]:
        """Return payments that were changed at or after ``begin`` and begun before ``end``."""

    async def take_due(self, now: datetime) -> list[Delivery]:
        """Remove and return the webhooks that are due, in the order they were kept."""


class MemorySandboxStore:
    """A store that forgets everything at the end of the process."""

    def __init__(self) -> None:
        self._payments: dict[UUID, SandboxPayment] = {}
        self._deliveries: list[Delivery] = []

    async def add(self, payment: SandboxPayment) -> SandboxPayment:
        return self._payments.setdefault(payment.intention.id, payment)

    async def find(self, payment_id: UUID) -> SandboxPayment | None:
        return self._payments.get(payment_id)

    async def replace(
        self, before: SandboxPayment, after: SandboxPayment, deliveries: Sequence[Delivery]
    ) -> bool:
        if self._payments[before.intention.id].version != before.version:
            return False
        self._payments[before.intention.id] = after
        self._deliveries += deliveries
        return True

    async def all_payments(self, begin: datetime, end: datetime) -> list[SandboxPayment]:
        return [
            payment
            for payment in self._payments.values()
            if payment.changed_at >= begin and payment.intention.started_at < end
        ]

    async def take_due(self, now: datetime) -> list[Delivery]:
        due = [delivery for delivery in self._deliveries if delivery.due_at <= now]
        self._deliveries = [delivery for delivery in self._deliveries if delivery.due_at > now]
        return due
