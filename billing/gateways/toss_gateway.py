"""Toss Payments: cards, transfer and virtual account, straight from the payment company.

The buyer authenticates in the browser kit; only ``finish`` approves. Webhooks carry no signature:
each is a hint that anybody could have written, and the truth is asked for.
"""

import base64
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import httpx
import msgspec
from msgspec import Struct

from billing.gateways import toss_truth as truth
from billing.gateways.banks import toss_bank
from billing.gateways.errors import (
    GatewayError,
    GatewayMisconfigured,
    GatewayRefused,
    KeyReused,
    NotRefundable,
    RefundTooMuch,
    WebhookUnreadable,
)
from billing.gateways.facts import (
    SEOUL,
    BrowserKit,
    Headers,
    Intention,
    Method,
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
    our_id,
)
from billing.gateways.json_calls import Answer, JsonCalls
from billing.gateways.marks import made_before, marked
from billing.gateways.signatures import BODY_BYTES_MAX, lowered

NAME: Final = "toss"
METHODS: Final = {
    Method.card: "CARD",
    Method.transfer: "TRANSFER",
    Method.virtual_account: "VIRTUAL_ACCOUNT",
}
NO_RECEIPT: Final = {"cashReceipt": {"type": "미발행"}, "useEscrow": False}
REFUSALS: Final[dict[str, type[GatewayError]]] = {
    "NOT_CANCELABLE_AMOUNT": RefundTooMuch,
    "ALREADY_CANCELED_PAYMENT": RefundTooMuch,
    "NOT_CANCELABLE_PAYMENT": NotRefundable,
    "NOT_FOUND_PAYMENT": NotRefundable,
    "INVALID_IDEMPOTENCY_KEY": KeyReused,
    "INVALID_API_KEY": GatewayMisconfigured,
    "INCORRECT_BASIC_AUTH_FORMAT": GatewayMisconfigured,
}


class TossAccount(Struct, frozen=True, kw_only=True):
    """Keys of a shop; client key and secret key are one pair."""

    client_key: str
    secret_key: str
    base_url: str = "https://api.tosspayments.com"
    script_url: str = "https://js.tosspayments.com/v2/standard"
    timeout_s: float = 60.0
    page_size: int = 100
    pages_max: int = 200

    @property
    def live(self) -> bool:
        """Whether the keys move real money."""
        return self.secret_key.startswith("live_")


class _Data(Struct, frozen=True, rename="camel"):
    order_id: str = ""
    payment_key: str = ""


class _Body(Struct, frozen=True, rename="camel"):
    """Both shapes: one with ``data``, and the flat one that tells of a deposit."""

    event_type: str = "DEPOSIT_CALLBACK"
    data: _Data = _Data()
    order_id: str = ""


