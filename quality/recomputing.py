"""Counting again what a certificate says: which files are at hand, and which numbers come out differently."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, json
from msgspec.structs import replace

from quality.canonical import encode, plain
from quality.certificates import Certificate, CertifiedFile, certified
from quality.differing import Difference, count_numbers, differing
from quality.examining import examine
from quality.gathering import Given
from quality.presets import DEFAULT, PRESETS
from quality.report import FileReport
from quality.settings import NOTHING_SAID, Settings, of_report
from quality.summarizing import ENGINE, rules_version, summarize

# What every engine counts alike, whatever its rules.
_BARE: Final = ("size_bytes", "row_count", "table_count")
_NAMED_APART: Final = ("engine", "rules", "schema_version")


class Matched(Struct, frozen=True):
    """Which of the certified files are at hand, by their places in the certificate.

    Args:
        same: their bytes are the certified ones
        changed: a file of that name has other bytes
        missing: nothing at hand is this file
        foreign: what is at hand and no certified file
    """

    same: dict[int, Path]
    changed: dict[int, Path]
    missing: tuple[CertifiedFile, ...]
    foreign: tuple[Given, ...]


class Recomputed(Struct, frozen=True):
    """What came out when the bytes were examined again.

    Args:
        numbers: how many were compared
        differing: what came out differently
        incomparable: what came out differently and may, because engine or rules are others
        engine, rules: those that examined now
        whole: whether every file was at hand, so that totals and indices were compared, too
    """

    numbers: int
    differing: tuple[Difference, ...]
    incomparable: tuple[Difference, ...]
    engine: str
    rules: str
    whole: bool


Look = Callable[[Path, str, Settings], FileReport]


def match(certificate: Certificate, given: Sequence[Given]) -> Matched:
    """Find the certified files among those at hand: by their bytes, else by their names.

    Raises:
        OSError: one cannot be read
    """
    hashed = [(one, certified(one.path, one.name)) for one in given]
    same = {
        place: one.path
        for place, wanted in enumerate(certificate.files)
        for one, found in hashed
        if (found.size_bytes, found.sha256) == (wanted.size_bytes, wanted.sha256)
    }
    left = [one for one, _ in hashed if one.path not in same.values()]
    changed: dict[int, Path] = {}
    for place, wanted in enumerate(certificate.files):
        if place not in same:
            for one in [one for one in left if _alike(one.name, wanted.name)][:1]:
                changed[place] = one.path
                left.remove(one)
    missing = [
        one for at, one in enumerate(certificate.files) if at not in same and at not in changed
    ]
    return Matched(same, changed, tuple(missing), tuple(left))


def _bare(report: FileReport) -> dict[str, Any]:
    """Return a file's report as it stands in a dataset's, where settings are named once."""
    return plain(replace(report, settings=None))


def _alike(name: str, wanted: str) -> bool:
    return name == wanted or name.rsplit("/", 1)[-1] == wanted.rsplit("/", 1)[-1]


def recompute(
    certificate: Certificate,
    files: Mapping[int, Path],
    *,
    look: Look = lambda path, name, settings: examine(path, name=name, settings=settings),
) -> Recomputed:
    """Examine files again and say exactly which numbers differ from the certified ones. Blocks.

    Counts are compared exactly, fractions within 1e-9 of their size.

    Args:
        files: by their places in the certificate
        look: how a file is examined under its certified name, by the settings it was examined by then

    Raises:
        SandboxUnavailable: the kernel cannot keep a child in
    """
    # Settings that this version cannot read make other rules, and so numbers that are not comparable.
    known = [of_report(certificate.report, at) for at in range(len(certificate.files))]
    said = [NOTHING_SAID if one is None else one for one in known]
    listed = certificate.report.get("files", [])
    reports = {
        at: look(path, certificate.files[at].name, said[at]) for at, path in sorted(files.items())
    }
    whole = len(reports) == len(certificate.files)
    before: Any = certificate.report
    preset = before.get("preset") if before.get("preset") in PRESETS else DEFAULT
    after: Any = {"files": [_bare(report) for report in reports.values()]}
    if whole:
        # What the seller said is no number: it is taken from the certificate.
        told = (before.get("across") or {}).get("augmented")
        after = plain(summarize(list(reports.values()), augmented=told, preset=preset))
    else:
        before = {"files": [listed[at] for at in reports if at < len(listed)]}
    # Read back, so that a whole number is written alike on both sides.
    after = json.decode(encode(after))
    rules = rules_version(tuple({one.id: one for one in said if one.id}.values()), preset)
    found = [one for one in differing(before, after) if one.path not in _NAMED_APART]
    alike = (certificate.engine, certificate.rules) == (ENGINE, rules)
    hard = [one for one in found if alike or one.path.rsplit(".", 1)[-1] in _BARE]
    soft = [one for one in found if one not in hard]
    return Recomputed(count_numbers(before), tuple(hard), tuple(soft), ENGINE, rules, whole)
