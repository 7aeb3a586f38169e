"""PortOne V2: cards, Korean wallets, transfer and virtual account over one contract.

A payment starts in the browser kit; what it took is asked for afterwards. The amount is registered
before, so that a changed page cannot pay less. Cash receipts are never asked for.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import httpx
import msgspec
from msgspec import Struct

from billing.gateways import portone_truth as truth
from billing.gateways.banks import portone_bank
from billing.gateways.errors import (
    GatewayError,
    GatewayMisconfigured,
    GatewayRefused,
    KeyReused,
    NotRefundable,
    RefundOutdated,
    RefundTooMuch,
    ResultUnknown,
    WebhookUnreadable,
)
from billing.gateways.facts import (
    BrowserKit,
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
from billing.gateways.json_calls import Answer, JsonCalls
from billing.gateways.marks import made_before, marked
from billing.gateways.signatures import verify_standard

NAME: Final = "portone"
NO_RECEIPT: Final = "ANONYMOUS"
"""The kit's word for a cash receipt that is not issued. Source: browser SDK, CashReceiptType."""
PAY_METHODS: Final = {
    Method.card: "CARD",
    Method.transfer: "TRANSFER",
    Method.virtual_account: "VIRTUAL_ACCOUNT",
    Method.kakaopay: "EASY_PAY",
    Method.naverpay: "EASY_PAY",
    Method.tosspay: "EASY_PAY",
}
WALLETS: Final = {
    Method.kakaopay: "KAKAOPAY",
    Method.naverpay: "NAVERPAY",
    Method.tosspay: "TOSSPAY",
}
REFUSALS: Final[dict[str, type[GatewayError]]] = {
    "CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT": RefundTooMuch,
    "PAYMENT_ALREADY_CANCELLED": RefundTooMuch,
    "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN": RefundOutdated,
    "PAYMENT_NOT_PAID": NotRefundable,
    "PAYMENT_NOT_FOUND": NotRefundable,
    "IDEMPOTENCY_OUTSTANDING_REQUEST": ResultUnknown,
    "IDEMPOTENCY_CONFLICT": KeyReused,
    "CHANNEL_NOT_FOUND": GatewayMisconfigured,
}


class PortOneAccount(Struct, frozen=True, kw_only=True):
    """Keys and channels of a store.

    Args:
        channel_keys: the channel of each way to pay; a way without one is refused
        webhook_secrets: ``whsec_…``, the newest first; two while one replaces the other
        timeout_s: the provider advises 60 s at least
    """

    api_secret: str
    store_id: str
    channel_keys: dict[Method, str]
    webhook_secrets: tuple[str, ...]
    base_url: str = "https://api.portone.io"
    script_url: str = "https://cdn.portone.io/v2/browser-sdk.js"
    timeout_s: float = 60.0
    page_size: int = 100
    pages_max: int = 200


class _Body(Struct, frozen=True):
    type: str
    data: dict[str, object]


