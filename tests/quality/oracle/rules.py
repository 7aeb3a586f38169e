"""What of our report states each figure of a facts file. The first pattern that fits a path counts.

A path is joined by ``|``, positions in lists as numbers.
"""

import re
from datetime import datetime
from typing import Any, Final

from quality import Column
from quality.timefacts import TimeFacts
from tests.quality.oracle.extras import EXTRAS
from tests.quality.oracle.walking import Case, Rule, Silent, by_text, composed, ruled, same

FORMATS: Final = {"csv": "csv", "parquet": "parquet", "xlsx": "xlsx", "zip": "zip"}
KINDS: Final = {
    "int64": {"integer", "code"},
    "float64": {"integer", "number"},
    "datetime64[ns]": {"time"},
    "object": {"text", "code", "boolean", "time", "integer", "number"},
    "bool": {"boolean"},
}  # fmt: skip
BYTES: Final = Silent("line ends, BOM in words and ASCII alone are not told; the encoding is")
OTHERS: Final = Silent("what another library would read by default")
TRAP: Final = Silent("a published formula that can fall below zero; ours is by cells")
PROSE: Final = Silent("a sentence of the oracle's, no figure")


def encoding(case: Case, _: re.Match[str], truth: Any) -> object:
    """UTF-8 with a mark has a name of its own, and ASCII is UTF-8."""
    ours = case.table.encoding
    return same(ours in {truth, f"{truth}-sig"}, truth, ours)


def column(case: Case, at: str) -> Column:
    return case.table.columns[int(at)]


def name(case: Case, match: re.Match[str], truth: Any) -> object:
    """Two header rows are joined; where there is none the oracle gave names of its own."""
    if case.table.header_rows == 0:
        return Silent("the file has no names, and the oracle's are its own")
    ours = column(case, match["i"]).name
    if "part" in match.groupdict() and match["part"]:
        return ours.split(" / ", 1)[int(match["part"])]
    return ours


def kind(case: Case, match: re.Match[str], truth: Any) -> object:
    ours = column(case, match["i"]).kind
    return same(ours in KINDS.get(truth, {truth}) | {"empty"}, truth, ours)


def distinct(case: Case, match: re.Match[str], truth: Any) -> object:
    """Beyond 32,768 it is an estimate, and says so; numbers written in two ways are one."""
    ours = column(case, match["i"])
    if read_as_numbers(case, match["i"]):
        return Silent("the oracle counts spellings, where ours are numbers")
    allowed = 0 if ours.distinct_exact else 0.03 * truth
    return same(abs(ours.distinct_count - truth) <= allowed, truth, ours.distinct_count)


def read_as_numbers(case: Case, at: str) -> bool:
    """Whether the oracle has texts where we have numbers."""
    fact = case.facts["column_facts"][int(at)]
    return column(case, at).number is not None and fact["dtype"] == "object"


def constant(case: Case, match: re.Match[str], truth: Any) -> object:
    """One value and nothing else but empty cells; read as texts, a word for no value is another."""
    ours = column(case, match["i"])
    if read_as_numbers(case, match["i"]) and ours.placeholder_count:
        return Silent("the oracle counts spellings, where ours are numbers")
    return ours.distinct_count <= 1


def stamp(text: str, truth: str) -> str:
    """Our stamp in the oracle's words; a time alone has no date to compare."""
    return truth if truth.endswith(text) else text


def low_high(case: Case, match: re.Match[str], truth: Any) -> object:
    ours = column(case, match["i"])
    if ours.time is not None:
        return stamp(ours.time.low if match["what"] == "min" else ours.time.high, truth)
    assert ours.number is not None, f"{ours.name} has {match['what']} in the facts"
    return ours.number.low if match["what"] == "min" else ours.number.high


NUMBER: Final = {
    "mean": lambda one: one.mean,
    "std_ddof1": lambda one: one.std,
    "median": lambda one: one.quantiles[3],
    "zeros": lambda one: one.zero_count,
    "negatives": lambda one: one.negative_count,
    "at_min": lambda one: one.low_count,
    "at_max": lambda one: one.high_count,
}


def number(case: Case, match: re.Match[str], _: Any) -> object:
    ours = column(case, match["i"]).number
    if ours is None:
        return (
            Silent("extremes of stamps are not counted")
            if match["what"].startswith("at_")
            else None
        )
    return NUMBER[match["what"]](ours)


def longest_run(case: Case, match: re.Match[str], truth: Any) -> object:
    ours = column(case, match["i"])
    if ours.longest_run is None:
        return None
    if match["what"] == "value":
        return same(by_text(ours.longest_run.value, truth), truth, ours.longest_run.value)
    return ours.longest_run.length if match["what"] == "length" else ours.longest_run.start_row


