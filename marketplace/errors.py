"""The error tree of the exchange: every refusal has a stable code and a sentence in two languages.

A concrete refusal is a subclass in its slice's ``errors.py`` with ``code``, ``ko`` and ``en``.
The statuses of HTTP stand in ``marketplace.http`` alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a body or a form, for a person and for a program."""

    field: str
    code: str
    ko: str
    en: str

    def text(self, language: Language) -> str:
        """Return the sentence in the language."""
        return self.ko if language == "ko" else self.en


class MarketplaceError(Exception):
    """Base of everything this package raises on purpose.

    ``ko`` and ``en`` are templates over the facts; the facts become fields of the problem answer.
    """

    code: ClassVar[str] = "error"
    ko: ClassVar[str] = "처리하지 못했습니다."
    en: ClassVar[str] = "The request could not be processed."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.text("en"))

    def text(self, language: Language) -> str:
        """Return the sentence for a person, with the facts filled in."""
        template = self.ko if language == "ko" else self.en
        return template.format(**self.facts)


class Refusal(MarketplaceError):
    """The caller can act on it: expected, not an incident."""


class Malformed(Refusal):
    """The request cannot be read at all (status 400): syntax, unknown fields, wrong types."""

    code = "malformed"
    ko = "요청을 읽지 못했습니다. 표시된 항목의 형식을 고쳐 다시 보내십시오."
    en = "The request could not be read. Correct the marked fields and send it again."

    def __init__(self, fields: Sequence[FieldError] = (), **facts: object) -> None:
        self.fields = tuple(fields)
        super().__init__(**facts)


class NotSignedIn(Refusal):
    """Nobody is signed in, or the sign-in has ended."""

    code = "not_signed_in"
    ko = "로그인이 필요합니다. 로그인한 뒤 다시 시도하십시오."
    en = "You are not signed in. Sign in and try again."


class Forbidden(Refusal):
    """Signed in, but the role, the scope or the assurance is not enough."""

    code = "forbidden"
    ko = "이 일을 할 권한이 없습니다. 기업의 대표 관리자에게 권한을 요청하십시오."
    en = "Your role does not allow this. Ask an owner of your organization for the role."


class NotFound(Refusal):
    """No such thing for this caller; somebody else's object is reported the same way."""

    code = "not_found"
    ko = "이 주소에는 볼 수 있는 것이 없습니다. 주소를 확인하십시오."
    en = "There is nothing to see at this address. Check the address."


class Gone(Refusal):
    """It was there for everybody and is not any more."""

    code = "gone"
    ko = "더는 볼 수 없는 것입니다. 목록에서 다른 것을 찾으십시오."
    en = "This is no longer there. Look for another in the list."


class Conflict(Refusal):
    """The state of the object does not allow it now."""

    code = "conflict"
    ko = "지금 상태에서는 할 수 없습니다. 화면을 새로 고쳐 상태를 확인하십시오."
    en = "The present state does not allow this. Reload and look at the state."


class Invalid(Refusal):
    """Well-formed, but one or more values break a rule; each is named with its reason."""

    code = "invalid"
    ko = "입력한 값 {count}개를 고쳐야 합니다."
    en = "{count} value(s) must be corrected."

    def __init__(self, fields: Sequence[FieldError], **facts: object) -> None:
        assert fields, "an Invalid refusal names at least one field"
        self.fields = tuple(fields)
        super().__init__(count=len(self.fields), **facts)


class TooLarge(Refusal):
    """The body or a file is larger than the limit."""

    code = "too_large"
    ko = "보낸 내용이 한도 {limit_bytes}바이트를 넘습니다. 나누거나 줄여 다시 보내십시오."
    en = "The content exceeds the limit of {limit_bytes} bytes. Split or shrink it and send it again."


class TooManyRequests(Refusal):
    """A limit on attempts or requests is used up for now."""

    code = "too_many_requests"
    ko = "시도가 너무 많습니다. {retry_after_s}초 뒤에 다시 시도하십시오."
    en = "Too many attempts. Try again in {retry_after_s} seconds."

    def __init__(self, *, retry_after_s: int, **facts: object) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(retry_after_s=retry_after_s, **facts)


class Unavailable(MarketplaceError):
    """A part we need does not answer now; a repeat is safe."""

    code = "unavailable"
    ko = "지금은 처리할 수 없습니다. {retry_after_s}초 뒤에 다시 시도하십시오."
    en = "This cannot be processed right now. Try again in {retry_after_s} seconds."

    def __init__(self, *, retry_after_s: int = 5, **facts: object) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(retry_after_s=retry_after_s, **facts)


class DatabaseUnavailable(Unavailable):
    """The database does not answer; nothing of the request was kept unless it was acknowledged."""

    code = "database_unavailable"
    ko = "데이터베이스가 답하지 않습니다. {retry_after_s}초 뒤에 다시 시도하십시오."
    en = "The database does not answer. Try again in {retry_after_s} seconds."


class DatabaseBusy(Unavailable):
    """Others hold what the request needs, or it took too long; it was rolled back whole."""

    code = "database_busy"
    ko = "같은 자료를 다른 요청이 쓰고 있어 처리하지 못했습니다. {retry_after_s}초 뒤에 다시 시도하십시오."
    en = "Another request holds the same data, so nothing was done. Try again in {retry_after_s} seconds."


class StoreUnavailable(Unavailable):
    """The object store does not answer; pages work, files can be neither sent nor fetched."""

    code = "store_unavailable"
    ko = "파일 저장소가 답하지 않아 파일을 주고받을 수 없습니다. {retry_after_s}초 뒤에 다시 시도하십시오."
    en = "The file store does not answer, so files cannot be transferred. Try again in {retry_after_s} seconds."


class ConfigurationError(MarketplaceError):
    """A setting is missing or unsafe; the process does not start."""

    code = "configuration"
    ko = "설정이 올바르지 않습니다: {reason}"
    en = "The settings are not usable: {reason}"


def subclasses_of(kind: type[MarketplaceError]) -> Iterator[type[MarketplaceError]]:
    """Yield every class below ``kind``, itself first; used by the reference page and by tests."""
    yield kind
    for child in kind.__subclasses__():
        yield from subclasses_of(child)
