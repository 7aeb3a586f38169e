"""The tables of a dataset laid side by side: each with its file, its sketch and the split it belongs to. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from quality.report import FileReport, Table
from quality.sketches import Sketch

SPLITS: Final = {
    "train": re.compile(r"(^|[^a-z])(train|training)([^a-z]|$)|학습|훈련", re.IGNORECASE),
    "valid": re.compile(r"(^|[^a-z])(valid|validation|val|dev)([^a-z]|$)|검증", re.IGNORECASE),
    "test": re.compile(r"(^|[^a-z])(test|testing|holdout)([^a-z]|$)|시험|평가|테스트", re.IGNORECASE),
}  # fmt: skip


class Laid(Struct, frozen=True, kw_only=True):
    """One table.

    Args:
        label: how it is called among all tables of the dataset
        file: place of its file
        path: its file's folders and name, and the member's; what splits are told by
        sketch: None where the report is older than sketches, or too large for them
    """

    label: str
    file: int
    path: str
    table: Table
    sketch: Sketch | None

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns' names without outer spaces."""
        return tuple(column.name.strip() for column in self.table.columns)

    @property
    def split(self) -> str:
        """``train``, ``valid`` or ``test`` by its name, else nothing; a name that says two says none."""
        found = [name for name, pattern in SPLITS.items() if pattern.search(self.path)]
        return found[0] if len(found) == 1 else ""


def laid_out(files: Sequence[FileReport]) -> list[Laid]:
    """Return all tables in the order of the files."""
    names = Counter(table.name for file in files for table in file.tables)
    laid = []
    for at, file in enumerate(files):
        sketches = {one.table: one for one in file.sketches}
        where = file.path or file.name
        for table in file.tables:
            own = table.name if table.name != file.name else ""
            path = f"{where} / {own}" if own else where
            clear = names[table.name] == 1 and (len(files) == 1 or not own or file.kind == "zip")
            laid.append(
                Laid(
                    label=table.name if clear else path,
                    file=at,
                    path=path,
                    table=table,
                    sketch=sketches.get(table.name),
                )
            )
    return laid