class TossGateway:
    """The port over Toss Payments' core interface.

    Args:
        http: closed by who made it
        clock: for the instant at which the truth was asked for [UTC]
    """

    name = NAME

    def __init__(
        self,
        account: TossAccount,
        http: httpx.AsyncClient,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._account = account
        self._clock = clock
        secret = base64.b64encode(f"{account.secret_key}:".encode()).decode()
        self._calls = JsonCalls(
            NAME,
            http,
            base_url=account.base_url,
            headers={"Authorization": f"Basic {secret}"},
            timeout_s=account.timeout_s,
        )

    async def start(self, intention: Intention) -> Started:
        if intention.method not in METHODS:
            raise GatewayRefused(NAME, f"cannot take {intention.method}")
        request: dict[str, object] = {
            "clientKey": self._account.client_key,
            "customerKey": "ANONYMOUS",
            "method": METHODS[intention.method],
            "amount": {"currency": "KRW", "value": intention.amount_won},
            "orderId": str(intention.id),
            "orderName": intention.title,
            "successUrl": intention.return_url,
            "failUrl": intention.return_url,
            "customerName": intention.payer.name,
            "customerEmail": intention.payer.email,
        }
        if intention.method is Method.transfer:
            request["transfer"] = NO_RECEIPT
        elif intention.method is Method.virtual_account:
            due = intention.expires_at.astimezone(SEOUL).strftime("%Y-%m-%dT%H:%M:%S")
            request["virtualAccount"] = {**NO_RECEIPT, "dueDate": due}
        kit = BrowserKit(gateway=NAME, script_url=self._account.script_url, request=request)
        return Started(provider_key="", kit=kit)

    async def look_up(self, reference: Reference) -> PaymentSeen:
        asked_at = self._clock()
        answer = await self._calls.get(f"/v1/payments/orders/{reference.id}")
        if answer.status == 404:
            return absent(NAME, reference, asked_at)
        if not answer.done:
            raise _refusal(answer)
        return truth.seen(reference.id, answer.body, asked_at, live=self._account.live)

    async def finish(self, reference: Reference, returned: Mapping[str, str]) -> PaymentSeen:
        """Approve what the buyer authenticated; without a payment key only look it up."""
        payment_key = returned.get("paymentKey", "")
        if payment_key:
            _require_ours(reference, returned)
            answer = await self._calls.post(
                "/v1/payments/confirm",
                {
                    "paymentKey": payment_key,
                    "orderId": str(reference.id),
                    "amount": reference.amount_won,
                },
                key=f"confirm:{reference.id}:{payment_key}"[:300],
            )
            if not answer.done:
                _raise_if_ours(answer)
        return await self.look_up(reference)

    async def refund(self, reference: Reference, refund: Refund) -> RefundSeen:
        seen = await self.look_up(reference)
        made = made_before(NAME, seen, refund)
        if made is not None:
            return made
        if seen.paid_at is None:
            raise NotRefundable(NAME, seen.provider_status or "absent")
        body: dict[str, object] = {
            "cancelReason": marked(refund),
            "cancelAmount": refund.amount_won,
        }
        if refund.account is not None:
            body["refundReceiveAccount"] = {
                "bank": toss_bank(refund.account.bank),
                "accountNumber": refund.account.number,
                "holderName": refund.account.holder,
            }
        answer = await self._cancel(seen.provider_key, body, key=f"refund:{refund.id}")
        if not answer.done:
            raise _refusal(answer)
        cancels = (truth.refund_seen(one) for one in answer.body["cancels"])
        return next(one for one in cancels if one.refund_id == refund.id)

    async def close(self, reference: Reference) -> PaymentSeen:
        seen = await self.look_up(reference)
        if seen.state is not ProviderState.awaiting_deposit:
            return seen
        body = {"cancelReason": "주문 만료"}
        answer = await self._cancel(seen.provider_key, body, key=f"close:{reference.id}")
        if not answer.done:
            _raise_if_ours(answer)
        return await self.look_up(reference)

    async def _cancel(self, payment_key: str, body: Mapping[str, object], *, key: str) -> Answer:
        path = f"/v1/payments/{quote(payment_key, safe='')}/cancel"
        return await self._calls.post(path, body, key=key)

    async def movements(self, day: date) -> list[Movement]:
        begin, end = day_in_seoul(day)
        found = []
        async for one in self._transactions(begin, end):
            if one["status"] in truth.MOVED:
                line = truth.movement(one, await self._refund_id(one))
                if begin <= line.moved_at < end:
                    found.append(line)
        return sorted(found, key=lambda movement: movement.moved_at)

    async def _transactions(self, begin: datetime, end: datetime) -> AsyncIterator[dict[str, Any]]:
        """Yield the lines of the provider's list; times there are Seoul's, without a zone."""
        bounds: dict[str, str | int] = {
            "startDate": begin.strftime("%Y-%m-%dT%H:%M:%S"),
            "endDate": end.strftime("%Y-%m-%dT%H:%M:%S"),
            "limit": self._account.page_size,
        }
        for _ in range(self._account.pages_max):
            answer = await self._calls.get("/v1/transactions", **bounds)
            if not answer.done:
                raise _refusal(answer)
            for one in answer.body:
                yield one
            if len(answer.body) < self._account.page_size:
                return
            bounds["startingAfter"] = answer.body[-1]["transactionKey"]
        raise GatewayRefused(NAME, "the list has too many entries")

    async def _refund_id(self, transaction: dict[str, Any]) -> UUID | None:
        """Return our id of a refund: the list does not give reasons, the payment does."""
        if truth.MOVED[transaction["status"]] is MovementKind.paid:
            return None
        answer = await self._calls.get(f"/v1/payments/{quote(transaction['paymentKey'], safe='')}")
        if not answer.done:
            raise _refusal(answer)
        for one in truth.refunds_of(answer.body):
            if one.provider_key == transaction["transactionKey"]:
                return one.refund_id
        return None

    def read_webhook(self, raw: bytes, headers: Headers, *, now: datetime) -> WebhookHint:  # noqa: ARG002
        if len(raw) > BODY_BYTES_MAX:
            raise WebhookUnreadable(NAME, f"{len(raw)} bytes")
        try:
            body = msgspec.json.decode(raw, type=_Body)
        except msgspec.MsgspecError as error:
            raise WebhookUnreadable(NAME, str(error)) from error
        sent_id = lowered(headers).get("tosspayments-webhook-transmission-id", "")[:200]
        return WebhookHint(
            gateway=NAME,
            event_id=sent_id or hashlib.sha256(raw).hexdigest(),
            kind=body.event_type,
            id=our_id(body.data.order_id or body.order_id),
            provider_key=body.data.payment_key,
            signed=False,
        )


def _require_ours(reference: Reference, returned: Mapping[str, str]) -> None:
    """Refuse what came back for another payment or another amount; it is not approved."""
    ours = (str(reference.id), str(reference.amount_won))
    if (returned.get("orderId"), returned.get("amount")) != ours:
        raise GatewayRefused(NAME, "the return address names another order or amount")


def _raise_if_ours(answer: Answer) -> None:
    """Raise where keys are wrong; any other refusal is told by the truth afterwards."""
    error = _refusal(answer)
    if isinstance(error, GatewayMisconfigured | KeyReused):
        raise error


def _refusal(answer: Answer) -> GatewayError:
    """Return our error for a refusal of the provider."""
    body = answer.body if isinstance(answer.body, dict) else {}
    kind = str(body.get("code") or "")
    detail = f"{answer.status} {kind} {body.get('message') or ''}"[:300]
    return REFUSALS.get(kind, GatewayRefused)(NAME, detail)
