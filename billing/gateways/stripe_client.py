"""The one module that imports ``stripe``; loaded at the first call, never with the web process.

Errors of the library are translated here, so that none of its classes goes any further.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import httpx
import stripe
from typing_extensions import override

from billing.gateways.errors import (
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnreachable,
    KeyReused,
    RefundTooMuch,
    ResultUnknown,
)
from billing.gateways.stripe_gateway import NAME, StripeAccount, StripeMissing

NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
TOO_MUCH: Final = frozenset({"charge_already_refunded", "amount_too_large"})


class HttpxTransport(stripe.HTTPClient):
    """The library's way out, over httpx.

    The library's own ``HTTPXClient`` sends bodies by an argument that httpx 0.28 deprecates.
    """

    name = "httpx"

    def __init__(self, http: httpx.AsyncClient, timeout_s: float) -> None:
        super().__init__()
        self._http = http
        self._timeout_s = timeout_s

    @override
    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        body = post_data.encode() if isinstance(post_data, str) else post_data
        try:
            answer = await self._http.request(
                method, url, headers=headers, content=body, timeout=self._timeout_s
            )
        except httpx.HTTPError as error:
            failed: Any = stripe.APIConnectionError
            raise failed(f"{type(error).__name__}: {error}", should_retry=True) from error
        return answer.content, answer.status_code, answer.headers

    @override
    async def sleep_async(self, secs: Any) -> None:
        await asyncio.sleep(secs)


class LibraryCalls:
    """Calls of the API by name, over the library's client on httpx."""

    def __init__(self, account: StripeAccount, http: httpx.AsyncClient) -> None:
        stripe.enable_telemetry = False
        self._client = stripe.StripeClient(
            account.api_key,
            base_addresses={"api": account.base_url} if account.base_url else None,
            max_network_retries=account.retries,
            http_client=HttpxTransport(http, account.timeout_s),
        )

    async def call(
        self, name: str, *ids: str, params: dict[str, object] | None = None, key: str = ""
    ) -> dict[str, Any]:
        """Call a method of the API and return its answer as plain values.

        Args:
            name: service and method, ``checkout.sessions.create``
            key: idempotency key; a call without one only asks
        """
        method: Any = self._client.v1
        for part in f"{name}_async".split("."):
            method = getattr(method, part)
        try:
            answer = await method(
                *ids, params=params or {}, options={"idempotency_key": key} if key else {}
            )
        except stripe.StripeError as error:
            _translate(error, writes=bool(key))
        plain: dict[str, Any] = answer.to_dict()
        return plain


def _translate(error: stripe.StripeError, *, writes: bool) -> NoReturn:
    """Raise our error for the library's."""
    code = str(getattr(error, "code", None) or type(error).__name__)
    detail = f"{code}: {error.user_message or error}"[:500]
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        raise GatewayMisconfigured(NAME, detail) from error
    if isinstance(error, stripe.IdempotencyError) and error.http_status != 409:
        raise KeyReused(NAME, detail) from error
    if isinstance(error, stripe.InvalidRequestError | stripe.CardError):
        raise _refusal(error, code, detail) from error
    not_sent = isinstance(error.__cause__ or error.__context__, NOT_SENT)
    if not_sent or isinstance(error, stripe.RateLimitError) or not writes:
        raise GatewayUnreachable(NAME, detail) from error
    raise ResultUnknown(NAME, detail) from error


def _refusal(error: stripe.StripeError, code: str, detail: str) -> Exception:
    if error.http_status == 404:
        return StripeMissing(NAME, detail)
    if code in TOO_MUCH or getattr(error, "param", None) == "amount":
        return RefundTooMuch(NAME, detail)
    return GatewayRefused(NAME, detail)
