"""What is worth saying of a table that was counted: findings out of facts. Pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from quality.findings import found
from quality.profile import privacy
from quality.profile.partial import Partial
from quality.profile.planned import ColumnPlan
from quality.report import Column, Finding, Series, Table

SPARSE_SHARE: Final = 0.30
CONSTANTS_NAMED: Final = 20
EXAMPLES: Final = 3


def findings_of(table: Table, counted: Partial, member: str | None) -> list[Finding]:
    """Return the findings of a table: names, repeats, columns, constants."""
    listed = [*_names(tuple(column.name for column in table.columns), member)]
    listed += _repeats(table, member)
    for column, plan in zip(table.columns, counted.plan.columns, strict=True):
        listed += _column(column, plan, (counted, table.series), member)
    return [*listed, *_constants(table, member)]


def _names(names: tuple[str, ...], member: str | None) -> list[Finding]:
    listed = []
    for at, name in enumerate(names):
        if not name.strip():
            listed.append(found("COL_BLANK", position=at + 1, member=member))
            break
    for name, times in Counter(name for name in names if name.strip()).items():
        if times > 1:
            listed.append(found("COL_DUPLICATE", column=name, count=times, member=member))
    return listed


def _repeats(table: Table, member: str | None) -> list[Finding]:
    rows = table.row_count
    ids = [column.name for column in table.columns if column.identifying]
    if table.duplicate_count:
        pct = f"{100 * table.duplicate_count / rows:.1f}"
        return [found("ROWS_REPEATED", count=table.duplicate_count, pct=pct, member=member)]
    if ids and table.duplicate_without_ids_count:
        count = table.duplicate_without_ids_count
        pct, name = f"{100 * count / rows:.1f}", ", ".join(ids)
        return [found("ROWS_REPEATED_BUT_ID", count=count, pct=pct, column=name, member=member)]
    return []


def _column(
    column: Column, plan: ColumnPlan, of: tuple[Partial, Series | None], member: str | None
) -> list[Finding]:
    counted, series = of
    words = counted.words[plan.position]
    said = partial(found, member=member, column=column.name)
    listed = [
        said(
            code,
            row=places.first[0][0] + 1,
            count=places.count,
            examples=[privacy.masked(text.strip()) for _, text in places.first[:EXAMPLES]],
        )
        for code, places in words.private.items()
    ]
    if column.number is not None or column.kind == "code":
        at = plan.position
        listed += _numbers(int(counted.nonfinite_counts[at]), int(counted.comma_counts[at]), said)
    if words.placeholder_places.count and column.kind != "text":
        spelled = [word for word, _ in words.placeholders.most_common(5)]
        listed.append(said("PLACEHOLDER", count=words.placeholder_places.count, examples=spelled))
    if words.formulas.count:
        shown = [text for _, text in words.formulas.first[:EXAMPLES]]
        listed.append(said("CELL_FORMULA", count=words.formulas.count, examples=shown))
    share = (column.null_count + column.blank_count) / max(counted.row_count, 1)
    if share > SPARSE_SHARE:
        listed.append(said("COL_SPARSE", count=column.null_count, pct=f"{100 * share:.1f}"))
    if column.name != column.name.strip():
        listed.append(said("NAME_SPACES"))
    own = series if series is not None and series.time_column == column.name else None
    return [*listed, *_times(column, plan, (counted, own), said)]


def _numbers(nonfinite_count: int, comma_count: int, said: Callable[..., Finding]) -> list[Finding]:
    listed = []
    if nonfinite_count:
        listed.append(said("NUM_NONFINITE", count=nonfinite_count))
    if comma_count:
        listed.append(said("NUM_AS_TEXT", count=comma_count))
    return listed


def _times(
    column: Column,
    plan: ColumnPlan,
    of: tuple[Partial, Series | None],
    said: Callable[..., Finding],
) -> list[Finding]:
    counted, series = of
    facts = column.time
    if facts is None:
        return []
    listed = []
    impossible = int(counted.date_like_counts[plan.position]) - facts.parsed_count
    if impossible > 0:
        listed.append(said("DATE_IMPOSSIBLE", count=impossible))
    if len(counted.zones[plan.position]) > 1:
        listed.append(said("TIME_ZONES_MIXED", count=len(counted.zones[plan.position])))
    within = series is not None and series.entity_column is not None
    # Rows of several machines cross in time; what counts is the order within each.
    backward = series.backward_count if series is not None else facts.backward_count
    if backward:
        listed.append(said("TIME_BACKWARD", count=backward))
    told_as_series = within or (series is not None and series.periodic and not backward)
    if facts.gap_count and not told_as_series:
        longest = f"{facts.gap_longest_s:,.0f}"
        listed.append(said("TIME_GAPS", count=facts.gap_count, longest=longest))
    return listed


def _constants(table: Table, member: str | None) -> list[Finding]:
    listed: Sequence[Finding] = [
        found("COL_CONSTANT", column=column.name, member=member)
        for column in table.columns
        if column.constant
    ]
    return list(listed[:CONSTANTS_NAMED])
