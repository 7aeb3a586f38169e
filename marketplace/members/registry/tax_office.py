"""The tax office's status service behind the port (public data portal 15081808)."""

import asyncio
import ipaddress
from datetime import date, datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from marketplace.errors import ConfigurationError
from marketplace.members.registry.errors import RegistryUnavailable
from marketplace.members.registry.port import BusinessState, RegistryMatch, RegistryStatus, TaxType

BASE_URL: Final = "https://api.odcloud.kr/api/nts-businessman/v1"
ALLOWED_HOSTS: Final = frozenset({"api.odcloud.kr"})
CONNECT_S: Final = 5.0
TOTAL_S: Final = 15.0
ANSWER_LIMIT_BYTES: Final = 65_536

_STATES = {
    "01": BusinessState.active,
    "02": BusinessState.suspended,
    "03": BusinessState.closed,
    "": BusinessState.unknown,
}
_TAX_TYPES = {kind.value: kind for kind in TaxType}
_MATCHED, _NOT_MATCHED = "01", "02"


class _Status(msgspec.Struct, frozen=True):
    b_no: str
    b_stt_cd: str
    tax_type_cd: str
    end_dt: str = ""


class _StatusAnswer(msgspec.Struct, frozen=True):
    status_code: str
    data: list[_Status]


class _Match(msgspec.Struct, frozen=True):
    b_no: str
    valid: str
    status: _Status | None = None


class _MatchAnswer(msgspec.Struct, frozen=True):
    status_code: str
    data: list[_Match]


_Answer = TypeVar("_Answer", _StatusAnswer, _MatchAnswer)


class TaxOfficeRegistry:
    """Asks the tax office, one business at a time.

    The key travels in a header, because addresses are logged. Nothing follows a redirect or a
    proxy of the environment: only the allowed host is ever spoken to.

    Args:
        key: the service key of the portal
        base_url: without a slash at its end; tests give a local server
        allowed_hosts: hosts that may be asked; https is compulsory except on loopback
        connect_s: limit for making the connection [s]
        total_s: limit for the whole exchange [s]

    Raises:
        ConfigurationError: the address is not allowed

    Source:
        Reference of the service: ``POST /status`` and ``POST /validate``, JSON.
    """

    def __init__(
        self,
        key: str,
        *,
        base_url: str = BASE_URL,
        allowed_hosts: frozenset[str] = ALLOWED_HOSTS,
        connect_s: float = CONNECT_S,
        total_s: float = TOTAL_S,
    ) -> None:
        _check_address(base_url, allowed_hosts)
        self._total_s = total_s
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Infuser {key}", "Accept": "application/json"},
            timeout=httpx.Timeout(total_s, connect=connect_s),
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=1),
            follow_redirects=False,
            trust_env=False,
        )

    async def status(self, number: str) -> RegistryStatus:
        answer = await self._ask("/status", {"b_no": [number]}, _StatusAnswer)
        return _read_status(_only(answer.data, number), number)

    async def validate(self, number: str, opening_on: date, representative: str) -> RegistryMatch:
        business = {"b_no": number, "start_dt": f"{opening_on:%Y%m%d}", "p_nm": representative}
        answer = await self._ask("/validate", {"businesses": [business]}, _MatchAnswer)
        item = _only(answer.data, number)
        if item.valid not in {_MATCHED, _NOT_MATCHED}:
            raise RegistryUnavailable(reason="answer")
        status = _read_status(item.status, number) if item.status else None
        return RegistryMatch(matched=item.valid == _MATCHED, status=status)

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, path: str, body: dict[str, Any], kind: type[_Answer]) -> _Answer:
        try:
            async with asyncio.timeout(self._total_s):
                raw = await self._post(path, body)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise RegistryUnavailable(reason="timeout") from error
        except httpx.HTTPError as error:
            raise RegistryUnavailable(reason="connection") from error
        try:
            answer = msgspec.json.decode(raw, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise RegistryUnavailable(reason="answer") from error
        if answer.status_code != "OK":
            raise RegistryUnavailable(reason="answer")
        return answer

    async def _post(self, path: str, body: dict[str, Any]) -> bytes:
        async with self._client.stream("POST", path, json=body) as response:
            if response.status_code in {401, 403}:
                raise RegistryUnavailable(reason="key", retry_after_s=3600)
            if response.status_code != 200:
                raise RegistryUnavailable(reason="status")
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > ANSWER_LIMIT_BYTES:
                    raise RegistryUnavailable(reason="answer")
            return bytes(raw)


def _check_address(base_url: str, allowed_hosts: frozenset[str]) -> None:
    parts = urlsplit(base_url)
    if parts.hostname not in allowed_hosts:
        raise ConfigurationError(reason="the address of the business registry is not allowed")
    if parts.scheme != "https" and not _is_loopback(parts.hostname):
        raise ConfigurationError(reason="the business registry must be asked over https")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_Item = TypeVar("_Item", _Status, _Match)


def _only(items: list[_Item], number: str) -> _Item:
    """Return the one item, which must be about the number that was asked."""
    if len(items) != 1 or items[0].b_no != number:
        raise RegistryUnavailable(reason="answer")
    return items[0]


def _read_status(item: _Status, number: str) -> RegistryStatus:
    state = _STATES.get(item.b_stt_cd)
    if state is None or item.b_no != number:
        raise RegistryUnavailable(reason="answer")
    return RegistryStatus(
        number=number,
        state=state,
        tax_type=None if state is BusinessState.unknown else _TAX_TYPES.get(item.tax_type_cd),
        closed_on=_read_date(item.end_dt) if state is BusinessState.closed else None,
    )


def _read_date(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError as error:
        raise RegistryUnavailable(reason="answer") from error
