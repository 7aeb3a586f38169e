"""What was declared becomes part of the plan: kinds, units, order, keys, rules; what cannot be used is noted."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import replace

from quality.profile import times
from quality.profile.numbers import INTEGER, LEADING_ZERO, PLAIN, matching, parsed
from quality.profile.parts.words import Coded
from quality.profile.planned import ColumnPlan, Compared, Expected, Unfit
from quality.settings import DeclaredColumn, Settings, bare

FEW_SHARE: Final = 0.05
FORM_ROWS: Final = 2_000


def honoured(
    plan: ColumnPlan, texts: pa.Array, said: DeclaredColumn | None, unfit: list[Unfit]
) -> ColumnPlan:
    """Return the plan of a column as it was declared, where that can be.

    Args:
        texts: the sample of the column
        unfit: gets what cannot be used
    """
    if said is None:
        return plan
    if said.unit:
        plan = replace(plan, unit=said.unit)
    if said.kind is not None and said.kind != plan.kind:
        plan = _of_kind(plan, texts, said.kind, unfit)
    expected = _expected(plan, said, unfit)
    if not expected.rules:
        return plan
    # What is compared as text must be read as text.
    clean = plan.clean and expected.pattern is None and len(expected.numbers) == len(expected.codes)
    return replace(plan, expected=expected, clean=clean)


def _of_kind(plan: ColumnPlan, texts: pa.Array, kind: str, unfit: list[Unfit]) -> ColumnPlan:
    cells = Coded(texts)
    if kind == "number":
        plain = matching(cells.values, PLAIN) & ~matching(cells.values, r"^\+")
        numeric = parsed(cells.trimmed)[1]
        return replace(
            plan, kind="number", clean=bool((plain | cells.empty).all()), code=False, few=False, form=None,
            whole=bool(matching(cells.trimmed, INTEGER)[numeric].all()),
        )  # fmt: skip
    if kind == "time":
        first = pc.utf8_trim_whitespace(texts.slice(0, FORM_ROWS))
        form = times.best_form(first.filter(pc.not_equal(first, "")))
        if form is None:
            ko, en = "읽을 수 있는 시각이 없습니다", "no cell of it is a time that can be read"
            unfit.append(Unfit(plan.name, "kind = time", ko, en))
            return plan
        return replace(plan, kind="time", form=form, clean=False, code=False, few=False, identifying=False)  # fmt: skip
    few = len(cells.values) <= FEW_SHARE * len(texts)
    return replace(plan, kind="text", clean=False, code=False, few=few, form=None, jump=None)


def _expected(plan: ColumnPlan, said: DeclaredColumn, unfit: list[Unfit]) -> Expected:
    low, high = said.low, said.high
    if plan.kind == "time" and (low is not None or high is not None):
        ko, en = (
            "시각 열에는 숫자 범위를 쓸 수 없습니다",
            "a column of times has no range of numbers",
        )
        unfit.append(Unfit(plan.name, "low, high", ko, en))
        low = high = None
    codes = tuple(dict.fromkeys(one.strip() for one in said.codes))
    return Expected(
        kind=said.kind == plan.kind,
        low=low,
        high=high,
        codes=codes,
        numbers=_numbers(codes),
        pattern=_pattern(plan, said, unfit),
    )


def _numbers(codes: Sequence[str]) -> tuple[float, ...]:
    """Return the codes that are plain numbers; one with a leading zero is a word."""
    if not codes:
        return ()
    texts = pa.array(codes, pa.string())
    values, numeric, _ = parsed(texts)
    return tuple(values[numeric & ~matching(texts, LEADING_ZERO)].tolist())


def _pattern(plan: ColumnPlan, said: DeclaredColumn, unfit: list[Unfit]) -> str | None:
    if said.pattern is None:
        return None
    # RE2 runs in time that grows with the text alone, whatever the pattern.
    whole = f"^(?:{said.pattern})$"
    try:
        pc.match_substring_regex(pa.array([""]), whole)
    except pa.ArrowInvalid as error:
        reason = re.sub(r"\s+", " ", str(error))[:120]
        ko, en = f"정규식을 읽을 수 없습니다({reason})", f"the pattern cannot be read ({reason})"
        unfit.append(Unfit(plan.name, "pattern", ko, en))
        return None
    return whole


def positions(columns: Sequence[ColumnPlan]) -> Mapping[str, int]:
    """Return where the columns stand, by their bare names, the first of several."""
    found: dict[str, int] = {}
    for one in columns:
        found.setdefault(bare(one.name), one.position)
    return found


def ordered(columns: Sequence[ColumnPlan], settings: Settings, unfit: list[Unfit]) -> tuple[int | None, int | None]:  # fmt: skip
    """Return where the declared columns of time and entity stand, None where they are not declared or not fit."""
    places = positions(columns)
    time = places.get(bare(settings.time or ""))
    if time is not None and columns[time].kind != "time":
        ko, en = (
            "시각이 아닌 값이 있어 시간 열로 쓸 수 없습니다",
            "its cells are no times, so it cannot order the rows",
        )
        unfit.append(Unfit(columns[time].name, "time", ko, en))
        time = None
    return time, places.get(bare(settings.entity or ""))


def keyed(columns: Sequence[ColumnPlan], settings: Settings) -> tuple[int, ...]:
    """Return where the declared keys stand, nothing unless all of them are there."""
    places = positions(columns)
    found = [places.get(bare(name)) for name in settings.keys]
    return () if None in found else tuple(one for one in found if one is not None)


def related(
    columns: Sequence[ColumnPlan], settings: Settings, unfit: list[Unfit]
) -> tuple[Compared, ...]:
    """Return the declared rules between columns that are both there and of one kind, numbers or times."""
    places, found = positions(columns), []
    for one in settings.relations:
        left, right = places.get(bare(one.left)), places.get(bare(one.right))
        if left is None or right is None:
            continue
        kinds = {columns[left].kind, columns[right].kind}
        if len(kinds) > 1 or "text" in kinds:
            ko, en = (
                "두 열이 모두 숫자이거나 모두 시각이어야 합니다",
                "both columns must be numbers, or both times",
            )
            unfit.append(Unfit(columns[left].name, one.words, ko, en))
        else:
            found.append(Compared(left, one.op, right))
    return tuple(found)