def top_value(case: Case, match: re.Match[str], truth: Any) -> object:
    """Of equally frequent values any may stand; their counts are compared in order."""
    if read_as_numbers(case, match["i"]):
        return Silent("the oracle counts spellings, where ours are numbers")
    ours = column(case, match["i"])
    if not ours.top_exact:
        return Silent("frequent values of a sample, which the report says")
    at = int(match["j"])
    if match["what"] == "1":
        return ours.top_values[at][1]
    value, count = case.facts["column_facts"][int(match["i"])]["top_values"][at]
    known = dict(ours.top_values)
    least = ours.top_values[-1][1]
    return same(known.get(str(value), least) == count, truth, known)


def spaced(case: Case, match: re.Match[str], _: Any) -> object:
    return column(case, match["i"]).spaced_count


def placeholders(case: Case, match: re.Match[str], truth: Any) -> object:
    cells = case.facts["column_facts"][int(match["i"])]["placeholder_cells"]
    ours = column(case, match["i"]).placeholder_count
    return same(ours == sum(cells.values()), truth, ours)


def index_pct(which: str) -> Rule:
    def rule(case: Case, _: re.Match[str], __: Any) -> object:
        return next(one.pct for one in case.dataset.indices if one.name == which)

    return rule


def mean_of_columns(case: Case, _: re.Match[str], __: Any) -> object:
    rows = case.table.row_count
    return 100 * sum(1 - c.null_count / rows for c in case.table.columns) / len(case.table.columns)


def sparse(case: Case, _: re.Match[str], truth: Any) -> object:
    ours = {one.column for one in case.report.findings if one.code == "COL_SPARSE"}
    wanted = case.facts["kamp_index_parts"]["columns_over_30pct_missing"]
    return same(ours == set(wanted), truth, sorted(map(str, ours)))


def groups_pct(case: Case, _: re.Match[str], __: Any) -> object:
    table = case.table
    return 100 * (table.distinct_groups - table.repeated_groups) / table.distinct_groups


def time_of(case: Case) -> TimeFacts:
    time = case.column(case.facts["time"]["column"]).time
    assert time is not None, "the facts name a column of time"
    return time


def time_text(case: Case, match: re.Match[str], truth: Any) -> object:
    time = time_of(case)
    ours = {
        "first_in_file": time.first,
        "last_in_file": time.last,
        "min": time.low,
        "max": time.high,
    }
    return stamp(ours[match["what"]], truth)


def steps(case: Case, match: re.Match[str], _: Any) -> object:
    time = time_of(case)
    told = {
        "unparsed": case.column(case.facts["time"]["column"]).wrong_count,
        "monotonic_non_decreasing": time.backward_count == 0,
        "strictly_increasing": time.backward_count == 0 and time.zero_count == 0,
        "backward_steps": time.backward_count,
        "zero_steps": time.zero_count,
        "rows_repeating_an_earlier_timestamp": time.repeated_count,
        "distinct_timestamps": time.parsed_count - time.repeated_count,
        "median_positive_interval_s": time.interval_median_s,
    }
    return told[match["what"]]


def gaps(case: Case, match: re.Match[str], truth: Any) -> object:
    """The count, and the width of the widest; the others stand in the series in the file's order."""
    time = time_of(case)
    if match["rest"] == "count":
        return time.gap_count
    if match["rest"] == "largest|0|2":
        return time.gap_longest_s
    if match["rest"] == "largest":
        return same(time.gap_longest_s is None, truth, time.gap_longest_s)
    return Silent(
        "of gaps in sorted order the widest is told; the series lists those of the file's order"
    )


def span(case: Case, match: re.Match[str], _: Any) -> object:
    """From our first and last stamp, and our median."""
    time = time_of(case)
    dated = [t if "-" in t else f"2000-01-01 {t}" for t in (time.low, time.high)]
    low, high = (datetime.fromisoformat(one) for one in dated)
    seconds = (high - low).total_seconds()
    if match["what"] == "span_s":
        return seconds
    assert time.interval_median_s is not None
    return round(seconds / time.interval_median_s) + 1


def modal(case: Case, match: re.Match[str], truth: Any) -> object:
    series = case.table.series
    if series is None or series.entity_column is not None:
        return Silent("the series counts steps within each machine or lot")
    if case.facts["time"]["zero_steps"] or case.facts["time"]["backward_steps"]:
        return Silent("the series takes its shares of the steps forward alone")
    return series.interval_mode_s if match["what"] == "modal_interval_s" else series.mode_share