class PortOneGateway:
    """The port over PortOne's V2 interface.

    Args:
        http: closed by who made it
        clock: for the instant at which the truth was asked for [UTC]
    """

    name = NAME

    def __init__(
        self,
        account: PortOneAccount,
        http: httpx.AsyncClient,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._account = account
        self._clock = clock
        self._calls = JsonCalls(
            NAME,
            http,
            base_url=account.base_url,
            headers={"Authorization": f"PortOne {account.api_secret}"},
            timeout_s=account.timeout_s,
        )

    async def start(self, intention: Intention) -> Started:
        if not self._account.channel_keys.get(intention.method):
            raise GatewayMisconfigured(NAME, f"no channel for {intention.method}")
        answer = await self._calls.post(
            f"/payments/{intention.id}/pre-register",
            {
                "storeId": self._account.store_id,
                "totalAmount": intention.amount_won,
                "currency": "KRW",
            },
        )
        if not answer.done and answer.body.get("type") != "ALREADY_PAID":
            raise _refusal(answer)
        kit = BrowserKit(
            gateway=NAME, script_url=self._account.script_url, request=self._request(intention)
        )
        return Started(provider_key="", kit=kit)

    def _request(self, intention: Intention) -> dict[str, object]:
        """Return what the kit's ``requestPayment`` takes; the same for the same intention."""
        request: dict[str, object] = {
            "storeId": self._account.store_id,
            "channelKey": self._account.channel_keys[intention.method],
            "paymentId": str(intention.id),
            "orderName": intention.title,
            "totalAmount": intention.amount_won,
            "currency": "KRW",
            "payMethod": PAY_METHODS[intention.method],
            "customer": {"fullName": intention.payer.name, "email": intention.payer.email},
            "redirectUrl": intention.return_url,
            "locale": "KO_KR",
        }
        if intention.method is Method.transfer:
            request["transfer"] = {"cashReceiptType": NO_RECEIPT}
        elif intention.method is Method.virtual_account:
            due = intention.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            request["virtualAccount"] = {
                "cashReceiptType": NO_RECEIPT,
                "accountExpiry": {"dueDate": due},
            }
        elif intention.method in WALLETS:
            request["easyPay"] = {
                "easyPayProvider": WALLETS[intention.method],
                "cashReceiptType": NO_RECEIPT,
            }
        return request

    async def look_up(self, reference: Reference) -> PaymentSeen:
        asked_at = self._clock()
        answer = await self._calls.get(f"/payments/{reference.id}", storeId=self._account.store_id)
        if answer.status == 404:
            return absent(NAME, reference, asked_at)
        if not answer.done:
            raise _refusal(answer)
        return truth.seen(reference.id, answer.body, asked_at)

    async def finish(self, reference: Reference, returned: Mapping[str, str]) -> PaymentSeen:  # noqa: ARG002
        return await self.look_up(reference)

    async def refund(self, reference: Reference, refund: Refund) -> RefundSeen:
        made = made_before(NAME, await self.look_up(reference), refund)
        if made is not None:
            return made
        body: dict[str, object] = {
            "storeId": self._account.store_id,
            "amount": refund.amount_won,
            "reason": marked(refund),
            "currentCancellableAmount": refund.refundable_won,
        }
        if refund.account is not None:
            body["refundAccount"] = {
                "bank": portone_bank(refund.account.bank),
                "number": refund.account.number,
                "holderName": refund.account.holder,
            }
        answer = await self._calls.post(
            f"/payments/{reference.id}/cancel", body, key=f'"refund-{refund.id}"'
        )
        if not answer.done:
            raise _refusal(answer)
        return truth.refund_seen(answer.body["cancellation"])

    async def close(self, reference: Reference) -> PaymentSeen:
        seen = await self.look_up(reference)
        if seen.state is not ProviderState.awaiting_deposit:
            return seen
        answer = await self._calls.post(
            f"/payments/{reference.id}/virtual-account/close",
            {"storeId": self._account.store_id},
        )
        # Paid or closed in between is told by the truth; anything else is a refusal.
        if not answer.done and answer.body.get("type") != "PAYMENT_NOT_WAITING_FOR_DEPOSIT":
            raise _refusal(answer)
        return await self.look_up(reference)

    async def movements(self, day: date) -> list[Movement]:
        begin, end = day_in_seoul(day)
        found = [
            movement
            async for payment in self._changed_since(begin)
            for movement in truth.movements_of(payment)
            if begin <= movement.moved_at < end
        ]
        return sorted(found, key=lambda movement: movement.moved_at)

    async def _changed_since(self, begin: datetime) -> AsyncIterator[dict[str, Any]]:
        """Yield payments whose last change lies at or after an instant.

        The provider keeps the last change alone: what moved on a day may have moved again since.
        """
        wanted = {
            "storeId": self._account.store_id,
            "timestampType": "STATUS_CHANGED_AT",
            "from": begin.isoformat(),
            "until": self._clock().isoformat(),
            "status": ["PAID", "PARTIAL_CANCELLED", "CANCELLED"],
            "sortBy": "STATUS_CHANGED_AT",
            "sortOrder": "ASC",
        }
        size = self._account.page_size
        for number in range(self._account.pages_max):
            asked = {"page": {"number": number, "size": size}, "filter": wanted}
            answer = await self._calls.get("/payments", requestBody=json.dumps(asked))
            if not answer.done:
                raise _refusal(answer)
            for item in answer.body["items"]:
                yield item
            if (number + 1) * size >= answer.body["page"]["totalCount"]:
                return
        raise GatewayRefused(NAME, "the list has too many entries")

    def read_webhook(self, raw: bytes, headers: Headers, *, now: datetime) -> WebhookHint:
        secrets = self._account.webhook_secrets
        event_id = verify_standard(NAME, raw, headers, secrets=secrets, now=now)
        try:
            body = msgspec.json.decode(raw, type=_Body)
        except msgspec.MsgspecError as error:
            raise WebhookUnreadable(NAME, str(error)) from error
        return WebhookHint(
            gateway=NAME,
            event_id=event_id,
            kind=body.type,
            id=our_id(body.data.get("paymentId")),
            provider_key=str(body.data.get("transactionId") or ""),
            signed=True,
        )


def _refusal(answer: Answer) -> GatewayError:
    """Return our error for a refusal of the provider."""
    kind = str(answer.body.get("type") or "")
    message = str(answer.body.get("message") or answer.body.get("pgMessage") or "")
    return REFUSALS.get(kind, GatewayRefused)(NAME, f"{answer.status} {kind} {message}"[:300])
