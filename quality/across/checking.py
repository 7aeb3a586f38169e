"""What a check of a whole dataset is: as a check of a table, but it looks at what its tables have in common."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from quality.across.facts import Copy, Identical, Join, Overlap, PublicMatch, Unlike
from quality.across.laying import Laid
from quality.checks.checking import ISO_25012, Dimension, Thresholds, Unmeasured
from quality.report import Finding


class Facts(Struct, frozen=True, kw_only=True):
    """Everything that was found between the tables of a dataset, and with public data.

    Args:
        sketched: whether the tables have sketches at all
        augmented: what its seller says of it, None where nothing was said
    """

    laid: tuple[Laid, ...]
    file_count: int
    sketched: bool
    identical: tuple[Identical, ...] = ()
    unlike: tuple[Unlike, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    joins: tuple[Join, ...] = ()
    copies: tuple[Copy, ...] = ()
    public: tuple[PublicMatch, ...] = ()
    augmented: bool | None = None


class AcrossCheck(Struct, frozen=True, kw_only=True):
    """One check of a dataset; the fields are those of a check of a table."""

    id: str
    ko: str
    en: str
    dimension: Dimension
    codes: tuple[str, ...]
    rule_ko: str
    rule_en: str
    source: str
    look: Callable[[Facts, Thresholds], Sequence[Finding] | Unmeasured]

    @property
    def iso(self) -> str:
        """The characteristic of ISO/IEC 25012:2008 it belongs to."""
        return ISO_25012[self.dimension]


ONE_TABLE = Unmeasured("표가 하나뿐입니다.", "There is one table only.")
NO_SKETCH = Unmeasured(
    "비교할 지문이 없는 보고서입니다(지문을 남기기 전의 엔진이거나 표가 너무 많음).",
    "The report has no fingerprints to compare: an older engine made it, or there are too many tables.",
)
