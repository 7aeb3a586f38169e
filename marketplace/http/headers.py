"""The headers of every answer, whoever made it: policy of content, caching, number, cookies."""

from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.types import Message
from litestar.types import Scope as AsgiScope

from marketplace.http import csrf
from marketplace.http.access import write_down
from marketplace.http.facts import facts_of
from marketplace.settings import Settings

HSTS_S = 31_536_000
CONTENT_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "report-uri": "/csp-reports",
}
FIXED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def content_policy(**more: str) -> str:
    """Return the content security policy; ``more`` adds sources to a directive.

    Example:
        ``content_policy(connect_src="https://store.example")`` for the upload page alone.
    """
    directives = dict(CONTENT_POLICY)
    for name, sources in more.items():
        directive = name.replace("_", "-")
        directives[directive] = f"{directives.get(directive, '')} {sources}".strip()
    return "; ".join(f"{name} {value}" for name, value in directives.items())


DEFAULT_POLICY = content_policy()


async def finish_answer(message: Message, scope: AsgiScope) -> None:
    """Hook before each answer leaves: security headers, request number, cookies, access log."""
    if message["type"] != "http.response.start":
        return
    settings: Settings = scope["litestar_app"].state["settings"]
    state = scope.setdefault("state", {})
    facts = facts_of(scope)
    headers = MutableScopeHeaders.from_message(message)
    headers["x-request-id"] = facts.request_id
    for name, value in FIXED.items():
        headers.setdefault(name, value)
    headers.setdefault("content-security-policy", DEFAULT_POLICY)
    if settings.secure:
        headers["strict-transport-security"] = f"max-age={HSTS_S}"
    if not str(scope.get("path", "")).startswith("/static/"):
        headers.setdefault("cache-control", "no-store")
    if visitor := state.get("new_visitor"):
        headers.add("set-cookie", browser_cookie(settings, "visitor", visitor))
    write_down(scope, message["status"])


def browser_cookie(settings: Settings, kind: str, value: str) -> str:
    """Return the Set-Cookie header of the session's or the visitor's cookie."""
    return cookie_of(settings, kind, value).to_header(header="")


def cookie_of(settings: Settings, kind: str, value: str, *, ended: bool = False) -> Cookie:
    """Return the session's or the visitor's cookie.

    Args:
        kind: ``session`` or ``visitor``
        ended: remove it from the browser
    """
    name = csrf.session_cookie if kind == "session" else csrf.visitor_cookie
    return Cookie(
        key=name(secure=settings.secure),
        value=value,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
        max_age=0 if ended else None,
    )
