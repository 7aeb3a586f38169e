"""The middleware of every route: hostile addresses out, who asks, cross-site check."""

import hmac
import time
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Send
from litestar.types import Scope as AsgiScope
from typing_extensions import override

from marketplace.auth import Policy, Principal, enforce_policy
from marketplace.errors import Malformed, NotFound
from marketplace.http import csrf
from marketplace.http.bodies import close_files, refuse_unusable_body
from marketplace.http.facts import facts_of
from marketplace.http.hosts import refuse_unknown_host
from marketplace.http.shedding import Buckets
from marketplace.logs import bound
from marketplace.settings import Settings

WITHOUT_COOKIES = "without_cookies"


class Authenticator(Protocol):
    """Finds out who asks; ``members`` implements it and ``app`` wires it."""

    async def __call__(
        self, *, session: str | None, token: str | None
    ) -> tuple[Principal | None, datetime]:
        """Return the principal, or None, and the time of the database's clock it was read at."""


class Gate(ASGIMiddleware):
    """Runs before every route: refuses whoever may not use it, and what no route should see."""

    scopes = (ScopeType.HTTP,)

    @override
    async def handle(
        self, scope: AsgiScope, receive: Receive, send: Send, next_app: ASGIApp
    ) -> None:
        scope["state"]["started_s"] = time.perf_counter()
        with bound(request_id=facts_of(scope).request_id):
            try:
                await admit(Request(scope, receive, send))
                await next_app(scope, receive, send)
            finally:
                await close_files(scope)


async def admit(request: Request[Any, Any, Any]) -> None:
    """Refuse what no route should see, find out who asks, and check for other sites' requests."""
    scope = request.scope
    settings: Settings = request.app.state["settings"]
    refuse_unknown_host(scope, request.app.state["host_names"])
    refuse_unreadable_address(scope)
    buckets: Buckets = request.app.state["buckets"]
    buckets.take(facts_of(scope).address)
    opt = request.route_handler.opt
    policy: Policy | None = opt.get(Policy.OPT_KEY)
    scope["state"].update(session_cookie=None, visitor_cookie=None, principal=None)
    if policy is not None and policy.audience == "monitor":
        refuse_without_token(request, settings)
    elif WITHOUT_COOKIES not in opt:
        await identify(request, settings)
    enforce_policy(request, request.route_handler)  # before anything is read of the body
    await refuse_unusable_body(request, json_limit_bytes=settings.json_limit_bytes)
    if WITHOUT_COOKIES in opt:
        return  # nobody is signed in here, so there is nothing that another site could use
    if policy is not None and policy.needs_somebody and scope["state"]["principal"] is None:
        return  # the guard refuses it and leads to the sign-in; a token of an ended session would not
    await csrf.check(
        request,
        key=settings.session_key.get_secret_value(),
        origin=settings.public_url.rstrip("/"),
        session=scope["state"]["session_cookie"],
        visitor=scope["state"]["visitor_cookie"],
    )


def without_cookies(reason: str) -> dict[str, Any]:
    """Declare in the ``opt`` of a route that it serves programs: cookies and tokens count nothing.

    Such a route is for everyone, changes nothing of anybody's, and proves its sender by itself.
    """
    assert reason, "say who sends it"
    return {WITHOUT_COOKIES: reason}


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


def refuse_without_token(
    connection: ASGIConnection[Any, Any, Any, Any], settings: Settings
) -> None:
    """Let only the monitoring system in; for everybody else the address does not exist.

    Raises:
        NotFound: no token is set, or another one was shown
    """
    if not shows_token(connection, settings):
        raise NotFound


def shows_token(connection: ASGIConnection[Any, Any, Any, Any], settings: Settings) -> bool:
    """Whether the request shows the token of the monitoring system."""
    expected = settings.metrics_token
    given = connection.headers.get("authorization", "").removeprefix("Bearer ")
    return expected is not None and hmac.compare_digest(
        given.encode(), expected.get_secret_value().encode()
    )


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
