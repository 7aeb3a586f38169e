"""The public report tells a dataset apart by machine, lot and label."""

from typing import Final

from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.market.apart import COLUMNS_MOST, group_lines
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from quality import DatasetReport, FileReport, Table, summarize
from quality.groupfacts import GroupFacts, Groups
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import a_whole_product, listed, may_sell

Owner = tuple[User, Organization]
ROWS: Final = 600


def of_machines() -> bytes:
    """Three machines, one of them 40 degrees warmer, and a judgement."""
    lines = ["설비,온도 [℃],압력,판정"]
    lines += [
        f"M{at % 3},{50 + 40 * (at % 3 == 1) + at * 7 % 10 / 10},{5 + at * 13 % 7 / 10},{'불량' if at % 5 == 0 else '정상'}"
        for at in range(ROWS)
    ]
    return "\n".join([*lines, ""]).encode()


async def test_the_report_page_tells_machines_and_classes_apart(
    database: Database, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:
    await may_sell(database, *owner)
    seller = await client_of(owner[0])
    product = await a_whole_product(seller, database, shelves, content=of_machines())
    await listed(database, seller, client_of, product)
    anybody = await client_of(None)
    path = f"/products/{product['id']}/versions/1/quality"

    page = (await anybody.get(path)).text
    english = (await anybody.get(path, headers={"accept-language": "en"})).text
    report = (await anybody.get(f"/api/v1/products/{product['id']}/quality")).json()

    groups = report["files"][0]["tables"][0]["groups"]
    assert [(one["column"], one["role"]) for one in groups] == [
        ("설비", "group"),
        ("판정", "label"),
    ]
    section = page.split('id="groups"')[1].split("</section>")[0]
    assert "설비·로트 3개입니다." in section
    assert [f">M{at}<" in section for at in range(3)] == [True] * 3
    assert "90." in section
    assert "라벨의 값 2가지입니다." in page
    assert "3 machines or lots." in english
    assert "2 classes of the label." in english


def told(columns: int) -> DatasetReport:
    """A report of two groups whose levels differ more the later a column stands."""
    levels = [(0.0, float(at)) for at in range(columns)]
    groups = tuple(
        GroupFacts(
            name=name, row_count=10, share=0.5, first=None, last=None, empty_count=0, sampled_count=10,
            medians=tuple(one[at] for one in levels), spreads=(1.0,) * columns,
        )
        for at, name in enumerate(("A", "B"))
    )  # fmt: skip
    names = tuple(f"c{at}" for at in range(columns))
    found = Groups(
        column="설비", role="entity", columns=names, group_count=2, run_count=2, groups=groups
    )
    table = Table(
        name="a.csv", encoding=None, delimiter=None, header_rows=1, row_count=20, columns=(),
        duplicate_count=0, duplicate_without_ids_count=0, distinct_groups=20, repeated_groups=0,
        damaged_count=0, groups=(found,),
    )  # fmt: skip
    return summarize([FileReport(name="a.csv", kind="csv", size_bytes=1, tables=(table,))])


def test_of_many_columns_those_that_differ_most_are_shown() -> None:
    (lines,) = group_lines(told(COLUMNS_MOST + 3), 10)
    (few,) = group_lines(told(2), 10)

    assert lines.columns == [f"c{at}" for at in range(3, COLUMNS_MOST + 3)]
    assert lines.left_out == 3
    assert [row.levels[0] for row in lines.rows] == [(0.0, 1.0), (3.0, 1.0)]
    assert (few.columns, few.left_out, few.ordered) == (["c0", "c1"], 0, True)
    assert group_lines(told(2), 0) == []
