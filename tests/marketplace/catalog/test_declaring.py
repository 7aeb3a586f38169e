"""The column dictionary and the exchange's rules are what a file is held against when it is examined."""

from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest

from marketplace.catalog.datasets.declaring import declared
from marketplace.catalog.datasets.processing import Shelves
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.quality_rules import QualityRules
from quality import NOTHING_SAID, DeclaredColumn
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.sending import API, close, keyed, process, shown, uploaded
from tests.marketplace.catalog.test_products import begun, save
from tests.marketplace.organizations.steps import rows

Owner = tuple[User, Organization]

ENTRIES: list[dict[str, Any]] = [
    {"name": "온도", "meaning": "금형", "unit": "℃", "low": 0.0, "high": 80.0, "codes": []},
    {"name": "판정", "meaning": "", "unit": "", "low": None, "high": None, "codes": ["정상", "불량"]},
    {"name": "비고", "meaning": "자유롭게 적음", "unit": "", "low": None, "high": None, "codes": []},
]  # fmt: skip
RULES = QualityRules("equal", {"stuck_rows": 20}, {"time_series": {"stuck_rows": 60}})
CONTENT = "온도,판정,비고\n" + "21.5,정상,\n" * 30 + "99,정상,\n22,보류,메모\n"


def test_a_dictionary_declares_what_can_be_counted_and_the_rules_what_they_change() -> None:
    said = declared(ENTRIES, "time_series", RULES)

    assert said.columns == (
        DeclaredColumn(name="온도", unit="℃", low=0.0, high=80.0),
        DeclaredColumn(name="판정", codes=("정상", "불량")),
    )
    assert (said.preset, said.thresholds) == ("equal", {"stuck_rows": 60})
    assert declared(ENTRIES, None, RULES).thresholds == {"stuck_rows": 20}
    assert declared([], None, QualityRules()) == NOTHING_SAID


def test_a_dictionary_too_long_to_be_handed_over_loses_its_codes_first() -> None:
    codes = [f"{at * 7919 % 999983:x}{at:04d}" for at in range(200)]
    long = [{"name": f"열 {at}", "low": 1.0, "codes": [f"{at}-{one}" for one in codes]} for at in range(500)]  # fmt: skip

    said = declared(long, None, QualityRules())

    assert len(said.columns) == 500
    assert {(one.low, one.codes) for one in said.columns} == {(1.0, ())}


async def examined(
    client: httpx.AsyncClient, database: Database, shelves: Shelves, **draft: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a version that came through, and its product."""
    product = await begun(client)
    assert (await save(client, product, **draft)).status_code == 200
    path = f"{API}/products/{product['id']}/versions"
    version = (await client.post(path, json={}, headers=keyed())).json()
    file = await uploaded(client, version, "기록.csv", CONTENT.encode())
    await process(database, shelves, file)
    await close(client, version)
    return await shown(client, version), product


def codes_of(version: dict[str, Any]) -> dict[str, int]:
    (file,) = version["files"]
    return {one["code"]: one["count"] for one in file["findings"]}


@pytest.mark.slow  # real parts to a real store, real children that examine
async def test_a_file_is_held_against_the_dictionary_that_was_written_before(
    database: Database, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:
    client = await client_of(owner[0])

    version, _ = await examined(client, database, shelves, column_dictionary=ENTRIES)

    assert version["state"] == "ready"
    found = codes_of(version)
    assert (found["VALUE_OUT_OF_RANGE"], found["VALUE_NOT_IN_CODES"]) == (1, 1)
    (file,) = version["files"]
    step = next(one for one in file["steps"] if one["name"] == "examine")
    assert step["facts"]["declared"] == 2
    page = await client.get(f"/selling/products/{version['product_id']}/data")
    assert "선언한 범위(0 ~ 80) 밖이거나 숫자가 아닙니다" in page.text


@pytest.mark.slow  # real parts to a real store, real children that examine
async def test_without_a_dictionary_nothing_is_declared_and_rules_hold_all_the_same(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:  # fmt: skip
    client = await client_of(owner[0])

    plain, _ = await examined(client, database, shelves)
    ruled, _ = await examined(client, database, replace(shelves, rules=RULES))

    assert not [code for code in codes_of(plain) if code.startswith(("VALUE", "DECLARED"))]
    kept = "select report->>'preset', report->'settings'->0->'thresholds' from quality_report where version_id = '{}'"
    assert rows(admin, kept.format(plain["id"])) == [("kamp-appendix-4", None)]
    assert rows(admin, kept.format(ruled["id"])) == [("equal", {"stuck_rows": 20})]
