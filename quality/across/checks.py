"""The checks of a dataset, each a function of what was found between its tables. Pure."""

from collections.abc import Sequence
from typing import Final

from quality.across import labelled
from quality.across.checking import NO_SKETCH, ONE_TABLE, AcrossCheck, Facts
from quality.across.facts import Copy
from quality.checks.checking import Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding

FINDINGS_MOST: Final = 20
NAMES_SHOWN: Final = 3
COLUMNS_SHOWN: Final = 5


def columns(facts: Facts, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find tables whose columns are nearly those of another."""
    if len(facts.laid) < 2:
        return ONE_TABLE
    listed = []
    for one in facts.unlike[:FINDINGS_MOST]:
        ko = [f"없는 열 {', '.join(one.missing[:COLUMNS_SHOWN])}"] if one.missing else []
        en = [f"missing {', '.join(one.missing[:COLUMNS_SHOWN])}"] if one.missing else []
        if one.extra:
            ko.append(f"더 있는 열 {', '.join(one.extra[:COLUMNS_SHOWN])}")
            en.append(f"extra {', '.join(one.extra[:COLUMNS_SHOWN])}")
        if one.reordered:
            ko.append("순서가 다름")
            en.append("another order")
        differing = [name for name, _, _ in (*one.kinds, *one.units)][:COLUMNS_SHOWN]
        if differing:
            ko.append(f"종류나 단위가 다른 열 {', '.join(differing)}")
            en.append(f"another kind or unit of {', '.join(differing)}")
        listed.append(
            found("COLUMNS_DIFFER", table=one.table, other=one.like, what="; ".join(ko), what_en="; ".join(en))
        )  # fmt: skip
    return listed


def identical(facts: Facts, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find files of the same bytes and tables of the same cells."""
    if len(facts.laid) < 2 and facts.file_count < 2:
        return ONE_TABLE
    return [
        found(
            "FILE_IDENTICAL" if one.bytes_too else "TABLE_IDENTICAL",
            count=len(one.names),
            examples=one.names[:NAMES_SHOWN],
        )
        for one in facts.identical[:FINDINGS_MOST]
    ]


def copied(facts: Facts, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find tables with columns that are those of another with a constant added."""
    if len(facts.laid) < 2:
        return ONE_TABLE
    if not facts.sketched:
        return NO_SKETCH
    whole = [one for one in facts.copies if one.whole]
    return [
        found(
            "COPY_SHIFTED", table=one.table, other=one.of_table, count=len(one.columns),
            examples=[_column(column.column, column.constant) for column in one.columns[:COLUMNS_SHOWN]],
        )
        for one in whole[:FINDINGS_MOST]
    ]  # fmt: skip


def _column(name: str, constant: float | None) -> str:
    return name if constant is None else f"{name} ({constant:+g})"


def stretches(facts: Facts, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find stretches and rows of one table that come again in another."""
    if len(facts.laid) < 2:
        return ONE_TABLE
    if not facts.sketched:
        return NO_SKETCH
    parts = [one for one in facts.copies if not one.whole]
    return [_stretch(one) for one in parts[:FINDINGS_MOST]]


def _stretch(one: Copy) -> Finding:
    best = max(one.columns, key=lambda column: column.share)
    return found(
        "WINDOW_SHARED", table=one.table, other=one.of_table, column=best.column,
        pct=f"{100 * best.share:.0f}", count=len(one.columns),
    )  # fmt: skip


def rows(facts: Facts, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find tables that share rows; those of different splits are told by another check."""
    if len(facts.laid) < 2:
        return ONE_TABLE
    if not facts.sketched:
        return NO_SKETCH
    apart = _split_pairs(facts)
    listed = []
    for one in facts.overlaps:
        share = max(one.first_share, one.second_share)
        if share < thresholds.rows_shared_share or frozenset((one.first, one.second)) in apart:
            continue
        listed.append(
            found(
                "ROWS_SHARED", table=one.first, other=one.second, pct=f"{100 * share:.1f}",
                about="" if one.exact else "약 ", about_en="" if one.exact else "about ",
            )
        )  # fmt: skip
    return listed[:FINDINGS_MOST]


def _split_pairs(facts: Facts) -> set[frozenset[str]]:
    splits = {one.label: one.split for one in facts.laid}
    return {
        frozenset((one.first, one.second))
        for one in facts.overlaps
        if splits[one.first] and splits[one.second] and splits[one.first] != splits[one.second]
    }


def splits(facts: Facts, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find rows that stand in two of training, validation and test."""
    named = {one.label: one.split for one in facts.laid if one.split}
    if len(set(named.values())) < 2:
        return Unmeasured(
            "파일이나 폴더 이름에 학습·검증·시험(train, valid, test)이 없습니다.",
            "No names of files or folders tell training, validation and test apart.",
        )
    if not facts.sketched:
        return NO_SKETCH
    apart = _split_pairs(facts)
    listed = [
        found(
            "SPLIT_OVERLAP", table=one.first, other=one.second,
            pct=f"{100 * max(one.first_share, one.second_share):.1f}",
            about="" if one.exact else "약 ", about_en="" if one.exact else "about ",
        )
        for one in facts.overlaps
        if frozenset((one.first, one.second)) in apart
    ]  # fmt: skip
    for same in facts.identical:
        parts = [name for name in same.names if name in named]
        if len({named[name] for name in parts}) > 1:
            listed.append(
                found("SPLIT_OVERLAP", table=parts[0], other=parts[1], pct="100", about="", about_en="")
            )  # fmt: skip
    return listed[:FINDINGS_MOST]


def references(facts: Facts, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find rows whose value does not stand in the column that it refers to."""
    if len(facts.laid) < 2:
        return ONE_TABLE
    if not facts.sketched:
        return NO_SKETCH
    if not facts.joins:
        return Unmeasured(
            "값이 다른 표의 열에 들어 있는 열(참조)을 찾지 못했습니다.",
            "No column's values stand in a column of another table.",
        )
    return [
        found(
            "REFERENCE_BROKEN", table=one.table, column=one.column, other=one.to_table, to=one.to_column,
            found=f"{one.found_count:,}", count=one.count - one.found_count, whole=f"{one.count:,}",
            pct=f"{one.pct:.2f}", what="행" if one.rows else "값" if one.exact else "뽑아 본 값",
            what_en="rows" if one.rows else "values" if one.exact else "sampled values",
        )
        for one in facts.joins
        if one.found_count < one.count
    ][:FINDINGS_MOST]  # fmt: skip


def public(facts: Facts, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find tables that share rows or stretches with data that are public."""
    if not facts.sketched:
        return NO_SKETCH
    listed = []
    for one in facts.public[:FINDINGS_MOST]:
        shares = [share for share in (one.row_share, one.stretch_share) if share is not None]
        pct = "100" if one.same_bytes else f"{100 * max(shares):.0f}"
        listed.append(
            found(
                "PUBLIC_COPY", table=one.table, pct=pct, other=one.name, source=one.source, licence=one.licence,
                what="행" if one.same_bytes or one.row_share is not None else "열의 구간",
                what_en="rows" if one.same_bytes or one.row_share is not None else "stretches of columns",
            )
        )  # fmt: skip
    return listed


def declared(facts: Facts, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Compare what the seller says of augmentation with what is the same again."""
    if facts.augmented is None:
        return Unmeasured(
            "데이터를 늘리거나 합성했는지 판매자가 적지 않았습니다.",
            "The seller has not said whether the data were augmented or made.",
        )
    if not facts.sketched:
        return NO_SKETCH
    signs = [one.table for one in facts.copies]
    signs += [
        one.label
        for one in facts.laid
        if any(
            column.unit != "window"
            or column.repeated_count >= thresholds.repeated_share * column.unit_count
            for column in one.table.repeated
        )
    ]
    if facts.augmented or not signs:
        return []
    names = list(dict.fromkeys(signs))
    return [found("AUGMENTATION_UNSAID", count=len(names), examples=names[:NAMES_SHOWN])]


CHECKS: Final = (
    AcrossCheck(
        id="F3", ko="열 구성", en="Columns of the tables", dimension=Dimension.consistency,
        codes=("COLUMNS_DIFFER",), look=columns,
        rule_ko="표의 열이 절반 넘게 같은 표와 견주어 빠진 열, 더 있는 열, 순서, 종류, 단위가 다름",
        rule_en="a table that shares half of its columns with another lacks some, has others, or another order, kind or unit",
        source="kamp_plating_33days, tsid_conveyor: products of many files",
    ),
    AcrossCheck(
        id="T8", ko="참조 일관성", en="References", dimension=Dimension.integrity,
        codes=("REFERENCE_BROKEN",), look=references,
        rule_ko="값의 절반 넘게 다른 표의 열에 들어 있는 열에서, 들어 있지 않은 행",
        rule_en="rows whose value is missing from the column of another table that holds half or more of the values",
        source="machining_orders, machining_capacity: 127 of 183 orders find their item",
    ),
    AcrossCheck(
        id="P1", ko="같은 파일", en="Identical files", dimension=Dimension.uniqueness,
        codes=("FILE_IDENTICAL", "TABLE_IDENTICAL"), look=identical,
        rule_ko="SHA-256이 같은 파일, 모든 칸이 같은 표",
        rule_en="files with one SHA-256, tables with the same cells",
        source="tsid_conveyor: one belt as CSV and as XLSX",
    ),
    AcrossCheck(
        id="P2", ko="상수만 더한 복제", en="Copies with a constant added", dimension=Dimension.integrity,
        codes=("COPY_SHIFTED",), look=copied,
        rule_ko="다른 표의 열과 값의 차이(이웃한 두 행 사이)가 같은 열: 뽑은 17행 구간의 90 % 이상이 같음",
        rule_en="a column whose steps are those of a column of another table: 90 % of the sampled stretches of 17 rows are the same",
        source="a public set that is another with constants added",
    ),
    AcrossCheck(
        id="P3", ko="표 사이 복제 구간", en="Stretches in two tables", dimension=Dimension.integrity,
        codes=("WINDOW_SHARED",), look=stretches,
        rule_ko="뽑은 17행 구간의 2 % 이상이 다른 표에도 있는 열",
        rule_en="a column of which 2 % of the sampled stretches of 17 rows stand in another table, too",
        source="KAMP power data: days whose curves are identical",
    ),
    AcrossCheck(
        id="T2", ko="겹치는 행", en="Rows in two tables", dimension=Dimension.uniqueness,
        codes=("ROWS_SHARED",), look=rows,
        rule_ko="한 표의 서로 다른 행 가운데 5 % 이상이 다른 표에도 있음",
        rule_en="5 % or more of a table's different rows stand in another table, too",
        source="exports of overlapping periods",
    ),
    AcrossCheck(
        id="P5", ko="공개 데이터와 겹침", en="Public data", dimension=Dimension.integrity,
        codes=("PUBLIC_COPY",), look=public,
        rule_ko="공개 데이터 목록의 행이나 구간이 10 % 이상 들어 있음",
        rule_en="10 % or more of the rows or stretches stand in public data of our list",
        source="quality/across/public.json",
    ),
    AcrossCheck(
        id="P4", ko="증강 공시", en="Augmentation told", dimension=Dimension.integrity,
        codes=("AUGMENTATION_UNSAID",), look=declared,
        rule_ko="판매자가 늘리지 않았다고 한 데이터에 복제나 되풀이되는 날·로트·구간이 있음",
        rule_en="data that were not augmented, as their seller says, hold copies or days, lots or stretches that come again",
        source="KAMP power data: augmentation that only shows in the data",
    ),
    AcrossCheck(
        id="L5", ko="분할 간 중복", en="Rows in two splits", dimension=Dimension.integrity,
        codes=("SPLIT_OVERLAP",), look=splits,
        rule_ko="이름이 학습·검증·시험인 파일이나 폴더 사이에 같은 행이 있음",
        rule_en="files or folders named for training, validation or test share rows",
        source="S. Kaufman et al., Leakage in data mining, KDD 2011",
    ),
    AcrossCheck(
        id="L3", ko="파일이 말하는 라벨", en="Labels told by files", dimension=Dimension.accuracy,
        codes=("LABEL_BY_FILE", "LABEL_IN_NAME"), look=labelled.look,
        rule_ko="열이 같은 표마다 라벨이 한 값뿐이고 표끼리는 다름, 또는 라벨 열 없이 폴더·파일 이름에 정상과 불량을 뜻하는 말이 나뉘어 있음",
        rule_en="tables of the same columns have one class of the label each and not all the same, or names of folders and files say well and not well where no column is a label",
        source="TSID conveyor: folders normal_belt and damaged_belt, no column of labels",
    ),
)  # fmt: skip
