"""Total and grades: the weighted sum by a preset, letters A to D, and the words of Korea's certification. Pure.

Letters are the exchange's grade of everything that was measured. The words judge declared rules alone, as
Korea's certification of data does; they are no certificate, and where nothing was declared there are none.

Source:
    Platinum from 99.97 % is the threshold of the former DQC-V certification, as the press reports it. Those of
    gold and silver are not published; ours are our own choice.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from quality.claims import Level, Weight
from quality.presets import Preset
from quality.report import Index

LOWEST: Final = "D"
# What was declared is judged by these, each as far as it was measured.
DECLARED: Final = ("validity", "uniqueness_by_key", "accuracy")


class Rule(Struct, frozen=True, kw_only=True):
    """A grade and when it is given; ``ours`` where no source publishes the threshold."""

    name: str
    ko: str
    en: str
    least_pct: float
    ours: bool
    rule_ko: str
    rule_en: str


def _letter(letter: str, least_pct: float, more_ko: str = "", more_en: str = "") -> Rule:
    return Rule(
        name=letter, ko=letter, en=letter, least_pct=least_pct, ours=True,
        rule_ko=f"차단이 없고 종합 {least_pct:g} % 이상{more_ko}",
        rule_en=f"nothing blocks, total {least_pct:g} % or more{more_en}",
    )  # fmt: skip


LETTERS: Final = (
    _letter("A", 95.0, ", 경고도 없음", ", no warnings either"),
    _letter("B", 85.0, " (95 % 이상이라도 경고가 있으면 B)", " (B also from 95 % with warnings)"),
    _letter("C", 70.0),
    Rule(
        name=LOWEST, ko=LOWEST, en=LOWEST, least_pct=0.0, ours=True,
        rule_ko="차단이 없고 종합 70 % 미만", rule_en="nothing blocks, total below 70 %",
    ),
)  # fmt: skip


def _word(name: str, ko: str, least_pct: float, *, ours: bool) -> Rule:
    source_ko, source_en = (
        ("이 거래소가 정한 기준", "a threshold of our own")
        if ours
        else ("옛 데이터 품질인증 DQC-V의 공개된 기준", "the published threshold of DQC-V, Korea's former certification")
    )  # fmt: skip
    return Rule(
        name=name, ko=ko, en=name.capitalize(), least_pct=least_pct, ours=ours,
        rule_ko=f"차단이 없고 선언한 규칙의 정합률 {least_pct:g} % 이상 ({source_ko})",
        rule_en=f"nothing blocks, {least_pct:g} % or more of declared rules hold ({source_en})",
    )  # fmt: skip


WORDS: Final = (
    _word("platinum", "플래티넘", 99.97, ours=False),
    _word("gold", "골드", 99.5, ours=True),
    _word("silver", "실버", 99.0, ours=True),
)
NOT_CERTIFIED_KO: Final = "국가 데이터 품질인증이 아니라 그 등급 이름을 빌린 척도입니다."
NOT_CERTIFIED_EN: Final = (
    "This borrows the names of Korea's data certification and is no such certificate."
)


def weights_of(preset: Preset, indices: Sequence[Index]) -> tuple[Weight, ...]:
    """Return the weights of a preset, scaled up to one over what was measured."""
    measured = {one.name for one in indices if one.pct is not None}
    whole = sum(weight for name, weight in preset.weights if name in measured)
    return tuple(
        Weight(name=name, weight=weight, share=weight / whole if name in measured else 0.0)
        for name, weight in preset.weights
    )


def total(weights: Sequence[Weight], indices: Sequence[Index]) -> float | None:
    """Return the weighted sum in per cent, None where nothing was measured."""
    pct = {one.name: one.pct for one in indices}
    known = [(one.share, value) for one in weights if (value := pct.get(one.name)) is not None]
    return sum(share * value for share, value in known) if known else None


def grade(total_pct: float | None, blockers: int, warnings: int) -> tuple[str, str, str]:
    """Return the letter, and how it came about in Korean and English."""
    if blockers:
        return (
            "-",
            f"차단 {blockers}건을 고쳐야 등급을 매깁니다.",
            f"No grade before {blockers} blocking findings are mended.",
        )
    if total_pct is None:
        return "-", "표가 없어 등급을 매기지 않았습니다.", "There is no table to grade."
    letter = next((one.name for one in LETTERS if total_pct >= one.least_pct), LOWEST)
    if warnings and letter == "A":
        return (
            "B",
            f"차단 없음, 종합 {total_pct:.2f} %, 경고 {warnings}건이 있어 한 단계 낮췄습니다.",
            f"Nothing blocks, total {total_pct:.2f} %, one grade lower for {warnings} warnings.",
        )
    return letter, f"차단 없음, 종합 {total_pct:.2f} %, 경고 {warnings}건.", f"Nothing blocks, total {total_pct:.2f} %, {warnings} warnings."  # fmt: skip


def level(indices: Sequence[Index], blockers: int) -> Level:
    """Return the word for the share of declared rules that hold."""
    declared = _declared({one.name: one for one in indices})
    if declared is None:
        return _none(
            None,
            "선언한 규칙이 없어 매기지 않았습니다.",
            "No rules were declared, so there is none.",
        )
    if blockers:
        return _none(
            declared,
            f"차단 {blockers}건을 고쳐야 매깁니다.",
            f"None before {blockers} blocking findings are mended.",
        )
    above, below = declared
    # Counts decide, so that 99.97 % is not a matter of rounding.
    reached = next((one for one in WORDS if 100 * above >= one.least_pct * below - 1e-9 * below), None)  # fmt: skip
    if reached is None:
        least = f"{WORDS[-1].least_pct:g}"
        return _none(
            declared,
            f"정합률이 {least} %에 못 미칩니다.",
            f"Less than {least} % of declared rules hold.",
        )
    return Level(
        name=reached.name, ko=reached.ko, en=reached.en, numerator=above, denominator=below,
        reason_ko=f"{reached.rule_ko}. {NOT_CERTIFIED_KO}",
        reason_en=f"{reached.rule_en[:1].upper()}{reached.rule_en[1:]}. {NOT_CERTIFIED_EN}",
    )  # fmt: skip


def _declared(known: Mapping[str, Index]) -> tuple[int, int] | None:
    counted = [
        (one.numerator, one.denominator)
        for name in DECLARED
        if (one := known.get(name)) is not None and one.pct is not None
    ]
    if not counted:
        return None
    return sum(above or 0 for above, _ in counted), sum(below or 0 for _, below in counted)


def _none(counted: tuple[int, int] | None, ko: str, en: str) -> Level:
    above, below = counted or (None, None)
    return Level(
        name="-", ko="없음", en="none", numerator=above, denominator=below, reason_ko=ko, reason_en=en,
    )  # fmt: skip
