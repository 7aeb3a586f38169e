"""Facts of one request: its number, where it comes from, and whether a program or a person asks."""

import ipaddress
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from litestar.types import Scope as AsgiScope

API_PREFIX = "/api/"
_NOWHERE = "127.0.0.1"
_GIVEN_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True)
class HttpFacts:
    """What is known of a request before anybody is identified."""

    request_id: str
    address: str
    is_api: bool


def facts_of(scope: AsgiScope) -> HttpFacts:
    """Return the facts of the request, made at the first question and kept in its state."""
    state = scope.setdefault("state", {})
    found: HttpFacts | None = state.get("http_facts")
    if found is None:
        headers = dict(scope.get("headers", ()))
        path = str(scope.get("path", ""))
        found = HttpFacts(
            request_id=_request_id(headers),
            address=_address(scope, headers),
            is_api=path.startswith((API_PREFIX, "/health/", "/metrics"))
            and not path.startswith("/api/docs"),
        )
        state["http_facts"] = found
    return found


def _request_id(headers: dict[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id", b"")
    if _GIVEN_ID.fullmatch(given):
        return given.decode("ascii")
    return uuid.uuid4().hex[:16]


def _address(scope: AsgiScope, headers: dict[bytes, bytes]) -> str:
    client = scope.get("client")
    peer = client[0] if client else ""
    trusted: Sequence[str] = scope["litestar_app"].state.get("trusted_proxies", ())
    if peer in trusted:
        # The proxy appends the address it saw; everything left of it the client could have made up.
        last = headers.get(b"x-forwarded-for", b"").decode("latin-1").rsplit(",", 1)[-1].strip()
        return _parsed(last) or _parsed(peer) or _NOWHERE
    return _parsed(peer) or _NOWHERE


def _parsed(address: str) -> str | None:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    # A listener of both families sees 127.0.0.1 as ::ffff:127.0.0.1.
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)
