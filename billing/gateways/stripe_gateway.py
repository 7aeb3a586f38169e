"""Cards by Stripe: a Checkout Session in won, which has no minor unit.

A Korean company cannot be the merchant of Korean cards there; see docs/payments.md. There is no
transfer in won. The library is loaded at the first call (``stripe_client``).
"""

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Protocol

import httpx
import msgspec
from msgspec import Struct

from billing.gateways import stripe_truth as truth
from billing.gateways.errors import (
    GatewayRefused,
    KeyReused,
    NotRefundable,
    WebhookUnreadable,
)
from billing.gateways.facts import (
    Headers,
    Intention,
    Method,
    Movement,
    PaymentSeen,
    ProviderState,
    Reference,
    Refund,
    RefundSeen,
    Started,
    WebhookHint,
    absent,
    day_in_seoul,
    our_id,
)
from billing.gateways.signatures import verify_stripe

NAME: Final = "stripe"
SOONEST: Final = timedelta(minutes=35)
LATEST: Final = timedelta(hours=23, minutes=50)
"""Source: Stripe API, Checkout Session ``expires_at``: 30 minutes to 24 hours after its making."""
SEARCHED: Final = timedelta(hours=25)
"""Where a session may lie whose id we never learned: keys hold at least 24 hours."""


class StripeMissing(GatewayRefused):
    """The provider knows no such object; never leaves this adapter."""


class StripeAccount(Struct, frozen=True, kw_only=True):
    """Keys and manner of an account.

    Args:
        webhook_secrets: ``whsec_…``, the newest first; two while one replaces the other
        method_types: which the page offers, for example ``card`` or ``kr_card``
        base_url: of a simulator; empty for the real one
        retries: repeats of one call inside the library, with the same idempotency key
    """

    api_key: str
    webhook_secrets: tuple[str, ...]
    method_types: tuple[str, ...] = ("card",)
    base_url: str = ""
    retries: int = 1
    timeout_s: float = 20.0
    page_size: int = 100
    pages_max: int = 200


class StripeCalls(Protocol):
    """What the adapter asks of the library."""

    async def call(
        self, name: str, *ids: str, params: dict[str, object] | None = None, key: str = ""
    ) -> dict[str, Any]:
        """Call a method of the API and return its answer as plain values."""


class _Object(Struct, frozen=True):
    id: str
    object: str
    metadata: dict[str, str] | None = None
    client_reference_id: str | None = None


class _Data(Struct, frozen=True):
    object: _Object


class _Event(Struct, frozen=True):
    id: str
    type: str
    data: _Data


