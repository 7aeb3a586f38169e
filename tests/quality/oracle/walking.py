"""Walk every figure of a facts file and compare it with what a rule takes from our report."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from quality import Column, DatasetReport, FileReport, Table
from quality.certificates import CertifiedFile

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Silent:
    """The report does not state such a figure, and why that is meant."""

    why: str


@dataclass(frozen=True)
class Case:
    """A real file: its facts, our report of it, the dataset's report made of that, its certificate's entry."""

    facts: dict[str, Any]
    report: FileReport
    dataset: DatasetReport
    entry: CertifiedFile

    @property
    def table(self) -> Table:
        """The one table of a file that is one."""
        (table,) = self.report.tables
        return table

    def member(self, at: int) -> Table:
        """The table that a member of the archive became."""
        name = composed(self.facts["member_facts"][at]["name"])
        return next(t for t in self.report.tables if t.name.split(" / ")[0] == name)

    def column(self, name: str) -> Column:
        """A column by its name."""
        return next(one for one in self.table.columns if one.name == name)


Rule = Callable[[Case, re.Match[str], Any], object]
"""Gives what our report says for a path (matched) whose figure in the facts is the last argument.

It gives True where it has compared in a way of its own, ``Silent`` where the report states no such figure.
"""


@dataclass
class Walked:
    """What came of a walk."""

    compared: int = 0
    silent: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    unruled: list[str] = field(default_factory=list)


def figures(value: Any, path: Path = ()) -> Iterator[tuple[str, Any]]:
    """Yield every leaf with its path; an empty list or object is a leaf, too."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from figures(inner, (*path, key))
    elif isinstance(value, list) and value:
        for at, inner in enumerate(value):
            yield from figures(inner, (*path, at))
    else:
        yield "|".join(str(one) for one in path), value


def walk(case: Case, rules: list[tuple[re.Pattern[str], Rule]]) -> Walked:
    """Compare every figure; floats within 1e-8, since the facts have ten digits."""
    walked = Walked()
    for path, truth in figures(case.facts):
        found = ((match, rule) for pattern, rule in rules if (match := pattern.fullmatch(path)))
        match, rule = next(found, (None, None))
        if match is None or rule is None:
            walked.unruled.append(path)
            continue
        ours = rule(case, match, truth)
        if isinstance(ours, Silent):
            walked.silent[ours.why] += 1
            continue
        walked.compared += 1
        if not agrees(ours, truth):
            walked.wrong.append(f"{path}: facts {truth!r}, ours {ours!r}")
    return walked


def agrees(ours: object, truth: Any) -> bool:
    """Whether two figures are the same."""
    if ours is True or (type(ours) is type(truth) and ours == truth):
        return True
    numbers = (int, float)
    if isinstance(ours, numbers) and isinstance(truth, numbers) and not isinstance(ours, bool):
        return math.isclose(ours, truth, rel_tol=1e-8, abs_tol=1e-9)
    return bool(ours == truth)


def composed(name: str) -> str:
    """A name as we show it, whatever the archive says."""
    return unicodedata.normalize("NFC", name)


def same(alike: bool, truth: Any, ours: object) -> object:  # noqa: FBT001 - reads as a sentence
    """Say the truth where a comparison of its own found it, else what we have instead."""
    return truth if alike else ours


def by_text(ours: str, truth: Any) -> bool:
    """Whether a value as text is one of the oracle's, a number by its value."""
    try:
        return math.isclose(float(ours), float(str(truth).replace(",", "")), rel_tol=1e-9)
    except ValueError:
        return bool(ours == truth)


def ruled(patterns: dict[str, Rule]) -> list[tuple[re.Pattern[str], Rule]]:
    """Compile the patterns, in their order."""
    return [(re.compile(pattern), rule) for pattern, rule in patterns.items()]