def member_name(case: Case, _: re.Match[str], truth: Any) -> object:
    names = {one.name for one in case.report.members}
    return same(composed(truth) in names, truth, "no such member")


def member_size(case: Case, match: re.Match[str], _: Any) -> object:
    wanted = composed(case.facts["member_facts"][int(match["i"])]["name"])
    return next(one.size_bytes for one in case.report.members if one.name == wanted)


def member_of(case: Case, match: re.Match[str], truth: Any) -> object:
    """Of a member that is a table."""
    table = case.member(int(match["i"]))
    what = match["what"]
    if what == "encoding" and truth == "-":
        return same(table.encoding is None, truth, table.encoding)
    told = {
        "encoding": same(table.encoding in {truth, f"{truth}-sig"} or (truth == "ascii" and table.encoding == "utf-8"), truth, table.encoding),
        "bom": table.encoding == "utf-8-sig",
        "rows": table.row_count,
        "nulls": sum(one.null_count for one in table.columns),
        "duplicate_rows": table.duplicate_count,
    }  # fmt: skip
    return told[what]


def member_columns(case: Case, match: re.Match[str], truth: Any) -> object:
    table = case.member(int(match["i"]))
    what = match["what"]
    if what == "columns":
        return table.columns[int(match["rest"])].name
    if what == "constant_columns":
        ours = [one.name for one in table.columns if one.constant]
        return same(ours == case.facts["member_facts"][int(match["i"])][what], truth, ours)
    ours_nulls = {one.name: one.null_count for one in table.columns if one.null_count}
    return same(ours_nulls == case.facts["member_facts"][int(match["i"])][what], truth, ours_nulls)


def images(case: Case, match: re.Match[str], truth: Any) -> object:
    found = case.report.images
    assert found is not None
    (notes,) = found.annotations
    told = {
        "images": found.image_count,
        "annotation_files": notes.file_count,
        "undecodable": found.image_count - found.decoded_count,
        "boxes_total": notes.box_count,
        "test_images_without_annotation": [None] * notes.missing_count,
        "annotations_without_test_image": [None] * notes.orphan_count,
        "sizes": {f"[{one.width}, {one.height}]": one.count for one in found.sizes},
        "modes": dict(found.modes),
        "boxes_by_class": dict(notes.classes),
    }[match["what"]]
    return told[match["of"]] if isinstance(told, dict) else told


def identical(case: Case, match: re.Match[str], truth: Any) -> object:
    ours = case.report.images.identical if case.report.images else ()
    wanted = case.facts["byte_identical_members"]
    same_groups = sorted(map(sorted, ours)) == sorted(map(sorted, wanted))
    return same(same_groups, truth, ours)


