"""Which passwords are accepted: length, not common, not made of words from around here.

No rule about kinds of characters and no forced change: both make passwords worse. Nothing asks
the network; the list of common passwords comes with the package ``zxcvbn``.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Final

from marketplace.errors import FieldError
from marketplace.members.accounts.hangul_keys import keystrokes

LENGTH_MIN: Final = 8
LENGTH_ADVISED: Final = 15
LENGTH_MAX: Final = 128

# A common word with this many digits and signs before and after it is as easy to guess.
_TRIMMING_MAX = 6
_WORD_LATIN_MIN = 4
_WORD_HANGUL_MIN = 2

EXCHANGE_WORDS: Final = ("KAMP", "marketplace", "exchange", "제조데이터", "제조", "거래소")

# Of companies' names and mail addresses, the parts that belong to everybody.
_EVERYBODYS = (
    "주식회사 유한회사 합자회사 합명회사 재단법인 사단법인 산학협력단 대학교 company corp corporation "
    "limited gmail naver daum hanmail kakao nate outlook hotmail yahoo icloud mail info admin "
    "contact sales help office"
)

# Korean words that people choose first, as they are and as keystrokes; the list of the package
# knows few of them.
_KOREAN_COMMON = (
    "비밀번호 안녕하세요 사랑해 사랑해요 사랑합니다 대한민국 관리자 한국사람 우리나라 우리집 행복하자 "
    "감사합니다 아이러브유 가나다라 가나다라마바사 동해물과백두산이 홍길동 회사 제조업 공장 테스트 서울 부산"
)


def password_reasons(
    password: str, *, field: str = "password", context: Iterable[str] = ()
) -> list[FieldError]:
    """Return why a new password is not accepted; an empty list means that it is.

    The password itself is never changed: comparing folds case and width, storing does not.

    Args:
        password: as typed
        field: the name of the form's field
        context: what guessers know: organization's name, person's name, mail address, the
            operator's name

    Source:
        OWASP ASVS 5.0, 6.2.1, 6.2.4, 6.2.5, 6.2.8, 6.2.9, 6.2.11, 6.2.12.
    """
    broken = _form_reason(password, field)
    if broken:
        return [broken]
    reasons = []
    if _is_common(password):
        reasons.append(
            FieldError(
                field,
                "password_common",
                "널리 알려진 비밀번호이거나 그 변형이라 쉽게 추측됩니다. 서로 관계없는 낱말 여러 개를 이어 보십시오.",
                "This password or a variant of it is widely known. Try several unrelated words in a row.",
            )
        )
    word = _context_word(password, context)
    if word:
        reasons.append(
            FieldError(
                field,
                "password_context",
                f"비밀번호에 추측하기 쉬운 낱말 '{word}'이(가) 들어 있습니다. 기업, 사람, 거래소의 이름은 빼십시오.",
                f"The password contains '{word}', which is easy to guess. Leave out names of companies, people and this exchange.",
            )
        )
    return reasons


def _form_reason(password: str, field: str) -> FieldError | None:
    if len(password) < LENGTH_MIN:
        return FieldError(
            field,
            "password_too_short",
            f"비밀번호는 {LENGTH_MIN}자 이상이어야 합니다. {LENGTH_ADVISED}자 이상을 권합니다.",
            f"A password has at least {LENGTH_MIN} characters; {LENGTH_ADVISED} or more are better.",
        )
    if len(password) > LENGTH_MAX:
        return FieldError(
            field,
            "password_too_long",
            f"비밀번호는 {LENGTH_MAX}자까지 쓸 수 있습니다. 더 짧게 정하십시오.",
            f"A password has at most {LENGTH_MAX} characters. Choose a shorter one.",
        )
    if any("\ud800" <= sign <= "\udfff" for sign in password):
        return FieldError(
            field,
            "password_unreadable",
            "비밀번호에 온전하지 않은 문자가 있습니다. 다시 입력하십시오.",
            "The password holds a broken character. Enter it again.",
        )
    return None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _common_passwords() -> frozenset[str]:
    """Return the 30,000 most frequent leaked passwords, 11,611 of them with 8 or more signs.

    Loaded at the first use: it takes 50 ms and 12 MB.

    Source:
        Package ``zxcvbn`` (MIT), list ``passwords``, made from published leaks.
    """
    from zxcvbn.frequency_lists import (  # type: ignore[import-untyped]  # noqa: PLC0415
        FREQUENCY_LISTS,
    )

    korean = (
        form for word in _KOREAN_COMMON.split() for form in (word, keystrokes(word).casefold())
    )
    return frozenset(FREQUENCY_LISTS["passwords"]) | frozenset(korean)


def _is_common(password: str) -> bool:
    folded = _folded(password)
    known = _common_passwords()
    trimmed = folded.strip("".join(sign for sign in set(folded) if not sign.isalpha()))
    is_variant = len(folded) - len(trimmed) <= _TRIMMING_MAX and trimmed in known
    return folded in known or is_variant or _is_monotonous(folded)


def _is_monotonous(folded: str) -> bool:
    """Whether the text is one short piece over and over, or a row such as ``23456789``."""
    repeated = any(
        folded == (folded[:length] * len(folded))[: len(folded)]
        for length in range(1, len(folded) // 2)
        if length < LENGTH_MIN // 2
    )
    steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
    return repeated or steps in ({1}, {-1})


def _context_word(password: str, context: Iterable[str]) -> str | None:
    """Return the word of the surroundings on which the password rests, if it does.

    A long password may contain one: what is left without all of them must be as long as the
    length that is advised anyway.
    """
    letters = "".join(sign for sign in _folded(password) if sign.isalnum())
    words = sorted(_words([*EXCHANGE_WORDS, *context]), key=len, reverse=True)
    found = [word for word in words if word in letters]
    for word in found:
        letters = letters.replace(word, "")
    return found[0] if found and len(letters) < LENGTH_ADVISED else None


def _words(names: Iterable[str]) -> set[str]:
    return {form for name in names for word in _parts(name) for form in _forms(word)}


def _parts(name: str) -> Iterator[str]:
    """Yield the words of a name, and all of them together; of a mail address both sides."""
    folded = _folded(name)
    separated = "".join(sign if sign.isalnum() else " " for sign in folded).split()
    words = [word for word in separated if word not in _EVERYBODYS.split()]
    yield from words
    if "@" not in name:
        yield "".join(words)


def _forms(word: str) -> Iterator[str]:
    """Yield a word where it is long enough to count, and its keystrokes if it is Korean."""
    if word.isascii():
        if len(word) >= _WORD_LATIN_MIN:
            yield word
    elif len(word) >= _WORD_HANGUL_MIN:
        yield word
        yield keystrokes(word).casefold()
