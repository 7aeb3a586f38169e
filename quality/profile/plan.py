"""Make the plan of a table from a sample of its rows."""

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import replace

from quality.profile import honouring, privacy, times
from quality.profile.grouping import grouping
from quality.profile.keying import key_pairs, numbering
from quality.profile.numbers import INTEGER, LEADING_ZERO, PLAIN, parsed
from quality.profile.ordering import jump_of, ordering, usual_step
from quality.profile.parts.steps import NONE
from quality.profile.parts.words import PLACEHOLDERS, Coded, matching
from quality.profile.planned import ColumnPlan, Plan, Unfit
from quality.settings import NOTHING_SAID, Settings, bare, by_name
from quality.units import unit_of

KIND_SHARE: Final = 0.95
FORM_ROWS: Final = 2_000
IDENTIFYING_ROWS_MIN: Final = 20
IDENTIFYING_MAX: Final = 4
FEW_SHARE: Final = 0.05
# An integer of more digits is not exact as a float: such are codes, where they are no exception and no overflow.
DIGITS_MAX: Final = 15
CODE_DIGITS_MAX: Final = 64
LONG_SHARE: Final = 0.05
LONG: Final = rf"^[+-]?[0-9]{{{DIGITS_MAX + 1},{CODE_DIGITS_MAX}}}$"


def plan_of(
    names: tuple[str, ...],
    declared: tuple[str, ...],
    parts: list[list[pa.Array]],
    settings: Settings = NOTHING_SAID,
) -> Plan:
    """Return the plan of a table.

    Args:
        parts: stretches of the table; of each the columns as text
        settings: what the caller says of the data, which goes before what the sample looks like
    """
    said, unfit = by_name(settings), list[Unfit]()
    columns = []
    for at, (name, kind) in enumerate(zip(names, declared, strict=True)):
        texts = pa.concat_arrays([part[at] for part in parts])
        plan = _column(at, name, kind, texts)
        columns.append(honouring.honoured(plan, texts, said.get(bare(name)), unfit))
    columns = _named_ids(columns)
    coded = [{at: Coded(part[at]) for at in range(len(columns))} for part in parts]
    time, entity = ordering(columns, coded, honouring.ordered(columns, settings, unfit))
    planned = [
        replace(one, jump=jump_of(one, entity, coded)) if one.kind == "number" else one
        for one in columns
    ]
    groups, labels, states = grouping(columns, coded, entity, settings.label)
    return Plan(
        columns=tuple(planned),
        time=time,
        entity=entity,
        groups=groups,
        labels=labels,
        label_given=settings.label is not None,
        states=states,
        pairs=key_pairs(planned, (time, entity), coded),
        step_micro=usual_step(columns, coded, time, entity),
        keys=honouring.keyed(columns, settings),
        relations=honouring.related(columns, settings, unfit),
        unfit=tuple(unfit),
    )


def _column(position: int, name: str, declared: str, texts: pa.Array) -> ColumnPlan:
    cells = Coded(texts)
    told = ~cells.empty & ~cells.blank
    placeholder = matching(cells.trimmed, PLACEHOLDERS)
    filled = int(cells.counts[told & ~placeholder].sum())
    _, numeric, _ = parsed(cells.trimmed)
    zeros = numeric & matching(cells.trimmed, LEADING_ZERO)
    long = numeric & matching(cells.trimmed, LONG)
    enough = max(KIND_SHARE * filled, 1)
    known = int(cells.counts[numeric].sum())
    long_enough = max(LONG_SHARE * known, 1)
    is_number = declared == "number" or known >= enough
    # Plain numbers under a header that says account or passport are no measurements.
    headed = bool(privacy.headed(name)) and known > 0
    code = (
        bool(headed or zeros.any() or cells.counts[long].sum() >= long_enough)
        and declared != "number"
    )
    base: dict[str, Any] = {
        "position": position,
        "name": name,
        "declared": declared,
        "unit": unit_of(name),
    }
    form = None
    if declared != "number":
        first = pc.utf8_trim_whitespace(texts.slice(0, FORM_ROWS))
        form = times.find_form(first.filter(pc.not_equal(first, "")))
    if form is not None and _stamped(cells, form) >= enough:
        return ColumnPlan(**base, kind="time", form=form)
    identifying = (
        len(texts) >= IDENTIFYING_ROWS_MIN
        and not cells.empty.any()
        and len(cells.values) == len(texts)
    )
    if is_number and not code:
        plain = matching(cells.values, PLAIN) & ~matching(cells.values, r"^\+")
        whole = bool(matching(cells.trimmed, INTEGER)[numeric].all())
        return ColumnPlan(
            **base, kind="number", clean=bool((plain | cells.empty).all()), whole=whole,
            identifying=identifying and whole and declared != "number",
            key=whole and numbering(name, cells),
        )  # fmt: skip
    return ColumnPlan(
        **base,
        kind="text",
        few=len(cells.values) <= FEW_SHARE * len(texts),
        code=code and is_number,
        identifying=identifying and declared != "nested",
        key=declared != "nested" and numbering(name, cells),
    )


def _stamped(cells: Coded, form: str) -> int:
    return int(cells.counts[times.stamps(cells.trimmed, form) != NONE].sum())


def _named_ids(columns: list[ColumnPlan]) -> list[ColumnPlan]:
    """Keep at most so many columns as numbering the rows."""
    left, out = IDENTIFYING_MAX, []
    for one in columns:
        kept = one.identifying and left > 0
        left -= kept
        out.append(replace(one, identifying=kept))
    return out
