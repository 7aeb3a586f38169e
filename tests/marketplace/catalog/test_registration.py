"""A registration is requested, talked about and decided; only what was approved goes on sale (E5, E6)."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.products.models import DataKind
from marketplace.catalog.review.checks import SECOND_LOOK_WON
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import a_whole_product, may_sell, reviewers_of
from tests.marketplace.catalog.search.shelf import put_on_sale
from tests.marketplace.catalog.sending import API, keyed
from tests.marketplace.catalog.test_products import begun
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

Owner = tuple[User, Organization]
DESK = "/api/v1/operator/reviews"
pytestmark = pytest.mark.slow  # each product has real data, examined by real children


@pytest.fixture
async def seller(
    database: Database, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> tuple[httpx.AsyncClient, dict[str, Any]]:
    """A client of somebody who may sell, and a whole product."""
    await may_sell(database, *owner)
    client = await client_of(owner[0])
    return client, await a_whole_product(client, database, shelves)


def path_of(product: dict[str, Any], more: str = "") -> str:
    return f"{API}/products/{product['id']}/registration{more}"


async def submit(client: httpx.AsyncClient, product: dict[str, Any]) -> httpx.Response:
    return await client.post(path_of(product), headers=keyed())


async def page_of_review(reviewer: httpx.AsyncClient, admin: psycopg.Connection) -> str:
    found = admin.execute("select id from review where state = 'waiting'").fetchone()
    assert found is not None
    return f"/operator/reviews/{found[0]}"


async def decide(
    reviewer: httpx.AsyncClient, page: str, decision: str, reason: str = ""
) -> httpx.Response:
    fields = {"decision": decision, "reason": reason, "_key": str(uuid4())}
    return await send(reviewer, page, fields, to=f"{page}/decision")


def states(admin: psycopg.Connection) -> tuple[Any, ...]:
    return rows(
        admin,
        "select p.state, c.state, r.state from product p join product_content c on c.product_id = p.id"
        " left join review r on r.content_id = c.id order by c.number desc, r.submitted_at desc limit 1",
    )[0]


async def test_a_request_is_approved_and_the_product_is_on_sale(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, seller: Any
) -> None:
    client, product = seller
    reviewer, _ = await reviewers_of(database, client_of)

    sent = await submit(client, product)
    queue = await reviewer.get("/operator/reviews")
    page = await page_of_review(reviewer, admin)
    shown = await reviewer.get(page)
    taken = await send(reviewer, page, {}, to=f"{page}/take")
    done = await decide(reviewer, page, "approve")

    assert sent.json()["draft"]["state"] == "submitted"
    assert product["draft"]["title_ko"] in queue.text
    for words in ("품질 등급 A", "완전성", "제조 개선", "자동 확인"):
        assert words in shown.text or words == "제조 개선"
    assert taken.headers["location"] == f"{page}?done=review-taken"
    assert done.headers["location"] == f"{page}?done=review-decided"
    assert states(admin) == ("listed", "approved", "approved")
    frozen = rows(
        admin,
        "select licence_ko like '제조데이터 이용허락 계약%%', licence_sha256 from product_content",
    )
    assert frozen[0][0] is True
    contract = (await client.get(f"{API}/products/{product['id']}/contract")).json()
    assert frozen[0][1] == contract["sha256"]
    kinds = [kind for (kind,) in rows(admin, "select kind from notice order by id")]
    assert "review.approved" in kinds
    actions = [a for (a,) in rows(admin, "select action from audit_event order by id")]
    assert actions[-3:] == ["review.submitted", "review.taken", "review.approved"]
    assert (await decide(reviewer, page, "reject", "늦은 결정")).status_code == 409


async def test_what_is_missing_is_listed_and_nothing_is_sent(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:  # fmt: skip
    client = await client_of(owner[0])
    bare = await begun(client)
    whole = await a_whole_product(client, database, shelves)

    early = await submit(client, bare)
    unverified = await submit(client, whole)
    checks = (await client.get(path_of(whole))).json()["checks"]

    assert early.json()["code"] == unverified.json()["code"] == "not_ready_to_submit"
    assert [one["code"] for one in checks if not one["passed"]] == [
        "training.completed", "organization.registry", "organization.representative", "organization.bank_account",
        "seller.profile",
    ]  # fmt: skip
    assert rows(admin, "select count(*) from review") == [(0,)]


async def test_a_return_with_its_reason_comes_back_mended(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, seller: Any
) -> None:
    client, product = seller
    reviewer, _ = await reviewers_of(database, client_of)
    await submit(client, product)
    page = await page_of_review(reviewer, admin)

    without = await decide(reviewer, page, "return")
    returned = await decide(reviewer, page, "return", "라벨의 뜻을 적어 주십시오.")
    seen = (await client.get(path_of(product))).json()
    draft = (await client.get(f"{API}/products/{product['id']}")).json()["draft"]
    mended = {"revision": draft["revision"], "label_definition": "1은 손상"}
    saved = await client.patch(f"{API}/products/{product['id']}/draft", json=mended)
    again = await submit(client, product)

    assert without.status_code == 409
    assert "사유를 2자 이상" in without.text
    assert returned.status_code == 303
    assert seen["reviews"][0]["reason"] == "라벨의 뜻을 적어 주십시오."
    assert saved.status_code == 200
    assert again.status_code == 201
    assert states(admin) == ("draft", "submitted", "waiting")
    shown = await reviewer.get(await page_of_review(reviewer, admin))
    assert "라벨의 뜻을 적어 주십시오." in shown.text


async def test_a_rejected_content_is_written_anew(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, seller: Any
) -> None:
    client, product = seller
    reviewer, _ = await reviewers_of(database, client_of)
    await submit(client, product)
    await decide(
        reviewer, await page_of_review(reviewer, admin), "reject", "팔 수 없는 데이터입니다."
    )

    locked = await client.patch(
        f"{API}/products/{product['id']}/draft", json={"revision": 1, "process": "x"}
    )
    anew = await client.post(f"{API}/products/{product['id']}/draft", headers=keyed())

    assert locked.json()["code"] == "no_draft"
    assert anew.json()["draft"]["number"] == 2


async def test_a_new_content_replaces_the_old_one_only_when_approved(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, seller: Any
) -> None:
    client, product = seller
    reviewer, _ = await reviewers_of(database, client_of)
    path = f"{API}/products/{product['id']}"
    await submit(client, product)
    await decide(reviewer, await page_of_review(reviewer, admin), "approve")
    anew = (await client.post(f"{path}/draft", headers=keyed())).json()["draft"]
    await client.patch(f"{path}/draft", json={"revision": anew["revision"], "title_ko": "둘째"})
    await submit(client, product)

    between = (await client.get(path)).json()
    await decide(reviewer, await page_of_review(reviewer, admin), "approve")
    after = (await client.get(path)).json()

    assert (between["state"], between["approved"]["number"]) == ("listed", 1)
    assert (after["approved"]["number"], after["approved"]["title_ko"]) == (2, "둘째")
    superseded = rows(admin, "select state from product_content where number = 1")
    assert superseded == [("superseded",)]


async def test_the_first_approval_of_a_later_version_tells_those_who_bought_an_earlier_one(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, seller: Any
) -> None:
    reviewer, _ = await reviewers_of(database, client_of)
    admin.execute("update dataset_version set number = 2")
    await submit(*seller)
    await decide(reviewer, await page_of_review(reviewer, admin), "approve")
    told = (
        "select args->>'version_id' from procrastinate_jobs where task_name = 'delivery.tell_newer'"
    )
    assert rows(admin, told) == rows(admin, "select id::text from dataset_version")


async def test_an_expensive_product_needs_two_reviewers(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, seller: Any
) -> None:
    client, product = seller
    first, second = await reviewers_of(database, client_of)
    price = {"price_won": SECOND_LOOK_WON}
    await client.put(f"{API}/products/{product['id']}/price", json=price)
    await submit(client, product)
    page = await page_of_review(first, admin)

    once = await decide(first, page, "approve")
    waiting = states(admin)
    twice = await decide(first, page, "approve")
    other = await decide(second, page, "approve")

    assert once.status_code == 303
    assert waiting == ("draft", "submitted", "waiting")
    assert twice.status_code == 403
    assert other.status_code == 303
    assert states(admin) == ("listed", "approved", "approved")


async def test_a_request_is_taken_back_and_both_sides_talk(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, seller: Any
) -> None:
    client, product = seller
    reviewer, _ = await reviewers_of(database, client_of)
    await submit(client, product)
    page = await page_of_review(reviewer, admin)

    await send(reviewer, page, {"text": "속도의 단위는 무엇입니까?"}, to=f"{page}/comments")
    body = {"text": "m/s입니다.", "about": "column_dictionary"}
    answer = await client.post(path_of(product, "/comments"), json=body, headers=keyed())
    thread = (await client.get(path_of(product))).json()["comments"]
    recalled = await client.post(path_of(product, "/recall"), headers=keyed())
    twice = await client.post(path_of(product, "/recall"), headers=keyed())

    assert answer.status_code == 201
    assert [(one["by_operator"], one["body"]) for one in thread] == [
        (True, "속도의 단위는 무엇입니까?"), (False, "m/s입니다."),
    ]  # fmt: skip
    assert "m/s입니다." in (await reviewer.get(page)).text
    assert recalled.json()["draft"]["state"] == "draft"
    assert twice.json()["code"] == "nothing_submitted"
    assert (await decide(reviewer, page, "reject", "늦은 결정")).status_code == 409
    assert states(admin)[2] == "recalled"


async def test_two_decisions_at_once_leave_one(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, seller: Any
) -> None:
    client, product = seller
    first, second = await reviewers_of(database, client_of)
    await submit(client, product)
    page = await page_of_review(first, admin)

    answers = await asyncio.gather(
        decide(first, page, "approve"), decide(second, page, "reject", "아닙니다.")
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert rows(admin, "select count(*) from review where decided_by is not null") == [(1,)]


async def test_no_seller_decides_even_past_the_application(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner, seller: Any
) -> None:
    client, product = seller
    await submit(client, product)
    page = await page_of_review(client, admin)

    assert (await client.get(page)).status_code == 403
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.transaction(Scope("tenant", owner[0].id, owner[1].id)) as session:
            await session.execute(
                text("update review set state = 'approved', decided_at = app_now()")
            )


async def test_the_seller_does_all_of_it_by_forms(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, seller: Any
) -> None:
    client, product = seller
    page = f"/selling/products/{product['id']}"

    sent = await send(client, page, {}, to=f"{page}/submit")
    waiting = await client.get(page)
    said = await send(client, page, {"text": "잘 부탁드립니다."}, to=f"{page}/comments")
    back = await send(client, page, {}, to=f"{page}/recall")
    late = await send(client, page, {}, to=f"{page}/recall")

    assert sent.headers["location"] == f"{page}?done=submitted"
    assert "심사 중입니다" in waiting.text
    assert said.headers["location"] == f"{page}?done=comment-sent"
    assert back.headers["location"] == f"{page}?done=recalled"
    assert late.status_code == 409
    assert (await client.get(f"/selling/products/{uuid4()}")).status_code == 404


async def test_a_reviewer_works_over_the_api(
    seller: tuple[httpx.AsyncClient, dict[str, Any]], client_of: ClientOf, database: Database
) -> None:
    client, product = seller
    await submit(client, product)
    first, second = await reviewers_of(database, client_of)
    line = (await first.get(DESK)).json()["items"][0]
    one = f"{DESK}/{line['id']}"

    taken = await first.post(f"{one}/assignment", headers=keyed())
    mine = (await first.get(DESK, params={"only": "mine"})).json()["items"]
    not_mine = (await second.get(DESK, params={"only": "mine"})).json()["items"]
    said = await first.post(
        f"{one}/comments", json={"text": "단위를 적어 주십시오."}, headers=keyed()
    )
    bare = await first.post(f"{one}/decision", json={"decision": "return"}, headers=keyed())
    whole = {"decision": "return", "reason": "단위가 없습니다."}
    twice = keyed()
    sent_back = await first.post(f"{one}/decision", json=whole, headers=twice)
    again = await first.post(f"{one}/decision", json=whole, headers=twice)
    late = await second.post(f"{one}/decision", json={"decision": "approve"}, headers=keyed())

    assert (line["number"], line["overdue"]) == (product["number"], False)
    assert taken.json()["assigned_to"] == mine[0]["assigned_to"]
    assert not_mine == []
    assert said.status_code == 201
    assert (bare.status_code, bare.json()["code"]) == (409, "review_reason_missing")
    assert (sent_back.status_code, sent_back.json()["state"]) == (200, "returned")
    assert again.json() == sent_back.json()
    assert (late.status_code, late.json()["code"]) == (409, "review_decided")
    assert (await first.get(DESK)).json()["items"] == []
    shown = (await first.get(one)).json()
    assert shown["reason"] == "단위가 없습니다."
    assert shown["content"]["title_ko"]
    assert [said["body"] for said in shown["comments"]] == ["단위를 적어 주십시오."]
    assert (await client.get(one)).status_code == 403


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ("", True),
        ("only=unassigned", True),
        ("only=overdue", False),
        ("only=second_look", False),
        ("state=approved", False),
        ("text=없는+이름", False),
        ("state=nonsense", True),
    ],
)
async def test_the_queue_is_narrowed(
    seller: tuple[httpx.AsyncClient, dict[str, Any]],
    client_of: ClientOf,
    database: Database,
    conditions: str,
    found: bool,  # noqa: FBT001 - a parameter of the table above
) -> None:
    client, product = seller
    await submit(client, product)
    reviewer = (await reviewers_of(database, client_of))[0]

    page = (await reviewer.get(f"/operator/reviews?{conditions}")).text

    assert ("/operator/reviews/" in page.split("<main", 1)[1]) is found


@pytest.mark.parametrize(
    ("price_won", "outlier"), [(90_000, True), (110_000, False), (9_900_000, False)]
)
async def test_a_price_far_from_others_is_warned_of_and_refuses_nothing(
    seller: tuple[httpx.AsyncClient, dict[str, Any]],
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    price_won: int,
    outlier: bool,  # noqa: FBT001 - a parameter of the table above
) -> None:
    client, product = seller
    bare = (await client.get(path_of(product))).json()["price"]
    alike = {"industry_division": "29", "data_kind": DataKind.time_series}
    for number in range(5):
        await put_on_sale(database, owner, f"비슷한 것 {number}", **alike)
    await client.put(f"{API}/products/{product['id']}/price", json={"price_won": price_won})
    measured = (await client.get(path_of(product))).json()["price"]
    page = (await client.get(f"/selling/products/{product['id']}")).text
    sent = await submit(client, product)
    reviewer = (await reviewers_of(database, client_of))[0]
    desk = (await reviewer.get(DESK)).json()["items"][0]["id"]
    examined = (await reviewer.get(f"/operator/reviews/{desk}")).text

    assert (bare["basis"], bare["median_won"]) == ("none", None)
    assert (measured["basis"], measured["median_won"]) == ("alike", 1_000_000)
    assert measured["outlier"] is outlier
    assert ("10배 넘게 다릅니다" in page) is outlier
    assert sent.status_code == 201
    assert "상품 5개의 가운데값은" in examined
    assert ("10배 넘게 다릅니다" in examined) is outlier
