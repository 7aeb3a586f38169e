"""What a check is: its name, the dimension of quality it belongs to, its rule, and how it looks at a table or file."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from quality.findings import KINDS
from quality.report import FileReport, Finding, Severity, Table


class Dimension(StrEnum):
    """The dimensions of quality in Korean use."""

    completeness = "완전성"
    uniqueness = "유일성"
    validity = "유효성"
    consistency = "일관성"
    accuracy = "정확성"
    integrity = "무결성"
    timeliness = "적시성"


# The characteristic of ISO/IEC 25012:2008 that each belongs to.
ISO_25012: Final = {
    Dimension.completeness: "completeness",
    Dimension.uniqueness: "consistency",
    Dimension.validity: "compliance",
    Dimension.consistency: "consistency",
    Dimension.accuracy: "accuracy",
    Dimension.integrity: "credibility",
    Dimension.timeliness: "currentness",
}


class Thresholds(Struct, frozen=True, kw_only=True):
    """What the rules compare with; an exchange may set others for itself or for a kind of product.

    Args:
        stuck_rows, stuck_share: shortest stretch of one value that counts, in rows and as a share of the table
        stuck_factor, stuck_most_share: and so many times longer than the usual stretch of the column, or this
            share of the table
        varied_values: with fewer different values a column is set by hand, not measured
        clipped_share, clipped_factor, clipped_rows: values at an extreme: as a share, against the usual count of
            a value, and at least
        spikes_share_max: with more spikes than this share the signal is simply restless
        drift_spreads, drift_columns: how many spreads the level must change by; so many columns are named
        coarse_values, coarse_rows: a measured column with so few values in so many rows is coarse
        rare_share: share of the rarest class
        clock_s: a step back of about an hour [s], from and to
        quiet_share_max: where more of a column is quiet, that is how it moves
        shift: how far the first and the last third of a column must be apart, 0 to 1
        unit_rows, unit_tolerance: smallest group whose level is compared, and how near the ratio of two levels must
            be to that of two units
        conflict_share: share of rows with contradicting labels that is a warning
        leak_auc: the area under the curve from which on a column gives the label away
        turns: with so many times more stretches than machines, their rows take turns
        rows_shared_share: rows of a table that another has, too
        copied_share, stretch_share: stretches of a column that another has, too: for a copy, and at all
        repeated_share: stretches of a column that come again in it
        reference_share: values that a column must hold before another refers to it
        public_share: rows or stretches of a table that public data have, too
        sparse_share: a column with a greater share of empty cells is told
        nearly_share, nearly_rows: a column with one value in so much of so many rows is nearly constant
        mixed_share: a text column with such a share of plain numbers, and of others, mixes types
        key_share_max: a key that more rows repeat is none
        sensor_columns, sensor_rows: a table of so many number columns and rows is expected to have a time
        apart_factor: a machine whose beat differs by it from the others' stands out
        as_of, fresh_days: the date by which the age of the last stamp is measured (ISO 8601, "" for none), and
            how old it may be
        named_share: so many texts must look like names or addresses where the header says so
    """

    stuck_rows: int = 10
    stuck_share: float = 0.01
    stuck_factor: float = 5.0
    stuck_most_share: float = 0.2
    varied_values: int = 20
    clipped_share: float = 0.01
    clipped_factor: float = 5.0
    clipped_rows: int = 10
    spikes_share_max: float = 0.01
    drift_spreads: float = 3.0
    drift_columns: int = 10
    coarse_values: int = 10
    coarse_rows: int = 500
    rare_share: float = 0.05
    clock_s: tuple[float, float] = (3_000.0, 4_000.0)
    quiet_share_max: float = 0.2
    shift: float = 0.6
    unit_rows: int = 30
    unit_tolerance: float = 0.1
    conflict_share: float = 0.01
    leak_auc: float = 0.99
    turns: float = 2.0
    rows_shared_share: float = 0.05
    copied_share: float = 0.9
    stretch_share: float = 0.02
    repeated_share: float = 0.05
    reference_share: float = 0.5
    public_share: float = 0.1
    sparse_share: float = 0.30
    nearly_share: float = 0.995
    nearly_rows: int = 200
    mixed_share: float = 0.05
    key_share_max: float = 0.01
    sensor_columns: int = 3
    sensor_rows: int = 50
    apart_factor: float = 1.5
    as_of: str = ""
    fresh_days: int = 365
    named_share: float = 0.6


class Unmeasured(Struct, frozen=True):
    """Why a check could not run."""

    ko: str
    en: str


Look = Callable[[Table, Thresholds], Sequence[Finding] | Unmeasured]
# Says why a file that shows nothing could not be measured, None where it was.
Whole = Callable[[FileReport], Unmeasured | None]

_WORST: Final = (Severity.blocker, Severity.warning, Severity.note)


class Check(Struct, frozen=True, kw_only=True):
    """One check.

    Args:
        id: as in the list of checks, ``N1``
        codes: of the findings it gives
        rule_ko, rule_en: what is compared, in words
        source: where the rule comes from
        look: how it looks at a table; None where its findings come with the reading of the file
        whole: given for a check that is told of the file and not of each table
        todo_ko, todo_en: what the seller can do about it
    """

    id: str
    ko: str
    en: str
    dimension: Dimension
    codes: tuple[str, ...]
    rule_ko: str
    rule_en: str
    source: str
    look: Look | None = None
    whole: Whole | None = None
    todo_ko: str = ""
    todo_en: str = ""

    @property
    def iso(self) -> str:
        """The characteristic of ISO/IEC 25012:2008 it belongs to."""
        return ISO_25012[self.dimension]

    @property
    def severity(self) -> Severity:
        """The worst that it can say."""
        own = {KINDS[code].severity for code in self.codes}
        return next(one for one in _WORST if one in own)


NO_NUMBERS: Final = Unmeasured("숫자 열이 없습니다.", "There is no column of numbers.")
NO_TIME: Final = Unmeasured("시각 열이 없습니다.", "There is no column of time.")
NO_TEXT: Final = Unmeasured("글자 열이 없습니다.", "There is no column of text.")
UNREAD: Final = Unmeasured("파일을 끝까지 읽지 못했습니다.", "The file was not read to its end.")
