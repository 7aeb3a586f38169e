"""What came of what was declared of data, and how a dataset is judged by it: parts of a report. Plain data."""

from msgspec import Struct


class Place(Struct, frozen=True):
    """Where something stands: the row of data from 1, and what is there, hidden where it is personal.

    The row is 0 for a member that has none, as an image, and the line of the file for a row that is broken.
    """

    row: int
    value: str
    column: str | None = None
    member: str | None = None


class Breach(Struct, frozen=True, kw_only=True):
    """Cells that break one thing that was declared of their column: ``kind``, ``range``, ``codes`` or ``pattern``."""

    rule: str
    said: str
    count: int
    places: tuple[Place, ...]


class Kept(Struct, frozen=True, kw_only=True):
    """How the cells of a column keep to what was declared of it.

    ``checked_count`` cells are not empty, ``passed_count`` of them break nothing; ``rules`` names all that was
    looked at, whether broken or not.
    """

    checked_count: int
    passed_count: int
    rules: tuple[str, ...]
    breaches: tuple[Breach, ...] = ()


class KeyFacts(Struct, frozen=True, kw_only=True):
    """Rows by the columns that were declared to tell them apart."""

    columns: tuple[str, ...]
    duplicate_count: int
    distinct_groups: int
    repeated_groups: int
    sampled: bool = False


class Related(Struct, frozen=True, kw_only=True):
    """A declared rule between two columns: rows with both values, and those that break it."""

    rule: str
    column: str
    checked_count: int
    broken_count: int
    places: tuple[Place, ...] = ()


class Weight(Struct, frozen=True, kw_only=True):
    """The weight of an index in the total, and its share of it once what was not measured is left out [1]."""

    name: str
    weight: float
    share: float


class Level(Struct, frozen=True, kw_only=True):
    """The share of declared rules that hold, in the words of Korea's data certification; it is no certificate.

    ``name`` is platinum, gold, silver, or "-" below, while something blocks, or where nothing was declared.
    """

    name: str
    ko: str
    en: str
    numerator: int | None
    denominator: int | None
    reason_ko: str
    reason_en: str

    @property
    def pct(self) -> float | None:
        """The share in per cent."""
        if self.numerator is None or not self.denominator:
            return None
        return 100 * self.numerator / self.denominator
