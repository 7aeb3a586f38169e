"""What is said of data before they are examined, and how they are to be judged. Frozen, versioned, pure.

Whatever is said here is a claim that the file is held against: a column that is not there, a kind that does
not fit or a pattern that cannot be read becomes a finding, never an error of ours.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal

from msgspec import Struct, convert, field, json

from quality.presets import DEFAULT

SETTINGS_VERSION: Final = 1
COLUMNS_MAX: Final = 2_000
CODES_MAX: Final = 1_000
TEXT_CHARS: Final = 1_000
RELATIONS_MAX: Final = 200
# As JSON; they travel to the child, and stand in the report.
SETTINGS_BYTES_MAX: Final = 1 << 20

Kind = Literal["number", "time", "text"]
Operator = Literal["<", "<=", "==", "!=", ">=", ">"]
Threshold = int | float | tuple[float, ...]


class DeclaredColumn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of the columns of one name, in every table that has one.

    Args:
        name: as in the file, without spaces around it
        kind: read the column as this, whatever the sample of it looks like
        unit: overrules the one in the name
        meaning: for people; nothing is counted by it
        low, high: allowed range of its numbers, both ends allowed, None where it is open
        codes: allowed values; numbers are compared as numbers, else as text
        pattern: regular expression (RE2) that a whole cell must match
    """

    name: str
    kind: Kind | None = None
    unit: str = ""
    meaning: str = ""
    low: float | None = None
    high: float | None = None
    codes: tuple[str, ...] = ()
    pattern: str | None = None

    @property
    def ruled(self) -> bool:
        """Whether cells can break what is said."""
        bounds = (self.kind, self.low, self.high, self.pattern)
        return bool(self.codes) or any(one is not None for one in bounds)


class Relation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule between two columns of a row: ``left <= right``, both numbers or both times."""

    left: str
    op: Operator
    right: str

    @property
    def words(self) -> str:
        """The rule as people write it."""
        return f"{self.left} {self.op} {self.right}"


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the caller says of the data of one examination; everything may be left out.

    Args:
        columns: what is said of columns
        time, entity: the column of stamps that orders the rows, and the one that names machine, lot or unit
        keys: columns that tell rows apart together
        label: what a model is to learn
        relations: rules between columns
        as_of: the day on which the data are judged for their age, by check S10
        preset: the name of the weights of the total (``quality.presets``)
        thresholds: those of the checks that differ from the defaults, by name (``checks.checking.Thresholds``)
    """

    columns: tuple[DeclaredColumn, ...] = ()
    time: str | None = None
    entity: str | None = None
    keys: tuple[str, ...] = ()
    label: str | None = None
    relations: tuple[Relation, ...] = ()
    as_of: date | None = None
    preset: str = DEFAULT
    thresholds: dict[str, Threshold] = field(default_factory=dict)
    version: int = SETTINGS_VERSION

    @property
    def id(self) -> str:
        """The name of these settings: a hash of all that they say, nothing where they say nothing."""
        return (
            ""
            if self == NOTHING_SAID
            else hashlib.sha256(json.encode(self, order="sorted")).hexdigest()[:12]
        )

    @property
    def size_bytes(self) -> int:
        """How long they are, written as JSON."""
        return len(json.encode(self))

    def named(self) -> tuple[str, ...]:
        """Return the names of all columns that are spoken of, each once, in order."""
        one = [self.time, self.entity, *self.keys, self.label]
        spoken = [*(each.name for each in self.columns), *(name for name in one if name)]
        spoken += [name for each in self.relations for name in (each.left, each.right)]
        return tuple(dict.fromkeys(bare(name) for name in spoken))


NOTHING_SAID: Final = Settings()


def bare(name: str) -> str:
    """Return a column's name as it is compared: without spaces around it, in its first 300 characters."""
    return name.strip()[:300]


def by_name(settings: Settings) -> Mapping[str, DeclaredColumn]:
    """Return what is said of columns, by their bare names."""
    return {bare(one.name): one for one in settings.columns}


def of_report(report: Mapping[str, Any], file: int) -> Settings | None:
    """Return the settings by which a file of a report, as plain data, was examined; None where unreadable."""
    files = report.get("files", [])
    wanted = files[file].get("settings_id", "") if file < len(files) else ""
    if not wanted:
        return NOTHING_SAID
    for given in report.get("settings", []):
        try:
            found = convert(given, Settings)
        except ValueError:  # of a later version
            continue
        if found.id == wanted:
            return found
    return None
