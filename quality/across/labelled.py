"""Labels that the names of files tell: a class for each table, or words that stand where no column of labels is. Pure."""

import re
from collections.abc import Sequence
from typing import Final

from quality.across.checking import ONE_TABLE, Facts
from quality.across.laying import Laid
from quality.checks.checking import Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding

# What names say of a table: that all was well in it, or that it was not. The second goes first, as 비정상 holds 정상.
WORDS: Final = (
    ("bad", re.compile(r"(^|[^a-z])(abnormal|anomal(y|ies|ous)|fault(y|s)?|defect(s|ive)?|fail(ed|ures?)?|damaged?|broken|bad|ng)([^a-z]|$)|비정상|불량|불합격|고장|결함|파손|손상", re.IGNORECASE)),
    ("good", re.compile(r"(^|[^a-z])(normal|healthy|good|ok|pass(ed)?)([^a-z]|$)|정상|양품|합격", re.IGNORECASE)),
)  # fmt: skip
CLASSES_LEAST: Final = 2
NAMES_SHOWN: Final = 3


def look(facts: Facts, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find tables of the same columns whose file tells the label of all their rows."""
    if len(facts.laid) < 2:
        return ONE_TABLE
    groups: dict[tuple[str, ...], list[Laid]] = {}
    for one in facts.laid:
        groups.setdefault(one.names, []).append(one)
    alike = [group for group in groups.values() if len(group) > 1]
    if not alike:
        return Unmeasured(
            "열이 같은 표가 둘 이상 없습니다.", "No two tables have the same columns."
        )
    return [one for group in alike for one in (*_by_file(group), *_in_name(group))]


def _by_file(group: Sequence[Laid]) -> list[Finding]:
    labels = dict.fromkeys(label.column for one in group for label in one.table.labels)
    listed = []
    for name in labels:
        classes = [_class_of(one, name) for one in group]
        told = {one for one in classes if one is not None}
        if None in classes or len(told) < CLASSES_LEAST:
            continue
        listed.append(
            found(
                "LABEL_BY_FILE", column=name, count=len(group), classes=len(told),
                examples=[f"{one.label}: {seen}" for one, seen in _firsts(group, classes)],
            )
        )  # fmt: skip
    return listed


def _class_of(one: Laid, name: str) -> str | None:
    """Return the one class of a label that a table has, None where it has none or several."""
    label = next((label for label in one.table.labels if label.column == name), None)
    column = next((column for column in one.table.columns if column.name == name), None)
    if label is None or column is None or label.class_count != 1 or not column.top_values:
        return None
    return column.top_values[0][0]


def _in_name(group: Sequence[Laid]) -> list[Finding]:
    if any(one.table.labels for one in group):
        return []
    words = [_word_of(one.path) for one in group]
    told = {one for one in words if one is not None}
    if len(told) < CLASSES_LEAST:
        return []
    names = [one.label for one, _ in _firsts(group, words)]
    count = sum(one is not None for one in words)
    return [found("LABEL_IN_NAME", count=count, classes=len(told), examples=names)]


def _word_of(path: str) -> str | None:
    return next((name for name, pattern in WORDS if pattern.search(path)), None)


def _firsts(group: Sequence[Laid], classes: Sequence[str | None]) -> list[tuple[Laid, str]]:
    """Return the first table of each class."""
    firsts: dict[str, Laid] = {}
    for one, seen in zip(group, classes, strict=True):
        if seen is not None:
            firsts.setdefault(seen, one)
    return [(one, seen) for seen, one in list(firsts.items())[:NAMES_SHOWN]]
