"""Errors on the wire: the only list of statuses, and problem JSON (RFC 9457) in two languages."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import (
    ClientException,
    MethodNotAllowedException,
    NotFoundException,
    SerializationException,
    ValidationException,
)
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.types import ExceptionHandlersMap

from marketplace.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Gone,
    Invalid,
    Malformed,
    MarketplaceError,
    NotFound,
    NotSignedIn,
    Refusal,
    StoreUnavailable,
    TooLarge,
    TooManyRequests,
    Unavailable,
)
from marketplace.http.bodies import UnsupportedMedia
from marketplace.http.explanations import explain
from marketplace.http.facts import facts_of
from storage.errors import StorageError

logger = logging.getLogger("marketplace.http")

# Where the request's state keeps why it was refused, for the log.
REFUSAL = "refusal"
PROBLEM_TYPE = "application/problem+json"
# What a problem says of an error's facts; a time is written with its zone.
FACT = str | int | float | bool | datetime


class MethodNotAllowed(Refusal):
    """The address exists, but not for this method."""

    code = "method_not_allowed"
    ko = "이 주소에서는 이 방법을 쓸 수 없습니다. 화면에서 다시 시도하십시오."
    en = "This address does not take this method. Use the page or the API reference."


STATUS: dict[type[Exception], int] = {
    Malformed: 400,
    NotSignedIn: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    TooLarge: 413,
    Invalid: 422,
    MethodNotAllowed: 405,
    UnsupportedMedia: 415,
    TooManyRequests: 429,
    Unavailable: 503,
}


class OurFault(MarketplaceError):
    """A bug or an unexpected state; the request number finds it in the log."""

    code = "internal_error"
    ko = "우리 쪽 오류입니다. 문의할 때 오류 번호 {request_id}를 알려 주십시오."
    en = "This is our error. Quote error {request_id} when you contact us."


class FieldProblem(msgspec.Struct, frozen=True):
    """One wrong field of the request."""

    field: str
    code: str
    ko: str
    en: str


class Problem(msgspec.Struct, frozen=True):
    """The answer to a request that was not carried out (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    ko: str
    en: str
    request_id: str
    fields: Sequence[FieldProblem]
    facts: dict[str, Any]


def status_of(error: Exception) -> int:
    """Return the status of the nearest listed ancestor; an unlisted error is our bug."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def problem_of(error: MarketplaceError, request_id: str) -> Problem:
    """Return the problem answer of an error of ours."""
    fields: Sequence[FieldError] = getattr(error, "fields", ())
    return Problem(
        type=f"/problems/{error.code}",
        title=error.code.replace("_", " "),
        status=status_of(error),
        detail=error.text("ko"),
        code=error.code,
        ko=error.text("ko"),
        en=error.text("en"),
        request_id=request_id,
        fields=[FieldProblem(f.field, f.code, f.ko, f.en) for f in fields],
        facts={k: v for k, v in error.facts.items() if isinstance(v, FACT)},
    )


def translate(error: Exception, request_id: str) -> MarketplaceError:
    """Turn what the framework or the store raised into an error of ours."""
    if isinstance(error, MarketplaceError):
        return error
    if isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        # What ended the transaction while the route's own error passed through it.
        return translate(error.exceptions[0], request_id)
    for kinds, make in _FOREIGN:
        if isinstance(error, kinds):
            return make(error)
    return OurFault(request_id=request_id)


def _wrong_fields(error: Exception) -> list[FieldError]:
    extra = getattr(error, "extra", None)
    rows = extra if isinstance(extra, list) else []
    found = [explain(row) for row in rows if isinstance(row, dict)]
    if not found:
        found.append(
            FieldError(
                field="body",
                code="unreadable",
                ko="본문을 읽을 수 없습니다. 문법과 형식을 확인하십시오.",
                en="The body cannot be read. Check its syntax and form.",
            )
        )
    return found


def _method_not_allowed(error: Exception) -> MarketplaceError:
    headers = getattr(error, "headers", None) or {}
    return MethodNotAllowed(allow=str(headers.get("allow", "")))


# Foreign errors, nearest kind first, and what they mean here.
_FOREIGN: tuple[
    tuple[tuple[type[Exception], ...], Callable[[Exception], MarketplaceError]], ...
] = (
    ((StorageError,), lambda _: StoreUnavailable(retry_after_s=5)),
    (
        (ValidationException, SerializationException, RecursionError),
        lambda error: Malformed(_wrong_fields(error)),
    ),
    ((RequestEntityTooLarge,), lambda _: TooLarge(limit_bytes=0)),
    ((MethodNotAllowedException,), _method_not_allowed),
    ((NotFoundException,), lambda _: NotFound()),
    # The framework also raises these with 500 where a handler is wired wrongly: that is our fault.
    ((ClientException,), lambda _: Malformed()),
)


def headers_of(error: MarketplaceError) -> dict[str, str]:
    """Return the headers of an error: when a repeat makes sense, which methods there are."""
    headers: dict[str, str] = {}
    if (seconds := getattr(error, "retry_after_s", None)) is not None:
        headers["Retry-After"] = str(seconds)
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = str(error.facts.get("allow", ""))
    return headers


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer with a problem, or with a page for people who use the pages."""
    facts = facts_of(request.scope)
    known = translate(error, facts.request_id)
    if isinstance(known, TooLarge) and isinstance(error, RequestEntityTooLarge):
        known = TooLarge(limit_bytes=request.route_handler.resolve_request_max_body_size() or 0)
    request.scope.setdefault("state", {})[REFUSAL] = known
    if status_of(known) == 500:
        logger.error("unexpected error %s", facts.request_id, exc_info=error)
    page = None if facts.is_api else request.app.state.get("error_page")
    if page is not None:
        answer: Response[Any] = page(request, known, status_of(known))
        answer.headers.update(headers_of(known))
        return answer
    return Response(
        msgspec.json.encode(problem_of(known, facts.request_id)),
        status_code=status_of(known),
        media_type=PROBLEM_TYPE,
        headers=headers_of(known),
    )


EXCEPTION_HANDLERS: ExceptionHandlersMap = {Exception: answer_error}
