"""By which columns a table is told apart: machines, lots, moulds, and the classes of a label."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from quality.checks.label.names import CLASSES_MAX, named_like_label
from quality.profile.parts.words import Coded
from quality.profile.planned import ColumnPlan

GROUPS_MAX: Final = 3
LABELS_MAX: Final = 4
STATES_MAX: Final = 8
VALUES_MAX: Final = 1_000
# A value that names a machine comes again at least so often.
ROWS_EACH_MIN: Final = 10
NAMED: Final = re.compile(
    r"(^|[^a-z])(machine|equip(ment)?|facility|line|lot|batch|mou?ld|furnace|robot|station|cell|device|unit|asset)"
    r"[ _-]?(id|no\.?|nr\.?|num|number|name|code)?[ _-]?[0-9]*$"
    r"|(설비|장비|기계|호기|라인|로트|배치|금형) ?_?(번호|이름|명|코드|id|no\.?)?$",
    re.IGNORECASE,
)

Part = Mapping[int, Coded]


def grouping(
    columns: Sequence[ColumnPlan],
    parts: Sequence[Part],
    entity: int | None,
    given: str | None,
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Return the positions of the columns that group, of labels, and of others with few texts.

    Args:
        entity: position of the column within which steps of time are even
        given: the name of the label, where somebody said it; None looks at the names
    """
    few = {one.position: _values(one, parts) for one in columns if one.kind != "time"}
    if given is not None:
        labels = [at for at in few if columns[at].name.strip() == given.strip()]
    else:
        labels = [
            at
            for at, most in few.items()
            if 0 < most <= CLASSES_MAX and named_like_label(columns[at].name)
        ]
    labels = labels[:LABELS_MAX]
    named = [
        at
        for at, most in few.items()
        if at not in (*labels, entity) and 2 <= most <= _most(parts) and _names(columns[at])
    ]
    groups = [*([] if entity is None else [entity]), *named][:GROUPS_MAX]
    states = [
        one.position
        for one in columns
        if one.kind == "text"
        and one.position not in (*labels, *groups)
        and 2 <= few[one.position] <= _most(parts)
    ]
    return tuple(groups), tuple(labels), tuple(states[:STATES_MAX])


def _names(column: ColumnPlan) -> bool:
    # Numbers that were measured have fractions or units.
    whole = column.kind == "text" or (column.whole and column.unit is None)
    return whole and NAMED.search(column.name.strip()) is not None


def _values(column: ColumnPlan, parts: Sequence[Part]) -> int:
    """Return how many values a column has in the stretch with most of them."""
    return max(
        (int((~part[column.position].empty).sum()) for part in parts),
        default=0,
    )


def _most(parts: Sequence[Part]) -> int:
    rows = max(len(part[0].places) for part in parts)
    return min(VALUES_MAX, rows // ROWS_EACH_MIN)
