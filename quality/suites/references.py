"""Columns of other files that rules refer to: the values that stand there, as hashes; in the child alone."""

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

import numpy as np
import pyarrow as pa
from msgspec import Struct

from quality.findings import Refused
from quality.limits import Limits
from quality.orders import Beside
from quality.profile.feeding import again, feed
from quality.profile.hashing import Hashes, of_texts
from quality.profile.planned import ColumnPlan
from quality.sources import OpenFile
from quality.suites.parts import CellPart, NotRun
from quality.suites.suite import Expectation
from quality.suites.viewing import Flags, View

# Values that are gathered before they are sorted into what is known.
WAITING_MAX: Final = 1_000_000


class Known(Struct, frozen=True):
    """The values of a column of another file: of which kind they are, and their hashes in order."""

    kind: str
    hashes: Hashes


class References:
    """The files that rules may refer to; each column is read once, however many rules name it.

    Args:
        fds: of the files, in the same order
    """

    def __init__(self, beside: Sequence[Beside], fds: Sequence[int], limits: Limits) -> None:
        opened = [OpenFile(fd, one.size_bytes) for one, fd in zip(beside, fds, strict=True)]
        self.files = [(one.name, file) for one, file in zip(beside, opened, strict=True)]
        self.limits = limits
        self._known: dict[tuple[str, str | None, str, str], Known] = {}

    def part(self, rule: Expectation, plan: ColumnPlan) -> CellPart:
        """Return what counts the cells of a column that do not stand in the other file.

        Raises:
            NotRun: there is no such file, table or column, or it cannot be read
        """
        known = self._values(rule, plan.kind)
        at, same = plan.position, known.kind == plan.kind

        def test(view: View) -> Flags:
            if same:
                return _among(view.hashes(at), known.hashes)
            texts, places, _ = view.texts(at)
            return _among(of_texts(texts), known.hashes)[places]

        return CellPart(at, test, float(rule.kwargs.get("mostly", 1.0)))

    def _values(self, rule: Expectation, kind: str) -> Known:
        kwargs = rule.kwargs
        key = kwargs["other_file"], kwargs.get("other_table"), kwargs["other_column"], kind
        if key not in self._known:
            try:
                self._known[key] = self._read(rule, kind)
            except Refused as refused:
                why = refused.finding
                raise NotRun(
                    f"파일 '{key[0]}'을(를) 읽을 수 없습니다. {why.ko}",
                    f"File '{key[0]}' cannot be read. {why.en}",
                ) from refused
        return self._known[key]

    def _read(self, rule: Expectation, kind: str) -> Known:
        from quality.profile import opened, readings  # noqa: PLC0415 - the profile imports this

        name, table, column = (
            rule.kwargs.get(one) for one in ("other_file", "other_table", "other_column")
        )
        files = [one for one in self.files if fnmatchcase(one[0], str(name))]
        if not files:
            raise NotRun(f"파일 '{name}'이(가) 없습니다.", f"There is no file '{name}'.")
        found: list[Known] = []
        for called, file in files:
            for member, reading in readings(opened(file, called, self.limits), self.limits):
                names = (reading.name, member, f"{member} / {reading.name}")
                if (table is None or table in names) and reading.columns.count(str(column)) == 1:
                    fed = feed(reading, self.limits)
                    if fed is not None:
                        plan = fed.plan.columns[reading.columns.index(str(column))]
                        found.append(_column(plan, map(View, again(fed, self.limits)), kind))
        if not found:
            raise NotRun(
                f"파일 '{name}'에 '{column}' 열이 없습니다.",
                f"File '{name}' has no column '{column}'.",
            )
        if len({one.kind for one in found}) > 1:
            raise NotRun(
                f"파일 '{name}'의 '{column}' 열은 표마다 종류가 다릅니다.",
                f"Column '{column}' of '{name}' is of another kind in each table.",
            )
        return Known(found[0].kind, np.unique(np.concatenate([one.hashes for one in found])))


def _column(plan: ColumnPlan, views: Iterator[View], kind: str) -> Known:
    """Return the values of a column, as texts where the column that refers to it is of another kind."""
    at = plan.position
    read = _own(at) if plan.kind == kind else _as_texts(at)
    kept, waiting = np.empty(0, dtype=np.uint64), [np.empty(0, dtype=np.uint64)]
    for view in views:
        waiting.append(read(view))
        if sum(map(len, waiting)) > max(len(kept), WAITING_MAX):
            kept, waiting = np.unique(np.concatenate([kept, *waiting])), []
    kept = np.unique(np.concatenate([kept, *waiting]))
    return Known(kind if plan.kind == kind else "as text", kept)


def _own(at: int) -> Callable[[View], Hashes]:
    return lambda view: np.unique(view.hashes(at)[view.filled(at)])


def _as_texts(at: int) -> Callable[[View], Hashes]:
    def read(view: View) -> Hashes:
        texts, _, there = view.texts(at)
        return np.unique(of_texts(texts.filter(pa.array(there))))

    return read


def _among(hashes: Hashes, known: Hashes) -> Flags:
    """Return which hashes are among the known ones, which are in order."""
    if not len(known):
        return np.zeros(len(hashes), dtype=bool)
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.asarray(known[places] == hashes, dtype=bool)
