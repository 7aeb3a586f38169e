"""Facts of a table told apart by machine, lot or label. Pure."""

from typing import Final

import numpy as np
from msgspec.structs import replace

from quality.groupfacts import GroupFacts, Groups
from quality.profile.apart import shift
from quality.profile.finishing import MAD_SCALE, Columns
from quality.profile.hashing import Floats
from quality.profile.parts.groups import LATE
from quality.profile.parts.groups import Groups as Counted
from quality.profile.parts.steps import NONE
from quality.profile.stamping import stamp_text

GROUPS_MAX: Final = 50
# Groups times columns whose numbers are told: a report of many tables stays readable.
CELLS_MAX: Final = 1_000
DIGITS: Final = 6
# Sampled rows of all groups whose numbers are looked at.
ROWS_MAX: Final = 20_000

Figures = tuple[float | None, ...]


def groups_of(facts: Columns) -> tuple[Groups, ...]:
    """Return the facts by machine, lot and class; none where a column has too many values to be shown."""
    plan = facts.counted.plan
    found = []
    for at in dict.fromkeys((*plan.groups, *plan.labels)):
        role = "label" if at in plan.labels else "entity" if at == plan.entity else "group"
        counted = facts.counted.groups[at]
        if counted.exact and len(counted.keys):
            found.append(_groups(facts, at, role, counted))
    return tuple(found)


def _groups(facts: Columns, at: int, role: str, counted: Counted) -> Groups:
    plan = facts.counted.plan
    names = [facts.name_of(at, key) for key in counted.keys.tolist()]
    order = sorted(range(len(names)), key=lambda one: (-int(counted.rows[one]), names[one]))
    shown, left = order[:GROUPS_MAX], order[GROUPS_MAX:]
    own = [one.position for one in plan.of("number")]
    slots = [slot for slot, position in enumerate(own) if position not in (*plan.labels, at)]
    slots = slots[: max(CELLS_MAX // len(shown), 1)]
    listed = [
        replace(
            _bare(facts, at, counted, [one], names[one]),
            **_figures(facts, at, int(counted.keys[one]), (slots, ROWS_MAX // len(shown))),
        )
        for one in shown
    ]
    if role == "entity":
        keys = [int(counted.keys[one]) for one in shown]
        listed = [_ordered(facts, one, key) for one, key in zip(listed, keys, strict=True)]
    rest = _bare(facts, at, counted, left, "") if left else None
    return Groups(
        column=plan.columns[at].name,
        role=role,
        columns=tuple(plan.of("number")[slot].name for slot in slots),
        group_count=len(names),
        run_count=int(facts.counted.runs.run_count[at]),
        groups=tuple(listed),
        rest=rest,
        sampled=any(one.sampled_count < one.row_count for one in listed),
    )


def _bare(facts: Columns, at: int, counted: Counted, chosen: list[int], name: str) -> GroupFacts:
    """Return what was counted of some groups together."""
    plan = facts.counted.plan
    rows = int(counted.rows[chosen].sum())
    first, last = int(counted.first[chosen].min()), int(counted.last[chosen].max())
    form = plan.columns[plan.time].form if plan.time is not None and plan.time != at else None
    known = form is not None and first != LATE and last != NONE
    return GroupFacts(
        name=name,
        row_count=rows,
        share=rows / facts.counted.row_count,
        first=stamp_text(form, first) if known and form else None,
        last=stamp_text(form, last) if known and form else None,
        empty_count=int(counted.empties[chosen].sum()),
    )


def _ordered(facts: Columns, group: GroupFacts, key: int) -> GroupFacts:
    """Add what is known of the order of a machine's rows."""
    counted = facts.counted
    numbers = len(counted.plan.of("number"))
    cells = group.row_count * numbers
    even = counted.plan.step_micro is not None
    return replace(
        group,
        gap_count=counted.entity_steps.gaps_of[key] if even else None,
        flat_share=counted.flat.rows_of[key] / cells if cells else None,
    )


def _figures(facts: Columns, at: int, key: int, of: tuple[list[int], int]) -> dict[str, object]:
    """Return the numbers of one group in the sample of rows, of some columns and at most so many rows."""
    slots, most = of
    sample = facts.counted.sample
    mine = np.flatnonzero(sample.keys[:, facts.counted.plan.keyed.index(at)] == np.uint64(key))
    mine = mine[:: max(-(-len(mine) // most), 1)]
    each = [_of(sample.values[mine, slot]) for slot in slots]
    return {
        "sampled_count": len(mine),
        "means": tuple(one[0] for one in each),
        "medians": tuple(one[1] for one in each),
        "spreads": tuple(one[2] for one in each),
        "shifts": tuple(one[3] for one in each),
    }


def _of(values: Floats) -> Figures:
    known = values[~np.isnan(values)]
    if not len(known):
        return None, None, None, None
    median = float(np.median(known))
    spread = MAD_SCALE * float(np.median(np.abs(known - median)))
    with np.errstate(over="ignore"):
        return _short(float(known.mean())), _short(median), _short(spread), shift(values)


def _short(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
