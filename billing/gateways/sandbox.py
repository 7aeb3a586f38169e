"""The sandbox gateway: no money moves; its pay page has a button for everything that happens.

It ships with the product and serves where no keys are configured. What it answers and sends has
the shape of the real ones.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from random import Random
from typing import Final, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from billing.gateways import sandbox_payment as payments
from billing.gateways.errors import (
    GatewayUnreachable,
    KeyReused,
    NotRefundable,
    RefundOutdated,
    RefundTooMuch,
    ResultUnknown,
    WebhookUnreadable,
)
from billing.gateways.facts import (
    Headers,
    Intention,
    Movement,
    MovementKind,
    PaymentSeen,
    ProviderState,
    Reference,
    Refund,
    RefundSeen,
    Started,
    WebhookHint,
    absent,
    day_in_seoul,
)
from billing.gateways.sandbox_payment import Button, Delivery, SandboxPayment
from billing.gateways.sandbox_store import SandboxStore
from billing.gateways.signatures import standard_signature, verify_standard

NAME: Final = "sandbox"
TRIES_MAX: Final = 20


class SandboxPage(Struct, frozen=True, kw_only=True):
    """What the pay page shows: the payment, and the buttons that can be pressed now."""

    payment: SandboxPayment
    buttons: tuple[Button, ...]


class DeliveryPlan(Struct, frozen=True, kw_only=True):
    """How webhooks go out: how often each, and in which order."""

    times: int = 1
    order: Literal["kept", "reversed", "shuffled"] = "kept"
    seed: int = 0

    def arranged(self, due: Sequence[Delivery]) -> list[Delivery]:
        """Return the deliveries as the plan wants them."""
        many = [delivery for delivery in due for _ in range(self.times)]
        if self.order == "reversed":
            many.reverse()
        elif self.order == "shuffled":
            Random(self.seed).shuffle(many)  # noqa: S311 - an order, no secret
        return many


class SignedWebhook(Struct, frozen=True, kw_only=True):
    """One request to our own webhook address: headers and the exact bytes of its body."""

    headers: dict[str, str]
    raw: bytes


class _Data(msgspec.Struct, frozen=True):
    payment_id: UUID = msgspec.field(name="paymentId")


class _Body(msgspec.Struct, frozen=True):
    type: str
    timestamp: datetime
    data: _Data


class SandboxGateway:
    """A gateway without money.

    Args:
        secrets: ``whsec_…`` for webhooks, the newest first; it signs with the newest
        clock: the time that the whole sandbox shares [UTC]
        pay_url: address of the pay page, with ``{id}``
        plan: how webhooks go out
    """

    name = NAME

    def __init__(
        self,
        store: SandboxStore,
        *,
        secrets: Sequence[str],
        clock: Callable[[], Awaitable[datetime]],
        pay_url: str,
        plan: DeliveryPlan | None = None,
    ) -> None:
        self._store = store
        self._secrets = tuple(secrets)
        self._clock = clock
        self._pay_url = pay_url
        self.plan = plan or DeliveryPlan()
        self.answers_to_lose = 0
        """So many of the next changes are made, and their answers lost on the way back."""

    async def start(self, intention: Intention) -> Started:
        kept = await self._store.add(payments.begun(intention, await self._clock()))
        before = kept.intention
        if (before.amount_won, before.method) != (intention.amount_won, intention.method):
            raise KeyReused(NAME, f"{intention.id} was begun with {before.amount_won} won")
        self._answer()
        return Started(
            provider_key=f"sandbox-{intention.id}",
            redirect_url=self._pay_url.format(id=intention.id),
        )

    async def look_up(self, reference: Reference) -> PaymentSeen:
        now = await self._clock()
        payment = await self._store.find(reference.id)
        if payment is None:
            return absent(NAME, reference, now)
        return _seen(payments.at(payment, now), now)

    async def finish(self, reference: Reference, returned: Mapping[str, str]) -> PaymentSeen:  # noqa: ARG002
        return await self.look_up(reference)

    async def refund(self, reference: Reference, refund: Refund) -> RefundSeen:
        for _ in range(TRIES_MAX):
            kept, now = await self._required(reference.id)
            payment = payments.at(kept, now)
            made = next((one for one in payment.refunds if one.refund_id == refund.id), None)
            if made is not None:
                if made.amount_won != refund.amount_won:
                    raise KeyReused(NAME, f"{refund.id} was {made.amount_won} won")
                return made
            _require_refundable(payment, refund)
            after, seen = payments.refunded(payment, refund, now)
            told = payments.delivery(after, after.state, now)
            if await self._store.replace(kept, after, [told]):
                self._answer()
                return seen
        raise GatewayUnreachable(NAME, "changed by others all the time")

    async def close(self, reference: Reference) -> PaymentSeen:
        for _ in range(TRIES_MAX):
            kept = await self._store.find(reference.id)
            if kept is None:
                return await self.look_up(reference)
            now = await self._clock()
            payment = payments.at(kept, now)
            if payment.state not in {ProviderState.open, ProviderState.awaiting_deposit}:
                return _seen(payment, now)
            after = payments.closed(payment, now)
            told = payments.delivery(after, after.state, now)
            if await self._store.replace(kept, after, [told]):
                self._answer()
                return _seen(after, now)
        raise GatewayUnreachable(NAME, "changed by others all the time")

    async def movements(self, day: date) -> list[Movement]:
        begin, end = day_in_seoul(day)
        now = await self._clock()
        found = [
            movement
            for payment in await self._store.all_payments(begin, end)
            for movement in _movements(payments.at(payment, now))
            if begin <= movement.moved_at < end
        ]
        return sorted(found, key=lambda movement: movement.moved_at)

    def read_webhook(self, raw: bytes, headers: Headers, *, now: datetime) -> WebhookHint:
        event_id = verify_standard(NAME, raw, headers, secrets=self._secrets, now=now)
        try:
            body = msgspec.json.decode(raw, type=_Body)
        except msgspec.MsgspecError as error:
            raise WebhookUnreadable(NAME, str(error)) from error
        return WebhookHint(
            gateway=NAME,
            event_id=event_id,
            kind=body.type,
            id=body.data.payment_id,
            provider_key=f"sandbox-{body.data.payment_id}",
            signed=True,
        )

    async def page(self, payment_id: UUID) -> SandboxPage | None:
        """Return what the pay page shows, or None where there is no such payment."""
        payment = await self._store.find(payment_id)
        if payment is None:
            return None
        payment = payments.at(payment, await self._clock())
        return SandboxPage(payment=payment, buttons=payments.buttons_of(payment))

    async def press(self, payment_id: UUID, button: Button) -> SandboxPage:
        """Press a button of the pay page. Two presses at once: one finds its button gone.

        Raises:
            ButtonUnknown: the page has no such button now
            GatewayUnreachable: there is no such payment
        """
        for _ in range(TRIES_MAX):
            kept, now = await self._required(payment_id)
            after, told = payments.pressed(payments.at(kept, now), button, now)
            if await self._store.replace(kept, after, told):
                return SandboxPage(payment=after, buttons=payments.buttons_of(after))
        raise GatewayUnreachable(NAME, "changed by others all the time")

    async def webhooks(self) -> list[SignedWebhook]:
        """Take the webhooks that are due, signed now, in the order of the plan."""
        now = await self._clock()
        due = await self._store.take_due(now)
        return [signed(one, self._secrets[0], now) for one in self.plan.arranged(due)]

    async def _required(self, payment_id: UUID) -> tuple[SandboxPayment, datetime]:
        payment = await self._store.find(payment_id)
        if payment is None:
            raise NotRefundable(NAME, f"there is no payment {payment_id}")
        return payment, await self._clock()

    def _answer(self) -> None:
        """Lose the answer, where one is to be lost."""
        if self.answers_to_lose > 0:
            self.answers_to_lose -= 1
            raise ResultUnknown(NAME, "the answer was lost on purpose")


def signed(delivery: Delivery, secret: str, now: datetime) -> SignedWebhook:
    """Return a webhook, signed at ``now``."""
    body = _Body(type=delivery.kind, timestamp=now, data=_Data(payment_id=delivery.id))
    raw = msgspec.json.encode(body)
    stamp = int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": standard_signature(secret, delivery.event_id, stamp, raw),
    }
    return SignedWebhook(headers=headers, raw=raw)


def _require_refundable(payment: SandboxPayment, refund: Refund) -> None:
    if payment.paid_at is None:
        raise NotRefundable(NAME, payment.state.value)
    left_won = payment.intention.amount_won - payment.refunded_won
    if refund.amount_won > left_won:
        raise RefundTooMuch(NAME, f"{left_won} won are left")
    if refund.refundable_won != left_won:
        raise RefundOutdated(NAME, f"{left_won} won are left")


def _seen(payment: SandboxPayment, now: datetime) -> PaymentSeen:
    return PaymentSeen(
        gateway=NAME,
        id=payment.intention.id,
        state=payment.state,
        provider_status=payment.state.value.upper(),
        provider_key=f"sandbox-{payment.intention.id}",
        amount_won=payment.intention.amount_won,
        refunded_won=payment.refunded_won,
        live=False,
        asked_at=now,
        paid_at=payment.paid_at,
        account=payment.account,
        failure=payment.failure,
        refunds=payment.refunds,
    )


def _movements(payment: SandboxPayment) -> list[Movement]:
    key = f"sandbox-{payment.intention.id}"
    found = []
    if payment.paid_at is not None:
        found.append(
            Movement(
                kind=MovementKind.paid,
                id=payment.intention.id,
                provider_key=key,
                amount_won=payment.intention.amount_won,
                moved_at=payment.paid_at,
            )
        )
    found += [
        Movement(
            kind=MovementKind.refunded,
            id=payment.intention.id,
            provider_key=key,
            amount_won=one.amount_won,
            moved_at=one.refunded_at,
            refund_id=one.refund_id,
        )
        for one in payment.refunds
        if one.refunded_at is not None
    ]
    return found
