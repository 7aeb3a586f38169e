"""Which indices a total is made of, and with which weights: named, with the source of each. Pure.

No total is a law. What was not measured has no part in it, and the weights of the rest are scaled up to one.
"""

from typing import Final

from msgspec import Struct


class Preset(Struct, frozen=True, kw_only=True):
    """Weights by the name of the index, and where they come from."""

    name: str
    ko: str
    en: str
    weights: tuple[tuple[str, float], ...]
    source_ko: str
    source_en: str


_KAMP = Preset(
    name="kamp-appendix-4",
    ko="KAMP 부록 4 예시",
    en="Example of KAMP's appendix 4",
    weights=(
        ("completeness", 0.6), ("uniqueness", 0.1), ("validity", 0.1), ("accuracy", 0.1), ("integrity", 0.1),
    ),
    source_ko="KAMP 가이드북 부록 4를 다시 구현한 공개 자료 하나에 있는 가중치입니다. 법이나 표준이 아닙니다.",
    source_en="Weights found in one public re-implementation of appendix 4 of a KAMP guidebook; neither law nor standard.",
)  # fmt: skip
_EQUAL = Preset(
    name="equal",
    ko="같은 가중치",
    en="Equal weights",
    weights=(
        ("completeness", 1.0), ("uniqueness_without_ids", 1.0), ("validity", 1.0), ("consistency", 1.0),
        ("accuracy", 1.0), ("integrity", 1.0),
    ),
    source_ko="여섯 지수를 똑같이 봅니다. 유일성은 번호 열을 빼고 잽니다. 거래소가 정한 것입니다.",
    source_en="Six indices count alike, uniqueness without the columns that number rows. Our own choice.",
)  # fmt: skip
_DQI = Preset(
    name="dqi",
    ko="DQI (완전성·고유성·유효성의 평균)",
    en="DQI (mean of completeness, uniqueness, validity)",
    weights=(("completeness", 1.0), ("uniqueness", 1.0), ("validity", 1.0)),
    source_ko="제조데이터 분석 공개 자료 하나가 쓰는 평균입니다. 그 자료와 달리 선언되지 않은 범위를 지어내지 않습니다.",
    source_en="The mean that one public analysis of manufacturing data uses; unlike there, no range is made up where none is declared.",
)  # fmt: skip

PRESETS: Final[dict[str, Preset]] = {one.name: one for one in (_KAMP, _EQUAL, _DQI)}
DEFAULT: Final = _KAMP.name
