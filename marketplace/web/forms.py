"""Forms: every field is read on its own, so a person sees all that is wrong at once.

A form's struct is a msgspec Struct as for the API; limits stand in its types.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar, get_args, get_origin

import msgspec
from litestar.datastructures import UploadFile

from marketplace.auth import ConsentRequired, ReauthenticationRequired, SecondFactorRequired
from marketplace.errors import FieldError, Forbidden, Invalid, Language, NotSignedIn, Refusal
from marketplace.http import csrf
from marketplace.http.problems import headers_of, status_of
from marketplace.idempotency import KeyReused, KeyRunning
from marketplace.web.pages import AnyRequest, Page, new_key

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LIMIT = re.compile(r"length (<=|>=) (\d+)")
_MISSING = object()

T = TypeVar("T")


class Nothing(msgspec.Struct):
    """A form without fields of its own."""


@dataclass(frozen=True)
class Form(Generic[T]):
    """What a person sent, what is wrong with it, and the struct when nothing is."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    content: T | None = None
    refusal: Refusal | None = None
    key: str = ""

    @property
    def data(self) -> T:
        """The struct; only a form without errors has one."""
        assert self.content is not None, "a form with errors has no struct"
        return self.content

    @property
    def status(self) -> int:
        """Status of the page that shows the form."""
        if self.refusal is not None:
            return status_of(self.refusal)
        return 422 if self.errors else 200

    @property
    def next_key(self) -> str:
        """Key for the form when it is shown: ``{{ m.hidden(page, form.next_key) }}``.

        A refused act was rolled back, so correcting and sending it again is a new act with a new
        key. Only while the first try still runs is the key kept, or the act could happen twice.
        """
        kept = self.key and isinstance(self.refusal, KeyRunning)
        return self.key if kept else new_key()

    def value(self, name: str, default: object = "") -> str:
        """Return what was typed into a field, else the default; passwords are never shown again."""
        found = self.values.get(name)
        if found is None:
            return "" if default is None else str(default)
        return "" if "password" in name else found[0]

    def chosen(self, name: str, choice: str, default: Sequence[str] | str = ()) -> bool:
        """Whether a choice of a list or radio group is marked."""
        if not self.values:
            return choice == default if isinstance(default, str) else choice in default
        return choice in self.values.get(name, ())

    def error(self, name: str, language: Language) -> str:
        """Return the sentence about a field, or nothing."""
        return " ".join(e.text(language) for e in self.errors if e.field == name)

    def refused(self, refusal: Refusal) -> "Form[T]":
        """Return the same form with a refusal of the service."""
        fields: tuple[FieldError, ...] = ()
        # The key is no field that a person sees.
        if isinstance(refusal, Invalid) and not isinstance(refusal, KeyReused):
            fields = refusal.fields
        return replace(self, refusal=refusal, errors=(*self.errors, *fields))


EMPTY: Form[Any] = Form()


async def read_form(request: AnyRequest, kind: type[T]) -> Form[T]:
    """Read the request's form into a struct, or into the list of what is wrong.

    Args:
        kind: a msgspec Struct; lists take repeated fields, booleans are check boxes,
            ``UploadFile`` fields pass through
    """
    sent: dict[str, list[Any]] = {}
    for name, value in (await request.form()).multi_items():
        sent.setdefault(name, []).append(_clean(name, value))
    key = str(sent.get(csrf.KEY_FIELD, [""])[0])
    for name in csrf.OWN_FIELDS:
        sent.pop(name, None)
    errors: list[FieldError] = []
    found: dict[str, Any] = {}
    known = {f.name: f for f in msgspec.structs.fields(kind)}  # type: ignore[arg-type]
    for name, info in known.items():
        value, error = _field(name, info, sent.get(name, []))
        if error is not None:
            errors.append(error)
        elif value is not _MISSING:
            found[name] = value
    errors.extend(_unknown(name) for name in sent if name not in known)
    values = {n: [v for v in vs if isinstance(v, str)] for n, vs in sent.items()}
    content = None if errors else kind(**found)
    return Form(values=values, errors=tuple(errors), content=content, key=key)


