"""A seller declares rules; they are run on each version, examined with it, and shown with the report."""

from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.rules.running import check_rules, give_up
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import (
    a_whole_product,
    listed,
    may_sell,
    reviewers_of,
)
from tests.marketplace.catalog.sending import API, close, keyed, process, uploaded
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

Owner = tuple[User, Organization]
pytestmark = pytest.mark.slow  # each product has real data, examined by real children
BETWEEN = {
    "type": "expect_column_values_to_be_between",
    "kwargs": {"column": "a", "min_value": 2, "max_value": 9},
}


@pytest.fixture
async def seller(database: Database, client_of: ClientOf, owner: Owner) -> httpx.AsyncClient:
    await may_sell(database, *owner)
    return await client_of(owner[0])


@pytest.fixture
async def product(
    database: Database, seller: httpx.AsyncClient, shelves: Shelves
) -> dict[str, Any]:
    return await a_whole_product(seller, database, shelves)


def path_of(product: dict[str, Any]) -> str:
    return f"{API}/products/{product['id']}/rules"


async def revision_of(seller: httpx.AsyncClient, product: dict[str, Any]) -> int:
    found = (await seller.get(f"{API}/products/{product['id']}")).json()
    return int(found["draft"]["revision"])


async def put(
    seller: httpx.AsyncClient, product: dict[str, Any], *rules: dict[str, Any]
) -> httpx.Response:
    body = {
        "revision": await revision_of(seller, product),
        "suite": {"name": "rules", "expectations": list(rules)},
    }
    return await seller.post(path_of(product), json=body, headers=keyed())


async def checked(
    admin: psycopg.Connection, database: Database, shelves: Shelves, product: dict[str, Any]
) -> None:
    """Do what the worker does with the product's open content."""
    query = f"select id from product_content where product_id = '{product['id']}' and state in ('draft', 'submitted')"
    ((content_id,),) = rows(admin, query)
    await check_rules(database.phases(Scope.system()), shelves, UUID(str(content_id)))


async def approved(
    database: Database,
    client_of: ClientOf,
    seller: httpx.AsyncClient,
    product: dict[str, Any],
) -> str:
    """Have the product approved; return the page on which it was examined."""
    await seller.post(f"{API}/products/{product['id']}/registration", headers=keyed())
    reviewer = (await reviewers_of(database, client_of))[0]
    review = (await reviewer.get("/api/v1/operator/reviews")).json()["items"][0]["id"]
    desk = f"/operator/reviews/{review}"
    page = (await reviewer.get(desk)).text
    await send(reviewer, desk, {"decision": "approve", "reason": ""}, to=f"{desk}/decision")
    return page


async def test_rules_are_checked_examined_and_shown_without_values(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    shelves: Shelves,
    seller: httpx.AsyncClient,
    product: dict[str, Any],
) -> None:
    given = await put(seller, product, BETWEEN, {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "b"}})  # fmt: skip
    early = await seller.get(f"{path_of(product)}/results")
    await checked(admin, database, shelves, product)
    await checked(admin, database, shelves, product)  # a second run changes nothing
    own = (await seller.get(path_of(product))).json()
    page = (await seller.get(f"/selling/products/{product['id']}/rules")).text
    exported = (await seller.get(f"{path_of(product)}/results")).json()
    public = f"/api/v1/products/{product['id']}/rules"
    unseen = await seller.get(public)
    examined = await approved(database, client_of, seller, product)
    shown = (await seller.get(public)).json()
    report = (await seller.get(f"/products/{product['id']}/versions/1/quality")).text

    assert given.status_code == 200
    assert given.json()["run"] is None
    assert (early.status_code, early.json()["code"]) == (404, "rules_not_shown")
    (table,) = own["run"]["tables"]
    assert own["run"]["failed_count"] == 1
    assert table["lines"][0]["came_ko"] == "1행이 벗어납니다 (첫 행 1)"
    assert "열 &#39;a&#39;의 값은 2~9이어야 합니다" in page
    assert "1: 1" in page
    assert exported[0]["results"][0]["result"]["partial_unexpected_list"] == [1]
    assert unseen.status_code == 404
    assert "1행이 벗어납니다 (첫 행 1)" in examined
    assert shown["run"]["tables"][0]["lines"][1]["success"] is True
    assert "partial" not in str(shown)
    assert "판매자의 규칙" in report
    assert "1행이 벗어납니다 (첫 행 1)" in report
    assert rows(admin, "select count(*) from audit_event where action = 'dataset.rules_checked'") == [(1,)]  # fmt: skip
    assert rows(admin, "select facts->>'rules' from audit_event where action = 'product.rules_replaced'") == [("2",)]  # fmt: skip


