"""Cross-site request protection: origin check and a token bound to the browser's cookie.

The token is an HMAC of the cookie's value, so nothing is stored and a new session has a new token.
Requests with an API token carry no cookie and need none.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Any

from litestar import Request

from marketplace.errors import Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "_csrf"
KEY_FIELD = "_key"
# Fields of a form that are ours, not the person's.
OWN_FIELDS = frozenset({FIELD, KEY_FIELD})
HEADER = "x-csrf-token"
JSON = "application/json"
# How a browser writes an origin that it does not tell.
OPAQUE = "null"
URLENCODED = "application/x-www-form-urlencoded"
FORMS = frozenset({URLENCODED, "multipart/form-data"})


class CrossSiteRefused(Forbidden):
    """The request did not come from one of our own pages."""

    code = "cross_site_refused"
    ko = "이 화면이 오래되었거나 다른 사이트에서 보낸 요청입니다. 화면을 새로 고친 뒤 다시 시도하십시오."
    en = "The page is too old or the request came from another site. Reload the page and try again."


def session_cookie(*, secure: bool) -> str:
    """Return the name of the session's cookie; ``__Host-`` pins it to this host over https."""
    return "__Host-session" if secure else "session"


def visitor_cookie(*, secure: bool) -> str:
    """Return the name of the cookie that a browser has before anybody signs in."""
    return "__Host-visitor" if secure else "visitor"


def new_visitor() -> str:
    """Return the value for a browser's first visit, 128 random bits."""
    return secrets.token_urlsafe(16)


def token_for(key: str, cookie: str) -> str:
    """Return the token that belongs to a cookie's value."""
    digest = hmac.new(key.encode(), b"csrf:" + cookie.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


async def check(
    request: Request[Any, Any, Any],
    *,
    key: str,
    origin: str,
    session: str | None,
    visitor: str | None,
) -> None:
    """Refuse an unsafe request that none of our pages made.

    Args:
        key: the secret of the tokens
        origin: scheme and host under which people reach us
        session: value of the session's cookie, if any
        visitor: value of the visitor's cookie, if any

    Raises:
        CrossSiteRefused: foreign origin, missing or wrong token
    """
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("authorization", "").startswith("Bearer "):
        # The same condition under which the cookie is not asked who this is.
        return
    if not _is_from_here(request, origin):
        raise CrossSiteRefused
    if session is None and is_json(request):
        # A foreign page cannot send JSON here without a preflight, which we never grant.
        return
    cookie = session or visitor
    given = request.headers.get(HEADER) or await _form_token(request)
    if cookie is None or not hmac.compare_digest(given.encode(), token_for(key, cookie).encode()):
        raise CrossSiteRefused


def _is_from_here(request: Request[Any, Any, Any], origin: str) -> bool:
    given = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if given == OPAQUE:
        # Our own forms: under the policy `no-referrer` a browser hides the origin of a form, from
        # us as well. It says then in a header that no page can set where the form came from.
        return site == "same-origin"
    return given in {None, origin} and site in {None, "same-origin", "none"}


def is_json(request: Request[Any, Any, Any]) -> bool:
    """Whether the request says that its body is JSON."""
    return media_type_of(request) == JSON


def is_form(request: Request[Any, Any, Any]) -> bool:
    """Whether the request says that its body is a form."""
    return media_type_of(request) in FORMS


def media_type_of(request: Request[Any, Any, Any]) -> str:
    """Return the media type of the body without its parameters, in lower case."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


async def _form_token(request: Request[Any, Any, Any]) -> str:
    if is_json(request):
        return ""
    value = (await request.form()).get(FIELD)
    return value if isinstance(value, str) else ""
