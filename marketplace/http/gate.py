"""The middleware of every route: hostile addresses out, who asks, cross-site check."""

import hmac
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Send
from litestar.types import Scope as AsgiScope
from typing_extensions import override

from marketplace.auth import Policy, Principal
from marketplace.errors import FieldError, Malformed, NotFound, TooLarge
from marketplace.http import csrf
from marketplace.http.facts import facts_of
from marketplace.settings import Settings


class Authenticator(Protocol):
    """Finds out who asks; ``members`` implements it and ``app`` wires it."""

    async def __call__(
        self, *, session: str | None, token: str | None
    ) -> tuple[Principal | None, datetime]:
        """Return the principal, or None, and the time of the database's clock it was read at."""


class Gate(ASGIMiddleware):
    """Runs before the guards: everything a policy needs stands in the request's state after it."""

    scopes = (ScopeType.HTTP,)

    @override
    async def handle(
        self, scope: AsgiScope, receive: Receive, send: Send, next_app: ASGIApp
    ) -> None:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope, receive, send)
        state = scope["state"]
        state["started_s"] = time.perf_counter()
        settings: Settings = connection.app.state["settings"]
        refuse_unreadable_address(scope)
        policy: Policy | None = scope["route_handler"].opt.get(Policy.OPT_KEY)
        if policy is not None and policy.audience == "monitor":
            refuse_without_token(connection, settings)
        else:
            await identify(connection, settings)
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        await refuse_unusable_json(request, limit_bytes=settings.json_limit_bytes)
        await csrf.check(
            request,
            key=settings.session_key.get_secret_value(),
            origin=settings.public_url.rstrip("/"),
            session=state["session_cookie"],
            visitor=state["visitor_cookie"],
        )
        await next_app(scope, receive, send)


def refuse_unreadable_address(scope: AsgiScope) -> None:
    """Refuse NUL characters and broken UTF-8 in path and query before anything reads them.

    Raises:
        Malformed: the address holds one of them
    """
    raw = bytes(scope.get("raw_path", b"")) + b"?" + bytes(scope.get("query_string", b""))
    try:
        decoded = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed from error
    if "\0" in decoded:
        raise Malformed


async def refuse_unusable_json(request: Request[Any, Any, Any], *, limit_bytes: int) -> None:
    """Refuse a JSON body over the limit or with a NUL character, which no text column takes.

    Args:
        limit_bytes: longest JSON body [bytes]

    Raises:
        TooLarge: longer than the limit
        Malformed: a text holds NUL; the field is named
    """
    if request.method in csrf.SAFE_METHODS or not csrf.is_json(request):
        return
    body = await request.body()
    if len(body) > limit_bytes:
        raise TooLarge(limit_bytes=limit_bytes)
    if rb"\u0000" not in body:
        return
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed from error
    fields = [
        FieldError(
            field=name,
            code="control_character",
            ko="이 항목에 쓸 수 없는 문자(NUL)가 있습니다. 지우고 다시 보내십시오.",
            en="This field holds a NUL character. Remove it and send it again.",
        )
        for name in _texts_with_nul(decoded, "body")
    ]
    if fields:
        raise Malformed(fields)


def _texts_with_nul(value: object, name: str) -> Iterator[str]:
    if isinstance(value, str):
        if "\0" in value:
            yield name
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts_with_nul(key, name)
            yield from _texts_with_nul(inner, str(key).replace("\0", "?"))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_with_nul(inner, name)


def refuse_without_token(
    connection: ASGIConnection[Any, Any, Any, Any], settings: Settings
) -> None:
    """Let only the monitoring system in; for everybody else the address does not exist.

    Raises:
        NotFound: no token is set, or another one was shown
    """
    scope = connection.scope
    scope["state"].update(session_cookie=None, visitor_cookie=None, principal=None)
    expected = settings.metrics_token
    given = connection.headers.get("authorization", "").removeprefix("Bearer ")
    if expected is None or not hmac.compare_digest(
        given.encode(), expected.get_secret_value().encode()
    ):
        raise NotFound


async def identify(connection: ASGIConnection[Any, Any, Any, Any], settings: Settings) -> None:
    """Put the principal, its cookies and its cross-site token into the request's state."""
    state = connection.scope["state"]
    session = connection.cookies.get(csrf.session_cookie(secure=settings.secure))
    visitor = connection.cookies.get(csrf.visitor_cookie(secure=settings.secure))
    authorization = connection.headers.get("authorization", "")
    token = authorization.removeprefix("Bearer ") if authorization.startswith("Bearer ") else None
    principal: Principal | None = None
    read_at = datetime.now(UTC)
    if session or token:
        authenticate: Authenticator = connection.app.state["authenticate"]
        principal, read_at = await authenticate(session=None if token else session, token=token)
    if principal is None:
        session = None
    if session is None and visitor is None and not facts_of(connection.scope).is_api:
        visitor = csrf.new_visitor()
        state["new_visitor"] = visitor
    cookie = session or visitor
    key = settings.session_key.get_secret_value()
    state.update(
        principal=principal,
        principal_read_at=read_at,
        session_cookie=session,
        visitor_cookie=visitor,
        csrf_token=csrf.token_for(key, cookie) if cookie else "",
    )