class StripeGateway:
    """The port over Stripe's API.

    Args:
        http: closed by who made it
        clock: for the instant at which the truth was asked for [UTC]
    """

    name = NAME

    def __init__(
        self,
        account: StripeAccount,
        http: httpx.AsyncClient,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._account = account
        self._http = http
        self._clock = clock
        self._calls: StripeCalls | None = None

    async def start(self, intention: Intention) -> Started:
        if intention.method is not Method.card:
            raise GatewayRefused(NAME, f"cannot take {intention.method}")
        session = await self._call(
            "checkout.sessions.create",
            params=self._session_params(intention),
            key=f"pay:{intention.id}",
        )
        return Started(provider_key=session["id"], redirect_url=session.get("url") or "")

    def _session_params(self, intention: Intention) -> dict[str, object]:
        """Return the same parameters for the same intention, whenever it is asked."""
        ours = {"intention_id": str(intention.id)}
        earliest, latest = intention.started_at + SOONEST, intention.started_at + LATEST
        expires_at = max(earliest, min(intention.expires_at, latest))
        price = {
            "currency": "krw",
            "unit_amount": intention.amount_won,
            "product_data": {"name": intention.title},
        }
        return {
            "mode": "payment",
            "locale": "ko",
            "payment_method_types": list(self._account.method_types),
            "line_items": [{"quantity": 1, "price_data": price}],
            "client_reference_id": str(intention.id),
            "metadata": ours,
            "payment_intent_data": {"metadata": ours},
            "customer_email": intention.payer.email,
            "success_url": intention.return_url,
            "cancel_url": intention.return_url,
            "expires_at": int(expires_at.timestamp()),
        }

    async def look_up(self, reference: Reference) -> PaymentSeen:
        asked_at = self._clock()
        session = await self._session(reference)
        if session is None:
            return absent(NAME, reference, asked_at)
        intent = session.get("payment_intent")
        refunds = []
        if isinstance(intent, dict) and session.get("payment_status") == "paid":
            params: dict[str, object] = {"payment_intent": intent["id"]}
            refunds = [one async for one in self._each("refunds.list", params)]
        return truth.seen(reference.id, session, refunds, asked_at)

    async def finish(self, reference: Reference, returned: Mapping[str, str]) -> PaymentSeen:  # noqa: ARG002
        return await self.look_up(reference)

    async def refund(self, reference: Reference, refund: Refund) -> RefundSeen:
        session = await self._session(reference)
        intent = session.get("payment_intent") if session else None
        if session is None or session.get("payment_status") != "paid" or not intent:
            raise NotRefundable(NAME, session["status"] if session else "absent")
        made = await self._made(intent["id"], refund)
        if made is not None:
            return made
        answer = await self._call(
            "refunds.create",
            params={
                "payment_intent": intent["id"],
                "amount": refund.amount_won,
                "metadata": {"intention_id": str(reference.id), "refund_id": str(refund.id)},
            },
            key=f"refund:{refund.id}",
        )
        return truth.refund_seen(answer)

    async def _made(self, intent_id: str, refund: Refund) -> RefundSeen | None:
        """Return this refund where it was made before: keys are forgotten after a day."""
        async for one in self._each("refunds.list", {"payment_intent": intent_id}):
            seen = truth.refund_seen(one)
            if seen.refund_id == refund.id:
                if seen.amount_won != refund.amount_won:
                    raise KeyReused(NAME, f"{refund.id} was {seen.amount_won} won")
                return seen
        return None

    async def close(self, reference: Reference) -> PaymentSeen:
        seen = await self.look_up(reference)
        if seen.state is ProviderState.open:
            key = seen.provider_key
            try:
                await self._call("checkout.sessions.expire", key, key=f"close:{reference.id}")
            except GatewayRefused:  # paid or expired in between: the truth says which
                return await self.look_up(reference)
            return await self.look_up(reference)
        return seen

    async def movements(self, day: date) -> list[Movement]:
        begin, end = day_in_seoul(day)
        created = {"gte": int(begin.timestamp()), "lt": int(end.timestamp())}
        found = [
            truth.charge_movement(one)
            async for one in self._each("charges.list", {"created": created})
            if one["paid"]
        ]
        found += [
            truth.refund_movement(one)
            async for one in self._each("refunds.list", {"created": created})
            if one["status"] == "succeeded"
        ]
        return sorted(found, key=lambda movement: movement.moved_at)

    def read_webhook(self, raw: bytes, headers: Headers, *, now: datetime) -> WebhookHint:
        verify_stripe(NAME, raw, headers, secrets=self._account.webhook_secrets, now=now)
        try:
            event = msgspec.json.decode(raw, type=_Event)
        except msgspec.MsgspecError as error:
            raise WebhookUnreadable(NAME, str(error)) from error
        about = event.data.object
        named = (about.metadata or {}).get("intention_id") or about.client_reference_id
        return WebhookHint(
            gateway=NAME,
            event_id=event.id,
            kind=event.type,
            id=our_id(named),
            provider_key=about.id if about.object == "checkout.session" else "",
            signed=True,
        )

    async def _session(self, reference: Reference) -> dict[str, Any] | None:
        """Return the session of a payment, found by its id or, where we never got it, by ours."""
        key = reference.provider_key or await self._found(reference)
        if not key:
            return None
        try:
            return await self._call(
                "checkout.sessions.retrieve",
                key,
                params={"expand": ["payment_intent.latest_charge"]},
            )
        except StripeMissing:
            return None

    async def _found(self, reference: Reference) -> str:
        begin = reference.started_at - timedelta(minutes=5)
        created = {
            "gte": int(begin.timestamp()),
            "lt": int((begin + SEARCHED).timestamp()),
        }
        async for session in self._each("checkout.sessions.list", {"created": created}):
            if session.get("client_reference_id") == str(reference.id):
                found: str = session["id"]
                return found
        return ""

    async def _each(self, name: str, params: dict[str, object]) -> AsyncIterator[dict[str, Any]]:
        """Yield every object of a list, page by page."""
        after: dict[str, object] = {}
        for _ in range(self._account.pages_max):
            page = await self._call(
                name, params={"limit": self._account.page_size, **params, **after}
            )
            items: Sequence[dict[str, Any]] = page["data"]
            for item in items:
                yield item
            if not page.get("has_more") or not items:
                return
            after = {"starting_after": items[-1]["id"]}
        raise GatewayRefused(NAME, f"{name} has too many entries")

    async def _call(
        self, name: str, *ids: str, params: dict[str, object] | None = None, key: str = ""
    ) -> dict[str, Any]:
        if self._calls is None:
            # By its name: the library takes a third of a second, and no import may lead to it.
            module = await asyncio.to_thread(
                importlib.import_module, "billing.gateways.stripe_client"
            )
            self._calls = module.LibraryCalls(self._account, self._http)
        return await self._calls.call(name, *ids, params=params, key=key)
