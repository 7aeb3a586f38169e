"""Facts of labels: what is missing, what contradicts, and what alone tells the class. Pure."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from quality.checks.label.names import CLASSES_MAX
from quality.groupfacts import Conflicts, Label, Leak
from quality.profile.finishing import Columns
from quality.profile.hashing import NULL, Floats
from quality.report import Column

LEAK_ROWS: Final = 20_000
# Classes with fewer rows in the sample say nothing sure.
CLASS_ROWS_MIN: Final = 10
AUC_TOLD: Final = 0.95
STATES_MAX: Final = 50
ROWS_EACH_MIN: Final = 10
ORDER_ROWS_MIN: Final = 100
KNOWN_MIN: Final = 0.5
LEAKS_MAX: Final = 20

Codes = NDArray[np.int64]


def labels_of(facts: Columns, columns: tuple[Column, ...]) -> tuple[Label, ...]:
    """Return the facts of the label columns; one that has many values after all is none, unless it was given."""
    plan = facts.counted.plan
    return tuple(
        _label(facts, columns, at)
        for at in plan.labels
        if plan.label_given or columns[at].distinct_count <= CLASSES_MAX
    )


def _label(facts: Columns, columns: tuple[Column, ...], at: int) -> Label:
    counted = facts.counted
    column = columns[at]
    return Label(
        column=column.name,
        class_count=column.distinct_count,
        missing_count=column.null_count + column.blank_count,
        missing_rows=tuple(row for row, _ in counted.unlabelled[at].first),
        run_count=int(counted.runs.run_count[at]),
        conflicts=_conflicts(facts, at),
        leaks=tuple(_leaks(facts, columns, at)[:LEAKS_MAX]),
        sampled=not counted.sample.whole,
    )


def _conflicts(facts: Columns, at: int) -> Conflicts | None:
    """Return the rows that contradict each other, None where inputs do not tell rows apart."""
    conflicts = facts.counted.conflicts.get(at)
    if conflicts is None:
        return None
    found = conflicts.finish()
    return Conflicts(
        row_count=found.row_count,
        input_count=found.input_count,
        rows=found.rows,
        exact=found.exact,
    )


def _leaks(facts: Columns, columns: tuple[Column, ...], at: int) -> list[Leak]:
    counted, plan = facts.counted, facts.counted.plan
    sample = counted.sample
    step = max(-(-len(sample.rows) // LEAK_ROWS), 1)
    keys = sample.keys[::step]
    labels = keys[:, plan.keyed.index(at)]
    told = labels != NULL
    classes, codes = np.unique(labels[told], return_inverse=True)
    sizes = np.bincount(codes, minlength=len(classes))
    # Rare classes are left aside, so that one odd row hides nothing.
    kept = np.flatnonzero(sizes >= CLASS_ROWS_MIN)
    if len(kept) < 2 or len(kept) > CLASSES_MAX:
        return []
    codes = codes.astype(np.int64)
    found = _of_order(facts, columns[at], sample.rows[::step][told].astype(np.float64), codes, kept)
    ordered = bool(found)
    values = sample.values[::step][told]
    for slot, one in enumerate(plan.of("number")):
        if one.position in plan.labels or (ordered and columns[one.position].identifying):
            continue
        leak = _of_numbers(one.name, values[:, slot], codes, kept)
        found += [leak] if leak is not None else []
    for place, position in enumerate(plan.keyed):
        if position not in plan.labels and plan.columns[position].kind == "text":
            states = np.unique(keys[told, place], return_inverse=True)[1].astype(np.int64)
            if determines(states, codes, kept):
                found.append(Leak(column=columns[position].name, how="determined", score=1.0))
    return sorted(found, key=lambda one: -one.score)


def _of_order(facts: Columns, label: Column, rows: Floats, codes: Codes, kept: Codes) -> list[Leak]:
    """Return whether the classes stand one after the other."""
    if facts.counted.row_count < ORDER_ROWS_MIN:
        return []
    runs = int(facts.counted.runs.run_count[label.position])
    score = 1.0 if runs == label.distinct_count else area(rows, codes, kept)
    return [Leak(column=None, how="order", score=score)] if score >= AUC_TOLD else []


def _of_numbers(name: str, values: Floats, codes: Codes, kept: Codes) -> Leak | None:
    there = ~np.isnan(values)
    states, places = np.unique(np.where(there, values, np.inf), return_inverse=True)
    if len(states) <= STATES_MAX and determines(places.astype(np.int64), codes, kept):
        return Leak(column=name, how="determined", score=1.0)
    if np.count_nonzero(there) < KNOWN_MIN * len(values):
        return None
    score = area(values[there], codes[there], kept)
    return Leak(column=name, how="auc", score=score) if score >= AUC_TOLD else None


def determines(states: Codes, codes: Codes, kept: Codes) -> bool:
    """Whether each state goes with one class alone; states must come again, and all classes be among them."""
    chosen = np.isin(codes, kept)
    states, codes = states[chosen], codes[chosen]
    count = len(np.unique(states))
    if count < 2 or count > STATES_MAX or count * ROWS_EACH_MIN > len(states):
        return False
    pairs = np.unique(states * (int(codes.max()) + 1) + codes)
    return len(pairs) == count


def area(values: Floats, codes: Codes, kept: Codes) -> float:
    """Return the greatest area under the curve by which values tell one class from all others, 0.5 to 1.

    Source:
        J. A. Hanley, B. J. McNeil, "The meaning and use of the area under a receiver operating
        characteristic (ROC) curve", Radiology 143, 1982: it is the Wilcoxon statistic.
    """
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    upto = np.cumsum(counts)
    ranks = (upto - (counts - 1) / 2)[places]
    best = 0.5
    for one in kept.tolist():
        mine = codes == one
        own = int(mine.sum())
        others = len(codes) - own
        if min(own, others) >= CLASS_ROWS_MIN:
            score = (float(ranks[mine].sum()) - own * (own + 1) / 2) / (own * others)
            best = max(best, score, 1 - score)
    return round(best, 6)
