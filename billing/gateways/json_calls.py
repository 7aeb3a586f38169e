"""Calls of a provider's JSON interface over httpx, and what a failed one means."""

from collections.abc import Mapping
from typing import Any, Final

import httpx
from msgspec import Struct

from billing.gateways.errors import GatewayMisconfigured, GatewayUnreachable, ResultUnknown

NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Answer(Struct, frozen=True):
    """What came back: 200 with its object, or a refusal of the provider with 4xx."""

    status: int
    body: Any

    @property
    def done(self) -> bool:
        """Whether the provider did it."""
        return self.status < 300


class JsonCalls:
    """Asks and changes; repeats nothing.

    Args:
        http: closed by who made it
        headers: sent with every call; they carry the secret
    """

    def __init__(
        self,
        gateway: str,
        http: httpx.AsyncClient,
        *,
        base_url: str,
        headers: Mapping[str, str],
        timeout_s: float,
    ) -> None:
        self._gateway = gateway
        self._http = http
        self._base_url = base_url
        self._headers = dict(headers)
        self._timeout_s = timeout_s

    async def get(self, path: str, **params: str | int) -> Answer:
        """Ask for something.

        Raises:
            GatewayUnreachable: no answer, or none that can be read
            GatewayMisconfigured: the secret is refused
        """
        return await self._send("GET", path, params=params)

    async def post(self, path: str, body: Mapping[str, object], *, key: str = "") -> Answer:
        """Change something, under an idempotency key as the provider writes it.

        Raises:
            ResultUnknown: sent, and no answer that can be read
            GatewayUnreachable: not sent, or refused for want of room
            GatewayMisconfigured: the secret is refused
        """
        return await self._send("POST", path, body=body, key=key)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | None = None,
        key: str = "",
    ) -> Answer:
        try:
            answer = await self._http.request(
                method,
                self._base_url + path,
                params=params,
                json=body,
                headers=self._headers | ({"Idempotency-Key": key} if key else {}),
                timeout=self._timeout_s,
            )
        except NOT_SENT as error:
            raise GatewayUnreachable(self._gateway, type(error).__name__) from error
        except httpx.HTTPError as error:
            raise self._lost(method)(self._gateway, type(error).__name__) from error
        return self._read(method, answer)

    def _read(self, method: str, answer: httpx.Response) -> Answer:
        status = answer.status_code
        if status in {401, 403}:
            raise GatewayMisconfigured(self._gateway, answer.text[:300])
        if status == 429:
            raise GatewayUnreachable(self._gateway, "too many requests")
        try:
            body = answer.json()
        except ValueError as error:
            raise self._lost(method)(self._gateway, f"{status} without JSON") from error
        if status >= 500 or 300 <= status < 400:
            raise self._lost(method)(self._gateway, f"{status} {str(body)[:300]}")
        return Answer(status, body)

    @staticmethod
    def _lost(method: str) -> type[GatewayUnreachable | ResultUnknown]:
        """Return what it means that no answer came: nothing for a question."""
        return GatewayUnreachable if method == "GET" else ResultUnknown
