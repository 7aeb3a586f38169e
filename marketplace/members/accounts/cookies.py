"""The session's cookie in an answer: given, taken away, and what a fresh one makes due."""

from typing import Any, TypeVar

from litestar import Request, Response

from marketplace.auth import Principal
from marketplace.http import csrf
from marketplace.http.gate import Authenticator
from marketplace.http.headers import cookie_of
from marketplace.settings import Settings

_Answer = TypeVar("_Answer", bound=Response[Any])


def give_session(request: Request[Any, Any, Any], answer: _Answer, cookie: str) -> _Answer:
    """Put the value of a session's cookie into an answer."""
    settings: Settings = request.app.state["settings"]
    answer.set_cookie(cookie_of(settings, "session", cookie))
    return answer


def take_session(request: Request[Any, Any, Any], answer: _Answer) -> _Answer:
    """Remove the session's cookie from the browser and give it another visitor's cookie."""
    settings: Settings = request.app.state["settings"]
    answer.set_cookie(cookie_of(settings, "session", "", ended=True))
    request.scope["state"]["new_visitor"] = csrf.new_visitor()
    return answer


async def principal_of(request: Request[Any, Any, Any], cookie: str) -> Principal:
    """Return who a fresh cookie stands for, as the next request will see it."""
    authenticate: Authenticator = request.app.state["authenticate"]
    principal, _ = await authenticate(session=cookie, token=None)
    assert principal is not None, "the session was just opened or renewed"
    return principal
