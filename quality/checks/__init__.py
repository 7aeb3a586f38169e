"""Checks of a counted table: each a small module, found here by its id."""

from typing import Final

from msgspec.structs import replace

from quality.checks.checking import Check, Thresholds, Unmeasured
from quality.checks.label import balance, conflicting, leak
from quality.checks.label import missing as unlabelled
from quality.checks.provenance import repeated
from quality.checks.sensor import (
    clipped,
    coarse,
    drift,
    mixed_units,
    quiet,
    sentinel,
    spikes,
    stuck,
)
from quality.checks.table import limits, related, same_columns, spelling
from quality.checks.time import clock, gaps, resolution
from quality.report import Checked, Finding, Table

CHECKS: Final[tuple[Check, ...]] = tuple(
    module.CHECK
    for module in (
        same_columns, spelling, limits, gaps, resolution, clock,
        stuck, clipped, sentinel, spikes, drift, coarse, quiet, mixed_units, balance, conflicting, leak, unlabelled, related,
        repeated,
    )
)  # fmt: skip


def run(
    table: Table, member: str | None, thresholds: Thresholds | None = None
) -> tuple[list[Finding], tuple[Checked, ...]]:
    """Run every check on a table; return the findings, and what came of each check. Pure.

    Args:
        member: of the archive that the table lies in
    """
    findings: list[Finding] = []
    came = []
    for check in CHECKS:
        seen = check.look(table, thresholds or Thresholds())
        if isinstance(seen, Unmeasured):
            came.append(
                Checked(id=check.id, state="unmeasured", reason_ko=seen.ko, reason_en=seen.en)
            )
            continue
        findings += [replace(one, member=member) for one in seen]
        came.append(Checked(id=check.id, state="found" if seen else "clear", count=len(seen)))
    return findings, tuple(came)
