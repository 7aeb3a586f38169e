"""Names of columns as words: split, brought to one spelling, and to one word for what is the same."""

import re
import unicodedata
from difflib import SequenceMatcher
from typing import Final

SIMILAR_FROM: Final = 0.8
SHARED_FROM: Final = 0.5
# What is meant alike in the plants' Korean and English; the first of each is the word of all.
SAME: Final = (
    ("temperature", "temp", "tmp", "온도"),
    ("pressure", "press", "pres", "압력"),
    ("current", "curr", "amp", "전류"),
    ("voltage", "volt", "전압"),
    ("power", "전력"),
    ("energy", "전력량", "사용량", "usage"),
    ("speed", "velocity", "속도"),
    ("rotation", "rotational", "rpm", "회전수", "회전", "회전속도"),
    ("vibration", "vib", "진동"),
    ("noise", "sound", "소음"),
    ("humidity", "humid", "습도"),
    ("flow", "flowrate", "유량"),
    ("torque", "토크"),
    ("force", "load", "하중", "힘"),
    ("weight", "mass", "중량", "무게"),
    ("length", "길이"),
    ("width", "폭", "너비"),
    ("thickness", "두께"),
    ("height", "높이"),
    ("diameter", "dia", "직경", "지름"),
    ("time", "timestamp", "datetime", "date", "시각", "일시", "시간", "날짜", "일자"),
    ("duration", "cycletime", "소요시간", "사이클타임"),
    ("machine", "equipment", "equip", "facility", "설비", "기계", "장비", "호기"),
    ("lot", "batch", "로트", "배치"),
    ("mold", "mould", "die", "금형"),
    ("product", "item", "part", "품목", "품번", "제품", "부품"),
    ("defect", "ng", "fail", "failure", "불량", "고장"),
    ("result", "label", "판정", "라벨", "결과", "tag", "passorfail"),
    ("quantity", "qty", "count", "수량", "개수"),
    ("wear", "마모"),
    ("tool", "공구"),
    ("upper", "상형", "상부", "상"),
    ("lower", "하형", "하부", "하"),
    ("min", "minimum", "최소"),
    ("max", "maximum", "최대"),
    ("set", "setpoint", "설정", "설정값"),
    ("ph", "산도", "수소이온농도"),
    ("id", "no", "번호", "번"),
    ("worker", "operator", "작업자"),
    ("air", "ambient", "대기", "외기"),
    ("process", "공정"),
)  # fmt: skip
_MEANT: Final = {word: group[0] for group in SAME for word in group}
_KOREAN: Final = tuple(
    sorted((word for word in _MEANT if re.search("[가-힣]", word) and len(word) > 1), key=len, reverse=True)
)  # fmt: skip
_BRACKETS: Final = re.compile(r"[\[(][^\])]*[\])]")
_PARTS: Final = re.compile(r"[a-z]+|[가-힣]+|[0-9]+")


def bare(name: str) -> str:
    """Return a name without spaces, signs, capitals, and what stands in brackets."""
    composed = unicodedata.normalize("NFKC", name)
    return "".join(one for one in _BRACKETS.sub("", composed).casefold() if one.isalnum())


def meant(name: str) -> frozenset[str]:
    """Return the words of a name, each as the one word for all that mean the same."""
    composed = _BRACKETS.sub("", unicodedata.normalize("NFKC", name))
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", composed).casefold()
    words: list[str] = []
    for part in _PARTS.findall(split):
        words += [part] if part in _MEANT else _compound(part)
    return frozenset(_MEANT.get(word, word) for word in words)


def _compound(part: str) -> list[str]:
    """Split a Korean compound at the known words in it: ``금형온도``."""
    for word in _KOREAN:
        if word in part and word != part:
            before, _, after = part.partition(word)
            return [
                *(_compound(before) if before else ()),
                word,
                *(_compound(after) if after else ()),
            ]
    return [part]


def likeness(own: str, other: str) -> float:
    """Return how alike two names are: 1 for the same, 0.9 for the same words, down to 0.5, else 0."""
    if bare(own) == bare(other):
        return 1.0
    mine, theirs = meant(own), meant(other)
    if mine and mine == theirs:
        return 0.9
    letters = SequenceMatcher(None, bare(own), bare(other)).ratio()
    if letters >= SIMILAR_FROM and _numbers(mine) == _numbers(theirs):
        return 0.8 * letters
    shared = len(mine & theirs) / max(len(mine | theirs), 1)
    known = any(word in _MEANT.values() for word in mine & theirs)
    same = known and _numbers(mine) == _numbers(theirs)
    return 0.9 * shared if same and shared >= SHARED_FROM else 0.0


def _numbers(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if word.isdigit())
