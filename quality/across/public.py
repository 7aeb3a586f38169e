"""Data that are public, by their fingerprints alone, and which tables share something with them. Pure."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct, json

from quality.across.facts import PublicMatch
from quality.across.laying import Laid
from quality.report import FileReport
from quality.sketches import Sample, shared

LIST: Final = Path(__file__).parent / "public.json"
# So many hashes in common are no chance; below, two small tables of codes could be alike.
SHARED_LEAST: Final = 4
COLUMNS_SHOWN: Final = 10


class KnownColumn(Struct, frozen=True):
    """A number column of known data by its stretches."""

    name: str
    windows: Sample


class Known(Struct, frozen=True, kw_only=True):
    """A table that is known: what it is called, who gives it under which licence, and its fingerprints.

    Args:
        sha256: of its file
    """

    name: str
    source: str
    licence: str
    sha256: str
    rows: Sample
    columns: tuple[KnownColumn, ...]


@cache
def public_list() -> tuple[Known, ...]:
    """Return the public data that come with this package."""
    return json.decode(LIST.read_bytes(), type=tuple[Known, ...])


def matches(
    files: Sequence[FileReport], laid: Sequence[Laid], known: Sequence[Known], least_share: float
) -> tuple[PublicMatch, ...]:
    """Return the tables that share bytes, rows or stretches of columns with known data.

    Args:
        least_share: of the table's rows or of a column's stretches
    """
    found = []
    for one in laid:
        bytes_of = _hashes(files[one.file], one)
        for other in known:
            match = _match(one, other, least_share, same_bytes=other.sha256 in bytes_of)
            if match is not None:
                found.append(match)
    return tuple(found)


def _hashes(file: FileReport, one: Laid) -> set[str]:
    members = {member.sha256 for member in file.members if member.sha256 and member.name == one.table.name}  # fmt: skip
    return {file.sha256, *members} - {""}


def _match(one: Laid, other: Known, least_share: float, *, same_bytes: bool) -> PublicMatch | None:
    rows = stretches = None
    names: list[str] = []
    if one.sketch is not None:
        seen = shared(one.sketch.rows, other.rows)
        if seen.both >= SHARED_LEAST and seen.of_first >= least_share:
            rows = seen.of_first
        for column in one.sketch.columns:
            share = max((_stretches(column.windows, theirs.windows) for theirs in other.columns), default=0.0)  # fmt: skip
            if share >= least_share:
                names.append(column.name)
                stretches = max(stretches or 0.0, share)
    if not same_bytes and rows is None and stretches is None:
        return None
    return PublicMatch(
        table=one.label, name=other.name, source=other.source, licence=other.licence,
        same_bytes=same_bytes, row_share=rows, stretch_share=stretches,
        columns=tuple(names[:COLUMNS_SHOWN]),
    )  # fmt: skip


def _stretches(mine: Sample, theirs: Sample) -> float:
    seen = shared(mine, theirs)
    return seen.of_first if seen.both >= SHARED_LEAST else 0.0
