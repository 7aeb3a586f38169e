"""Counting what the hits are: exact up to about 10,000, from a sample of about 4,000 above, from a table without a query.

Each facet is counted under the filters of the others, so that a choice shows what else could be chosen.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.catalog.search.lexemes import (
    FACETS,
    GRADES,
    SAMPLES,
    Asked,
    either,
    match_query,
    quoted,
)
from marketplace.catalog.search.matching import estimated, reading

# Of more hits than these a sample is counted: so many random 64ths that it holds about so many rows.
EXACT_MOST: Final = 10_000
SAMPLED: Final = (1, 2, 4, 8, 16)
SAMPLED_ROWS: Final = 4_000
VALUES_MOST: Final = 20
# Facet: what a row says of it.
COLUMNS: Final = {
    "industry": "industry", "process": "process", "equipment": "equipment",
    "data_kind": "data_kind", "price": "price_band", "grade": "grade",
    "seller": "organization_id::text", "format": "unnest(formats)",
}  # fmt: skip
_COUNTED: Final = """
with m as materialized (
  select industry, process, equipment, data_kind, price_band, grade, organization_id, formats
    from product_search where words @@ cast(:asked as tsquery))
{parts}"""
_PART: Final = """
(select '{name}' as name, value, count(*) as hits from (select {column} as value from m) as one
  where value <> '' group by value order by hits desc, value limit :most)"""
_ROLLED: Final = text(
    "select name, value, hits from (select name, value, product_count as hits, row_number() over"
    " (partition by name order by product_count desc, value) as place from facet_count"
    " where product_count > 0 and name <> 'all') as counted where place <= :most"
    " order by name, hits desc, value"
)


class FacetValue(Struct, frozen=True):
    """A value that hits have, and how many do."""

    value: str
    count: int


class Facet(Struct, frozen=True):
    """A facet with its values, the most frequent first; ``approximate`` where a sample was counted."""

    name: str
    values: list[FacetValue]
    approximate: bool


async def facets(
    session: AsyncSession, wordings: Sequence[Sequence[Asked]], filters: Mapping[str, Sequence[str]]
) -> list[Facet]:
    """Return all facets of the hits."""
    if not any(wordings) and not any(filters.values()):
        rows = (await session.execute(_ROLLED, {"most": VALUES_MOST})).all()
        return _shaped(rows, {})
    chosen = [name for name in FACETS if filters.get(name)]
    free = [name for name in FACETS if name not in chosen]
    counted: list[Any] = []
    factors: dict[str, int] = {}
    for names, others in [
        (free, filters),
        *(([name], {**filters, name: ()}) for name in chosen),
    ]:
        rows, factor = await _counted(session, wordings, others, names)
        counted += rows
        factors |= dict.fromkeys(names, factor)
    return _shaped(counted, factors)


async def _counted(
    session: AsyncSession,
    wordings: Sequence[Sequence[Asked]],
    filters: Mapping[str, Sequence[str]],
    names: Sequence[str],
) -> tuple[Sequence[Any], int]:
    """Return the counts of some facets, and by how much a sample must be multiplied."""
    if not any(wordings) and not any(filters.values()):
        rows = (await session.execute(_ROLLED, {"most": VALUES_MOST})).all()
        return [row for row in rows if row.name in names], 1
    hits = await estimated(session, wordings, filters, most=SAMPLED_ROWS // 2)
    sample, factor = "", 1
    if hits > EXACT_MOST:
        sampled = _sampled(hits)
        sample = either(quoted(f"Z{one}") for one in range(sampled))
        factor = SAMPLES // sampled
    asked = match_query(wordings, filters, sample)
    parts = " union all ".join(_PART.format(name=name, column=COLUMNS[name]) for name in names)
    async with reading(session):
        rows = (
            await session.execute(
                text(_COUNTED.format(parts=parts)), {"asked": asked, "most": VALUES_MOST}
            )
        ).all()
    return rows, factor


def _sampled(hits: int) -> int:
    """Return how many 64ths of so many hits are about the rows that are wanted."""
    wanted = SAMPLED_ROWS * SAMPLES / max(hits, 1)
    return max((one for one in SAMPLED if one <= wanted), default=SAMPLED[0])


def _shaped(rows: Sequence[Any], factors: Mapping[str, int]) -> list[Facet]:
    found: dict[str, list[FacetValue]] = {name: [] for name in FACETS}
    for row in rows:
        factor = factors.get(row.name, 1)
        found[row.name].append(FacetValue(row.value, row.hits * factor))
    found["price"].sort(key=lambda one: one.value)
    found["grade"].sort(key=lambda one: GRADES.index(one.value))
    return [
        Facet(name, values, approximate=factors.get(name, 1) > 1)
        for name, values in found.items()
        if values
    ]