RULES: Final[list[tuple[re.Pattern[str], Rule]]] = ruled({
    r"file": lambda c, m, t: c.report.name,
    r"bytes": lambda c, m, t: c.report.size_bytes,
    r"sha256": lambda c, m, t: c.entry.sha256,
    r"format": lambda c, m, t: same(c.report.kind == FORMATS[t], t, c.report.kind),
    r"encoding": encoding,
    r"bom": lambda c, m, t: c.table.encoding == "utf-8-sig",
    r"ascii_only|line_ending|ends_with_newline": lambda c, m, t: BYTES,
    r"delimiter": lambda c, m, t: same(c.table.delimiter == {"whitespace": " "}.get(t, t), t, c.table.delimiter),
    r"header_rows": lambda c, m, t: c.table.header_rows,
    r"rows": lambda c, m, t: c.table.row_count,
    r"columns": lambda c, m, t: len(c.table.columns),
    r"null_rule": lambda c, m, t: PROSE,
    r"nulls_total|kamp_index_parts\|missing_cells": lambda c, m, t: sum(one.null_count for one in c.table.columns),
    r"nulls_total_with_pandas_default_tokens|columns_where_pandas_default_nulls_differ.*": lambda c, m, t: OTHERS,
    r"row_groups|compression|schema\|.*": lambda c, m, t: Silent("how a Parquet file stores its columns; the kinds are compared"),
    r"sheets\|.*": lambda c, m, t: {"0": c.table.row_count, "1": len(c.table.columns)}[m[0].split("|")[-1]],
    r"kamp_index_parts\|cells": lambda c, m, t: c.table.row_count * len(c.table.columns),
    r"kamp_index_parts\|completeness_cells_pct": index_pct("completeness"),
    r"kamp_index_parts\|completeness_mean_of_columns_pct": mean_of_columns,
    r"kamp_index_parts\|completeness_missing_over_rows_pct": lambda c, m, t: TRAP,
    r"kamp_index_parts\|columns_over_30pct_missing(\|\d+)?": sparse,
    r"kamp_index_parts\|duplicate_rows_beyond_first": lambda c, m, t: c.table.duplicate_count,
    r"kamp_index_parts\|uniqueness_rows_pct": index_pct("uniqueness"),
    r"kamp_index_parts\|distinct_row_values": lambda c, m, t: c.table.distinct_groups,
    r"kamp_index_parts\|row_values_seen_more_than_once": lambda c, m, t: c.table.repeated_groups,
    r"kamp_index_parts\|uniqueness_guidebook_groups_pct": groups_pct,
    r"kamp_index_parts\|uniqueness_key.*": lambda c, m, t: Silent("by a key that only the oracle declared"),
    r"column_facts\|(?P<i>\d+)\|name(\|(?P<part>\d+))?": name,
    r"column_facts\|(?P<i>\d+)\|dtype": kind,
    r"column_facts\|(?P<i>\d+)\|nulls": lambda c, m, t: column(c, m["i"]).null_count,
    r"column_facts\|(?P<i>\d+)\|distinct": distinct,
    r"column_facts\|(?P<i>\d+)\|constant": constant,
    r"column_facts\|(?P<i>\d+)\|(?P<what>min|max)": low_high,
    r"column_facts\|(?P<i>\d+)\|(?P<what>mean|std_ddof1|median|zeros|negatives|at_min|at_max)": number,
    r"column_facts\|(?P<i>\d+)\|longest_run\|(?P<what>\w+)": longest_run,
    r"column_facts\|(?P<i>\d+)\|top_values\|(?P<j>\d+)\|(?P<what>\d)": top_value,
    r"column_facts\|(?P<i>\d+)\|leading_or_trailing_space": spaced,
    r"column_facts\|(?P<i>\d+)\|placeholder_cells.*": placeholders,
    r"time\|column": lambda c, m, t: same(c.column(t).time is not None, t, "no column of time"),
    r"time\|parsed_as": lambda c, m, t: PROSE,
    r"time\|(?P<what>first_in_file|last_in_file|min|max)": time_text,
    r"time\|(?P<what>unparsed|\w+creasing|\w+_steps|rows_\w+|distinct_\w+|median_\w+)": steps,
    r"time\|gaps_over_1.5x_median_after_sort_and_dedup\|(?P<rest>.*)": gaps,
    r"time\|(?P<what>span_s|expected_points_at_median_interval)": span,
    r"time\|(?P<what>modal_interval_s|share_of_steps_at_modal_interval)": modal,
    r"time\|interval_seconds_in_file_order_top.*": lambda c, m, t: Silent("of the intervals the most frequent is told"),
    r"members": lambda c, m, t: len(c.report.members),
    r"uncompressed_bytes": lambda c, m, t: sum(one.size_bytes for one in c.report.members),
    r"byte_identical_members.*": identical,
    r"member_facts\|\d+\|name": member_name,
    r"member_facts\|\d+\|(utf8_flag|name_as_python_zipfile_shows_it|nfc)": lambda c, m, t: Silent("how the archive spells names"),
    r"member_facts\|\d+\|sha256": lambda c, m, t: Silent("hashes are told of files, not of what lies in them"),
    r"member_facts\|(?P<i>\d+)\|bytes": member_size,
    r"member_facts\|\d+\|format": lambda c, m, t: Silent("kinds of members are told in our own words"),
    r"member_facts\|\d+\|(image_format|size\|\d|mode|decodes|mean_luma|boxes|classes\|.*)": lambda c, m, t: Silent("of single images; the sums over all are compared"),
    r"member_facts\|(?P<i>\d+)\|(?P<what>encoding|bom|rows|nulls|duplicate_rows)": member_of,
    r"member_facts\|(?P<i>\d+)\|(?P<what>columns|constant_columns|nulls_per_column)(\|(?P<rest>.*))?": member_columns,
    r"member_facts\|(?P<i>\d+)\|sheets\|Sheet1\|rows": lambda c, m, t: c.member(int(m["i"])).row_count,
    r"member_facts\|(?P<i>\d+)\|sheets\|Sheet1\|columns\|(?P<at>\d+)": lambda c, m, t: c.member(int(m["i"])).columns[int(m["at"])].name,
    r"summary\|(?P<what>\w+)(\|(?P<of>.*))?": images,
    **EXTRAS,
})  # fmt: skip