async def test_rules_that_fail_are_told_once_to_who_saved_them(
    admin: psycopg.Connection,
    database: Database,
    shelves: Shelves,
    seller: httpx.AsyncClient,
    product: dict[str, Any],
) -> None:
    fine = {"type": "expect_column_to_exist", "kwargs": {"column": "a"}}
    await put(seller, product, fine)
    await checked(admin, database, shelves, product)
    quiet = rows(admin, "select count(*) from notice where kind = 'rules.broken'")
    await put(seller, product, BETWEEN, fine)
    await checked(admin, database, shelves, product)
    await checked(admin, database, shelves, product)
    shown = (await seller.get("/notices")).text
    admin.execute("update user_account set language = 'en'")
    await put(seller, product, BETWEEN, fine, fine)
    await checked(admin, database, shelves, product)
    mails = rows(admin, "select subject, link from mail where subject ~ '규칙|rules' order by created_at")  # fmt: skip

    assert quiet == [(0,)]
    assert "데이터셋 판 1이(가) 규칙 1개를 지키지 않습니다" in shown
    assert len(mails) == 2
    assert "규칙 1개를 지키지 않습니다" in mails[0][0]
    assert "does not keep 1 of its rules" in mails[1][0]
    assert {link for _, link in mails} == {f"/selling/products/{product['id']}/rules"}


