"""Conditions of a list in the address of its page; what is empty or wrong does not count."""

import unicodedata
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from marketplace.web.pages import AnyRequest

VALUE_CHARS_MAX = 400

T = TypeVar("T")


def read_filter(request: AnyRequest, kind: type[T]) -> T:
    """Return the conditions that a GET form put into the address.

    A person may keep or shorten such an address, so a value that does not fit is left out
    instead of refused; the page shows what counted.

    Args:
        kind: a msgspec Struct whose fields all have defaults
    """
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}  # type: ignore[arg-type]
    found: dict[str, Any] = {}
    for name, expected in fields.items():
        value = request.query_params.get(name, "")
        text = unicodedata.normalize("NFC", value).strip()
        if not text or len(text) > VALUE_CHARS_MAX:
            continue
        try:
            found[name] = msgspec.convert(text, expected, strict=False)
        except msgspec.ValidationError:
            continue
    return kind(**found)


def address(path: str, conditions: msgspec.Struct, **more: str) -> str:
    """Return the address of a list with its conditions.

    Args:
        more: parameters that replace or add, for example ``cursor``; empty ones are left out
    """
    given = {k: str(v) for k, v in msgspec.to_builtins(conditions).items() if v not in (None, "")}
    pairs = {name: value for name, value in {**given, **more}.items() if value}
    return f"{path}?{urlencode(pairs)}" if pairs else path
