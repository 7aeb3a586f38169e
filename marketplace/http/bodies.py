"""What a body may be, decided before anything of it is used: type, size, depth, characters, names.

JSON is read strictly here, because the decoder of the routes takes the last of two equal names,
and no text column takes NUL or half a surrogate pair.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile
from litestar.params import BodyKwarg
from litestar.types import Scope

from marketplace.errors import FieldError, Malformed, Refusal, TooLarge
from marketplace.http import csrf
from marketplace.http.explanations import explain
from marketplace.http.facts import facts_of

DEPTH_MAX = 32
FORM_PARTS_MAX = 200
OPT_KEY = "media_types"
_FILES = "sent_files"
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_PATH = re.compile(r" - at `\$([^`]*)`$")
_JSON_TYPE = re.compile(r"application/(?:[a-z0-9.-]+\+)?json|application/csp-report")


class UnsupportedMedia(Refusal):
    """The route does not take a body of this type."""

    code = "unsupported_media_type"
    ko = "이 주소는 이런 형식의 본문을 받지 않습니다. Content-Type을 다음 가운데 하나로 보내십시오: {accepted}"
    en = "This address does not take such a body. Send one of these as Content-Type: {accepted}"


def takes(*media_types: str) -> dict[str, Any]:
    """Declare in the ``opt`` of a route which types of body it takes, where that is unusual."""
    return {OPT_KEY: frozenset(media_types)}


async def refuse_unusable_body(request: Request[Any, Any, Any], *, json_limit_bytes: int) -> None:
    """Refuse a body that the route does not take or that cannot be stored.

    Args:
        json_limit_bytes: longest JSON body [bytes]; forms have the limit of their route

    Raises:
        UnsupportedMedia: another type than the route takes
        TooLarge: longer than the limit
        Malformed: not UTF-8 or not JSON, too deep, too many fields, a name twice, NUL or half a
            surrogate pair; the field is named
    """
    if request.method in csrf.SAFE_METHODS or not _has_body(request):
        return
    media_type = csrf.media_type_of(request)
    accepted = _accepted(request)
    if media_type not in accepted:
        raise UnsupportedMedia(accepted=", ".join(sorted(accepted)))
    if _JSON_TYPE.fullmatch(media_type):
        body = await request.body()
        if len(body) > json_limit_bytes:
            raise TooLarge(limit_bytes=json_limit_bytes)
        decoded = refuse_unusable_json(body)
        field = getattr(request.route_handler, "parsed_data_field", None)
        if field is not None:
            refuse_loose_types(decoded, field.annotation)
    elif media_type == csrf.URLENCODED:
        refuse_unusable_form(await request.body())
    else:
        await _refuse_unusable_parts(request)


def _has_body(request: Request[Any, Any, Any]) -> bool:
    return "transfer-encoding" in request.headers or request.headers.get(
        "content-length", "0"
    ).strip() not in ("", "0")


def _accepted(request: Request[Any, Any, Any]) -> frozenset[str]:
    handler = request.route_handler
    if OPT_KEY in handler.opt:
        declared: frozenset[str] = handler.opt[OPT_KEY]
        return declared
    field = getattr(handler, "parsed_data_field", None)
    kind = getattr(field, "kwarg_definition", None)
    if isinstance(kind, BodyKwarg):
        return frozenset({str(getattr(kind.media_type, "value", kind.media_type))})
    forms = frozenset(csrf.FORMS)
    return forms | {csrf.JSON} if facts_of(request.scope).is_api else forms


def refuse_unusable_form(body: bytes) -> None:
    """Refuse an encoded form with too many fields or bytes that are no text.

    Raises:
        Malformed: see above
    """
    if body.count(b"&") >= FORM_PARTS_MAX:
        raise Malformed([_error("body", "too_many_fields", str(FORM_PARTS_MAX))])
    try:
        unquote_to_bytes(body).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed([_error("body", "not_utf8")]) from error


async def _refuse_unusable_parts(request: Request[Any, Any, Any]) -> None:
    """Parse a form in parts once, so that what cannot be read is refused before the route."""
    try:
        form = await request.form()
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        request.scope["state"][_FILES] = files
    except (UnicodeDecodeError, LookupError) as error:  # or a character set nobody knows
        raise Malformed([_error("body", "not_utf8")]) from error


async def close_files(scope: Scope) -> None:
    """Close the files of the request's form, whoever refused or read them."""
    for file in scope["state"].get(_FILES, ()):
        await file.close()


