"""What came of declarations in one table: how each column keeps to its own, keys, rules between columns. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from quality.claims import Breach, Kept, KeyFacts, Place, Related
from quality.findings import found
from quality.profile import privacy
from quality.profile.partial import Partial
from quality.profile.parts.keeping import written
from quality.profile.planned import ColumnPlan, Expected, Plan
from quality.report import Finding
from quality.settings import Settings, bare
from quality.units import unit_named, unit_of

VALUE_CHARS: Final = 200
CODES_SHOWN: Final = 8
_PRIVATE: Final = re.compile(privacy.ANY)


def kept(plan: ColumnPlan, counted: Partial) -> Kept | None:
    """Return how the cells of a column keep to what was declared of it, None where nothing was."""
    if plan.expected is None:
        return None
    filled, broken = (part[plan.position] for part in (counted.keeping.filled, counted.keeping.broken))  # fmt: skip
    return Kept(
        checked_count=filled,
        passed_count=filled - broken,
        rules=plan.expected.rules,
        breaches=tuple(
            Breach(
                rule=rule,
                said=said_of(plan, plan.expected, rule),
                count=places.count,
                places=shown(places.first),
            )
            for rule, places in counted.keeping.places[plan.position].items()
            if places.count
        ),
    )


def said_of(plan: ColumnPlan, expected: Expected, rule: str) -> str:
    """Return what was declared, in short."""
    if rule == "range":
        low, high = ("" if one is None else written(one) for one in (expected.low, expected.high))
        return f"{low} ~ {high}".strip()
    if rule == "codes":
        more = " …" if len(expected.codes) > CODES_SHOWN else ""
        return ", ".join(expected.codes[:CODES_SHOWN])[:VALUE_CHARS] + more
    if rule == "pattern":
        return (expected.pattern or "")[4:-2][:VALUE_CHARS]
    return plan.kind


def shown(first: Iterable[tuple[int, str]]) -> tuple[Place, ...]:
    """Return places as a report shows them: rows from 1, what looks personal hidden."""
    return tuple(Place(row + 1, _hidden(text)) for row, text in first)


def _hidden(text: str) -> str:
    return privacy.masked(text.strip()) if _PRIVATE.search(text) else text[:VALUE_CHARS]


def key_facts(counted: Partial) -> KeyFacts | None:
    """Return what the declared keys tell apart, None where none are declared or not all are there."""
    if not counted.plan.keys:
        return None
    groups = counted.key_repeats.finish()
    return KeyFacts(
        columns=tuple(counted.plan.columns[at].name for at in counted.plan.keys),
        duplicate_count=groups.repeated_rows,
        distinct_groups=groups.values,
        repeated_groups=groups.repeated_values,
        sampled=not groups.exact,
    )


def relations(counted: Partial) -> tuple[Related, ...]:
    """Return what came of the rules between columns."""
    names = [one.name for one in counted.plan.columns]
    return tuple(
        Related(
            rule=f"{names[one.left]} {one.op} {names[one.right]}",
            column=names[one.left],
            checked_count=filled,
            broken_count=places.count,
            places=shown(places.first),
        )
        for one, filled, places in zip(
            counted.plan.relations, counted.relating.filled, counted.relating.places, strict=True
        )
    )


def findings_of_plan(plan: Plan, member: str | None) -> list[Finding]:
    """Return what was declared and cannot be used, and units that contradict the column's own name."""
    listed = [
        found("DECLARED_UNFIT", column=one.column, member=member, what=one.what, why=one.ko, why_en=one.en)
        for one in plan.unfit
    ]  # fmt: skip
    for column in plan.columns:
        own = unit_of(column.name)
        known = unit_named(own or ""), unit_named(column.unit or "")
        if None not in known and known[0] != known[1]:
            listed.append(
                found("UNIT_DIFFERS", column=column.name, member=member, own=own, unit=column.unit)
            )
    return listed


def key_findings(key: KeyFacts | None, row_count: int, member: str | None) -> list[Finding]:
    """Return what is wrong with the declared keys."""
    if key is None or not key.duplicate_count:
        return []
    pct = f"{100 * key.duplicate_count / max(row_count, 1):.1f}"
    names = ", ".join(key.columns)
    return [found("KEY_BROKEN", column=names, count=key.duplicate_count, pct=pct, member=member)]


def missing_columns(settings: Settings, names: Iterable[str]) -> list[Finding]:
    """Return what is said of columns that no table of a file has."""
    there = {bare(name) for name in names}
    missing = [name for name in settings.named() if name not in there]
    if not missing or not there:
        return []
    return [found("DECLARED_MISSING", count=len(missing), examples=missing[:CODES_SHOWN])]
