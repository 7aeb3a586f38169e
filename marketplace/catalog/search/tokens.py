"""Words to tokens: Hangul in pairs of syllables, Latin whole and in parts. Pure.

A pair of syllables finds a word of two syllables inside any compound, which no dictionary of word
forms does on texts of a factory (recall 1.00 against 0.73, shared laboratory report on search).
"""

import re
import unicodedata
from typing import Final, NamedTuple

_RUN: Final = re.compile(r"[가-힣]+|[a-z0-9]+(?:[._\-+/#][a-z0-9]+)*|[一-鿿]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PART: Final = re.compile(r"[a-z]+|[0-9]+")
_LEADS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS: Final = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_TYPED: Final = re.compile(f"([{_LEADS}])([{_VOWELS}])((?:[{''.join(_TAILS)}](?![{_VOWELS}]))?)")
_JAMO: Final = re.compile("[ㄱ-ㅣ]")
_NOT_JAMO: Final = re.compile("[^ㄱ-ㅣ]+")
_FIRST: Final = 0xAC00
_SYLLABLES: Final = 11_172
_PER_LEAD: Final = 588
_PER_VOWEL: Final = 28
# Nothing longer is a word; a text may hold an encoded picture.
RUN_CHARS_MAX: Final = 60


class Word(NamedTuple):
    """A word of a query: tokens that must all be there; ``prefix`` where the last one may go on."""

    tokens: tuple[str, ...]
    prefix: bool


def normal(text: str) -> str:
    """Return a text composed (NFKC): NFD names, full width, ㎜; typed single jamo become syllables.

    Typed jamo are composed first, because NFKC turns them into conjoining ones.
    """
    if _JAMO.search(text):
        text = _TYPED.sub(_composed, text)
    return _NOT_JAMO.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _composed(found: re.Match[str]) -> str:
    lead, vowel, tail = _LEADS.index(found[1]), _VOWELS.index(found[2]), _TAILS.index(found[3])
    return chr(_FIRST + (lead * len(_VOWELS) + vowel) * _PER_VOWEL + tail)


def runs(text: str) -> list[str]:
    """Return the words of a text: stretches of Hangul, of Latin with digits, of Han, in lower case."""
    found: list[str] = _RUN.findall(_HUMP.sub("_", normal(text)).lower())
    return [one for one in found if len(one) <= RUN_CHARS_MAX]


def hangul(run: str) -> bool:
    """Whether a run is of syllables rather than of Latin letters."""
    return not run[0].isascii()


def index_tokens(text: str) -> set[str]:
    """Return what a text is found by."""
    tokens: set[str] = set()
    for run in runs(text):
        if hangul(run):
            tokens.update(pairs(run))
            continue
        tokens.add(run)
        tokens.update(parts(run))
    return tokens


def pairs(run: str) -> list[str]:
    """Return the pairs of neighbouring syllables; a single syllable is its own token."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def parts(run: str) -> list[str]:
    """Return the letters and numbers that a Latin run is made of, if it is of several."""
    found: list[str] = _PART.findall(run)
    return found if len(found) > 1 else []


def query_word(run: str) -> Word:
    """Return what a typed word asks for; Latin ones and single syllables may go on."""
    if hangul(run):
        return Word(tuple(dict.fromkeys(pairs(run))), len(run) == 1)
    return Word((run,), prefix=True)


def jamo(text: str) -> str:
    """Return the letters of the syllables: 금형 → ㄱㅡㅁㅎㅕㅇ; for typing errors and half syllables."""
    letters: list[str] = []
    for char in text:
        place = ord(char) - _FIRST
        if not 0 <= place < _SYLLABLES:
            letters.append(char)
            continue
        letters.append(_LEADS[place // _PER_LEAD])
        letters.append(_VOWELS[place // _PER_VOWEL % len(_VOWELS)])
        letters.append(_TAILS[place % _PER_VOWEL])
    return "".join(letters)


def choseong(text: str) -> str:
    """Return the first letters of the syllables: 사출 → ㅅㅊ."""
    return "".join(
        _LEADS[(ord(char) - _FIRST) // _PER_LEAD] if "가" <= char <= "힣" else char for char in text
    )


def is_choseong(text: str) -> bool:
    """Whether somebody typed first letters alone."""
    return bool(text) and all(char in _LEADS for char in text)