def refuse_unusable_json(body: bytes) -> object:
    """Refuse a JSON body that cannot be read in one way only, or not be stored.

    Returns:
        What it holds.

    Raises:
        Malformed: the fields are named by their path, for example ``lines[2].name``
    """
    try:
        decoded = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_number,
        )
    except UnicodeDecodeError as error:
        raise Malformed([_error("body", "not_utf8")]) from error
    except RecursionError as error:
        raise Malformed([_error("body", "too_deep", str(DEPTH_MAX))]) from error
    except ValueError as error:  # also numbers of more digits than Python converts
        raise Malformed([_error("body", "not_json")]) from error
    errors = list(_wrong_values(decoded, "", 0))
    if errors:
        raise Malformed(errors[:FORM_PARTS_MAX])
    return decoded


def refuse_loose_types(decoded: object, kind: Any) -> None:
    """Refuse a value of another JSON type that the routes' decoder would silently convert.

    The framework converts bodies as it converts addresses, where every value is text, so that
    ``"1"`` would pass for a number and ``1`` for a truth. What it refuses itself is left to it.

    Args:
        kind: what the route reads the body into

    Raises:
        Malformed: the field is named by its path
    """
    try:
        msgspec.convert(decoded, kind, str_keys=True)
    except msgspec.ValidationError as error:
        try:
            msgspec.convert(decoded, kind, strict=False, str_keys=True)
        except msgspec.ValidationError:
            return
        found = _PATH.search(str(error))
        path = found[1].removeprefix(".") if found else ""
        raise Malformed([explain({"key": path, "message": str(error)})]) from error


def _number(text: str) -> int | float:
    """Return ``1.0`` as ``1``: JSON knows one kind of number (RFC 8259, 6)."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed([_error(_shown(twice), "duplicate_field")])
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _wrong_values(value: object, path: str, depth: int) -> Iterator[FieldError]:
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            yield _error(path or "body", "control_character")
        return
    if isinstance(value, dict | list) and depth >= DEPTH_MAX:
        yield _error(path or "body", "too_deep", str(DEPTH_MAX))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _wrong_values(inner, f"{path}[{number}]", depth + 1)
    elif isinstance(value, dict):
        yield from _wrong_members(value, path, depth)


def _wrong_members(value: dict[str, Any], path: str, depth: int) -> Iterator[FieldError]:
    for name, inner in value.items():
        below = f"{path}.{_shown(name)}" if path else _shown(name)
        if _UNSTORABLE.search(name):
            yield _error(below, "control_character")
        yield from _wrong_values(inner, below, depth + 1)


def _shown(name: str) -> str:
    return _UNSTORABLE.sub("?", name[:60])


_SENTENCES = {
    "control_character": (
        "저장할 수 없는 문자(NUL 또는 짝이 없는 대리 문자)가 있습니다. 지우고 다시 보내십시오.",
        "There is a character that cannot be stored (NUL or half a surrogate pair). Remove it and send it again.",
    ),
    "duplicate_field": (
        "같은 이름의 항목이 두 번 있습니다. 하나만 남기십시오.",
        "The field stands there twice. Keep one of them.",
    ),
    "too_deep": (
        "{0}단계보다 깊이 중첩되어 있습니다. 구조를 줄이십시오.",
        "It is nested deeper than {0} levels. Flatten it.",
    ),
    "too_many_fields": (
        "항목이 {0}개보다 많습니다. 나누어 보내십시오.",
        "There are more than {0} fields. Split the request.",
    ),
    "not_utf8": (
        "UTF-8로 읽을 수 없는 글자가 있습니다. UTF-8로 보내십시오.",
        "It holds bytes that are not UTF-8. Send UTF-8.",
    ),
    "not_json": (
        "JSON 문법에 맞지 않습니다. 문법을 확인하고 다시 보내십시오.",
        "It is not valid JSON. Check the syntax and send it again.",
    ),
}


def _error(field: str, code: str, number: str = "") -> FieldError:
    ko, en = _SENTENCES[code]
    return FieldError(field, code, ko.format(number), en.format(number))
