"""Look at all tables of a dataset together: facts, checks, findings. Pure."""

from collections.abc import Sequence

from quality.across.alike import identical, overlaps, unlike
from quality.across.checking import Facts
from quality.across.checks import CHECKS
from quality.across.copies import copies
from quality.across.laying import laid_out
from quality.across.public import Known, matches, public_list
from quality.across.references import joins
from quality.checks.checking import Thresholds, Unmeasured
from quality.report import Across, Checked, FileReport, Finding


def look_across(
    files: Sequence[FileReport],
    *,
    augmented: bool | None = None,
    known: Sequence[Known] | None = None,
    thresholds: Thresholds | None = None,
) -> Across:
    """Return what the tables of a dataset have to do with each other and with public data.

    Args:
        augmented: what the seller says of it, None where nothing was said
        known: the public data to compare with, None for those of this package
    """
    rules = thresholds or Thresholds()
    laid = laid_out(files)
    same = identical(files, laid)
    public = public_list() if known is None else known
    facts = Facts(
        laid=tuple(laid),
        file_count=len(files),
        sketched=bool(laid) and all(one.sketch is not None for one in laid),
        identical=same,
        unlike=unlike(laid),
        overlaps=overlaps(laid, same),
        joins=joins(laid, rules.reference_share),
        copies=copies(laid, same, whole_share=rules.copied_share, part_share=rules.stretch_share),
        public=matches(files, laid, public, rules.public_share),
        augmented=augmented,
    )
    findings, checked = _checked(facts, rules)
    return Across(
        augmented=augmented, identical=facts.identical, unlike=facts.unlike, overlaps=facts.overlaps, joins=facts.joins,
        copies=facts.copies, public=facts.public, checks=checked, findings=findings,
    )  # fmt: skip


def _checked(facts: Facts, rules: Thresholds) -> tuple[tuple[Finding, ...], tuple[Checked, ...]]:
    findings: list[Finding] = []
    came = []
    for check in CHECKS:
        seen = check.look(facts, rules)
        if isinstance(seen, Unmeasured):
            came.append(Checked(id=check.id, state="unmeasured", reason_ko=seen.ko, reason_en=seen.en))  # fmt: skip
            continue
        findings += seen
        came.append(Checked(id=check.id, state="found" if seen else "clear", count=len(seen)))
    return tuple(findings), tuple(came)