async def test_what_is_refused(
    client_of: ClientOf, seller: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    path = path_of(product)
    wrong = await put(seller, product, BETWEEN, {"type": "expect_magic", "kwargs": {}})
    sql = await put(seller, product, {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": "select 1"}})  # fmt: skip
    revision = await revision_of(seller, product)
    stale = await seller.post(path, json={"revision": revision - 1, "suite": {"name": "a", "expectations": []}}, headers=keyed())  # fmt: skip
    keyless = await seller.post(path, json={"revision": revision, "suite": {}})
    missing = await seller.post(f"{path}/1/removal", json={"revision": revision}, headers=keyed())
    foreign = await seller.get(f"{API}/products/{UUID(int=7)}/rules")
    nobody = await seller.get(f"/api/v1/products/{product['id']}/rules")

    assert (wrong.status_code, wrong.json()["code"]) == (422, "rules_invalid")
    assert [(one["field"], one["ko"]) for one in wrong.json()["fields"]] == [
        ("rules.2", "2번째 규칙 expect_magic: 모르는 규칙입니다.")
    ]
    assert "SQL을 받지 않습니다" in sql.text
    assert (stale.status_code, stale.json()["code"]) == (409, "draft_changed")
    assert keyless.status_code == 400
    assert (missing.status_code, missing.json()["code"]) == (404, "rule_not_found")
    assert foreign.status_code == 404
    assert nobody.status_code == 404
    assert (await seller.get(path)).json()["suite"]["expectations"] == []


async def test_rules_are_added_changed_and_deleted_one_by_one(
    seller: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    path = path_of(product)

    async def post(to: str, **more: Any) -> httpx.Response:
        body = {"revision": await revision_of(seller, product), **more}
        return await seller.post(path + to, json=body, headers=keyed())

    await post("/additions", expectation=BETWEEN)
    await post("/additions", expectation={"type": "expect_column_to_exist", "kwargs": {"column": "c"}})  # fmt: skip
    changed = await post("/1", expectation=BETWEEN | {"severity": "warning"})
    deleted = await post("/2/removal")

    assert [one["severity"] for one in changed.json()["suite"]["expectations"]] == ["warning", "critical"]  # fmt: skip
    assert [one["type"] for one in deleted.json()["suite"]["expectations"]] == [BETWEEN["type"]]
    assert changed.json()["sha256"] != deleted.json()["sha256"]


async def test_the_form_makes_every_kind_without_json(
    seller: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    page = f"/selling/products/{product['id']}/rules"
    kinds: list[dict[str, str]] = [
        {"kind": "range", "low": "1", "high": "1,500", "share": "95"},
        {"kind": "set", "values": "1\n4\n"},
        {"kind": "pattern", "pattern": "^[0-9]$"},
        {"kind": "unique", "second": "b"},
        {"kind": "filled"},
        {"kind": "order", "direction": "increasing", "strictly": "on"},
        {"kind": "reference", "other_file": "a.csv", "other_column": "b"},
        {"kind": "between_columns", "comparison": "<=", "second": "b", "tolerance": "0.5", "when_column": "c", "when_comparison": ">", "when_value": "3"},
    ]  # fmt: skip
    for fields in kinds:
        shown = await seller.get(f"{page}?kind={fields['kind']}")
        assert 'name="column"' in shown.text
        given = {"revision": await revision_of(seller, product), "column": "a", **fields}
        saved = await send(seller, page, given, to=page)
        assert saved.status_code == 303, saved.text
    suite = (await seller.get(path_of(product))).json()["suite"]["expectations"]
    edited = await seller.get(f"{page}/1")
    given = {"revision": await revision_of(seller, product), "column": "a", "kind": "range", "low": "3"}  # fmt: skip
    await send(seller, page, given, to=f"{page}/1")
    given = {"revision": await revision_of(seller, product)}
    removed = await send(seller, page, given, to=f"{page}/2/removal")
    after = (await seller.get(path_of(product))).json()["suite"]["expectations"]
    sent = await seller.get(f"{page}.json")

    assert [one["kwargs"] for one in suite] == [
        {"column": "a", "min_value": 1, "max_value": 1500, "mostly": 0.95},
        {"column": "a", "value_set": [1, 4]},
        {"column": "a", "regex": "^[0-9]$"},
        {"column_list": ["a", "b"]},
        {"column": "a"},
        {"column": "a", "strictly": True},
        {"column": "a", "other_file": "a.csv", "other_column": "b"},
        {
            "rule": {"left": {"column": "a"}, "comparison": "<=", "right": {"column": "b"}, "tolerance": 0.5},
            "when": {"left": {"column": "c"}, "comparison": ">", "right": {"value": 3}},
        },
    ]  # fmt: skip
    assert 'value="1500"' in edited.text
    assert removed.headers["location"].endswith("done=rule-removed")
    assert after[0]["kwargs"] == {"column": "a", "min_value": 3}
    assert len(after) == len(suite) - 1
    assert sent.json()["expectations"] == after


async def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(
    seller: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    page = f"/selling/products/{product['id']}/rules"
    revision = await revision_of(seller, product)
    empty = await send(seller, page, {"revision": revision, "kind": "range", "low": "높음"}, to=page)  # fmt: skip
    crossed = await send(seller, page, {"revision": revision, "kind": "range", "column": "a", "low": "9", "high": "1"}, to=page)  # fmt: skip
    pasted = await send(seller, page, {"revision": revision, "suite": "{no json"}, to=f"{page}/suite")  # fmt: skip

    assert empty.status_code == 422
    assert "열을 고르십시오" in empty.text
    assert 'value="높음"' in empty.text
    assert "지킬 수 없습니다" in crossed.text
    assert "JSON이 아닙니다" in pasted.text


async def test_a_new_version_is_checked_and_failing_is_told(
    admin: psycopg.Connection,
    database: Database,
    shelves: Shelves,
    seller: httpx.AsyncClient,
    product: dict[str, Any],
) -> None:
    await put(seller, product, BETWEEN)
    await checked(admin, database, shelves, product)
    path = f"{API}/products/{product['id']}"
    version = (await seller.post(f"{path}/versions", json={}, headers=keyed())).json()
    file = await uploaded(seller, version, "a.csv", b"a,b,c\n2,1,1\n3,2,2\n")
    await process(database, shelves, file)
    await close(seller, version)
    waiting = (await seller.get(path_of(product))).json()["run"]
    queued = rows(admin, "select count(*) from job_run where name = 'catalog.check_rules'")
    ((content_id,),) = rows(admin, f"select id from product_content where product_id = '{product['id']}'")  # fmt: skip
    await give_up(database.phases(Scope.system()), UUID(str(content_id)))
    failed = (await seller.get(path_of(product))).json()["run"]
    told = (await seller.get(f"/selling/products/{product['id']}/rules")).text
    await checked(admin, database, shelves, product)
    again = (await seller.get(path_of(product))).json()["run"]

    assert waiting is None
    assert queued == [(2,)]
    assert failed["state"] == "failed"
    assert "규칙을 확인하지 못했습니다" in told
    assert (again["state"], again["failed_count"]) == ("done", 0)


async def test_another_organization_reads_no_rules(
    database: Database, client_of: ClientOf, seller: httpx.AsyncClient, product: dict[str, Any]
) -> None:
    await put(seller, product, BETWEEN)
    await listed(database, seller, client_of, product)

    unchecked = await seller.get(f"/api/v1/products/{product['id']}/rules")

    assert (unchecked.status_code, unchecked.json()["code"]) == (404, "rules_not_shown")