async def submitted(
    form: Form[T],
    act: Callable[[T], Awaitable[Page]],
    again: Callable[[Form[T]], Awaitable[Page]],
) -> Page:
    """Act on a form, or show its page again with what is wrong and what was typed.

    Args:
        act: does it and returns the redirect
        again: renders the page with the form; use ``form.status`` as its status
    """
    if form.errors:
        return await again(form)
    try:
        return await act(form.data)
    except (ConsentRequired, SecondFactorRequired, ReauthenticationRequired):
        raise
    except Refusal as refusal:
        # A kind of these two, such as a failed sign-in, is about the form; they themselves are not.
        if type(refusal) in {Forbidden, NotSignedIn}:
            raise
        answer = await again(form.refused(refusal))
        answer.headers.update(headers_of(refusal))
        return answer


def _clean(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    if "password" in name:
        return value
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()


def _field(
    name: str, info: msgspec.structs.FieldInfo, sent: list[Any]
) -> tuple[Any, FieldError | None]:
    kind = info.type
    if any(isinstance(v, str) and _CONTROL.search(v) for v in sent):
        return _MISSING, _error(name, "control_character")
    plain = _plain(kind)
    if plain is bool:
        return bool(sent), None
    if get_origin(plain) in (list, tuple, frozenset, set):
        return _converted(name, kind, [v for v in sent if v != ""])
    if plain is UploadFile:
        sent = [v for v in sent if isinstance(v, UploadFile) and v.filename]
    if not sent or sent[0] == "":
        return _absent(name, info)
    return (sent[0], None) if plain is UploadFile else _converted(name, kind, sent[0])


def _absent(name: str, info: msgspec.structs.FieldInfo) -> tuple[Any, FieldError | None]:
    if not info.required:
        return _MISSING, None
    if type(None) in get_args(info.type):
        return None, None
    return _MISSING, _error(name, "required")


def _converted(name: str, kind: Any, value: object) -> tuple[Any, FieldError | None]:
    try:
        return msgspec.convert(value, kind, strict=False), None
    except msgspec.ValidationError as error:
        return _MISSING, _explain(name, str(error))


def _plain(kind: Any) -> Any:
    """Return the type without Annotated and without None."""
    while hasattr(kind, "__metadata__"):
        kind = kind.__origin__
    inner = [part for part in get_args(kind) if part is not type(None)]
    if type(None) in get_args(kind) and len(inner) == 1:
        return _plain(inner[0])
    return kind


def _explain(name: str, message: str) -> FieldError:
    if limit := _LIMIT.search(message):
        side, number = limit.groups()
        return _error(name, "too_long" if side == "<=" else "too_short", number)
    for sign, code in (
        ("enum", "unknown_choice"),
        ("date", "not_a_date"),
        ("int", "not_a_number"),
        ("matching regex", "wrong_form"),
    ):
        if sign in message:
            return _error(name, code)
    return _error(name, "wrong_form")


_SENTENCES = {
    "required": ("값을 입력하십시오.", "Enter a value."),
    "too_long": ("{0}자 이하로 줄이십시오.", "Shorten it to at most {0} characters."),
    "too_short": ("{0}자 이상 입력하십시오.", "Enter at least {0} characters."),
    "unknown_choice": ("목록에서 고르십시오.", "Choose one of the list."),
    "not_a_date": (
        "날짜를 연-월-일로 적으십시오. 예: 2026-11-23",
        "Enter a date, for example 2026-11-23.",
    ),
    "not_a_number": ("숫자로 적으십시오.", "Enter a whole number."),
    "wrong_form": (
        "형식이 맞지 않습니다. 예를 보고 고치십시오.",
        "The form is not right. Follow the example.",
    ),
    "control_character": (
        "보이지 않는 제어 문자가 있습니다. 지우고 다시 입력하십시오.",
        "There is an invisible control character. Remove it and enter the value again.",
    ),
    "unknown_field": ("이 화면에 없는 항목입니다.", "This page has no such field."),
}


def _error(name: str, code: str, number: str = "") -> FieldError:
    ko, en = _SENTENCES[code]
    return FieldError(name, code, ko.format(number), en.format(number))


def _unknown(name: str) -> FieldError:
    return _error(name[:60], "unknown_field")
