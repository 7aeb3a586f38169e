"""A seller writes a product over the API: begin, save, price, give up, begin anew, read the contract."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from marketplace.auth import Role
from marketplace.catalog.products import service
from marketplace.catalog.products.completeness import NEEDED
from marketplace.catalog.products.licence.questions import QUESTIONS, standard_answers
from marketplace.catalog.products.models import ContentState, Product, ProductContent
from marketplace.catalog.products.schemas import ProductIn
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.states import move
from tests.actors import fresh_key
from tests.factories import a_member
from tests.marketplace.organizations.conftest import ClientOf
from tests.marketplace.organizations.steps import rows

Owner = tuple[User, Organization]
PATH = "/api/v1/organization/products"
WHOLE: dict[str, Any] = {
    "title_ko": "컨베이어 벨트 손상 감지",
    "summary_ko": "정상 벨트와 손상 벨트를 나란히 잰 기록",
    "description_ko": "속도 세 단계로 300행씩 운전하며 잰 기록입니다.",
    "industry_division": "29",
    "process": "이송",
    "equipment": "벨트 컨베이어",
    "purpose": "predictive_maintenance",
    "data_kind": "time_series",
    "collected_from": "2026-01-05",
    "collected_to": "2026-01-09",
    "collection_method": "PLC에서 0.1초마다 읽어 파일로 저장",
    "interval_s": 0.1,
    "column_dictionary": [
        {"name": "소음", "meaning": "벨트 옆의 소음", "unit": "dB", "low": 0, "high": 120},
        {"name": "속도", "meaning": "속도 단계", "codes": ["1", "4", "7"]},
    ],
    "declarations": {
        "no_personal_data": True,
        "no_trade_secrets": True,
        "right_to_sell": True,
        "provenance": "자기 공장의 시험 설비",
        "augmented": False,
    },
}


async def begun(client: httpx.AsyncClient, title: str = "벨트") -> dict[str, Any]:
    headers = {"idempotency-key": fresh_key()}
    answer = await client.post(PATH, json={"title_ko": title}, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def save(client: httpx.AsyncClient, product: dict[str, Any], **given: Any) -> httpx.Response:
    revision = given.pop("revision", product["draft"]["revision"])
    path = f"{PATH}/{product['id']}/draft"
    return await client.patch(path, json={"revision": revision, **given})


async def act(client: httpx.AsyncClient, path: str) -> httpx.Response:
    return await client.post(path, headers={"idempotency-key": fresh_key()})


async def test_a_new_product_is_an_empty_draft_with_the_standard_licence(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])

    product = await begun(client)

    assert (product["state"], product["price_won"], product["approved"]) == ("draft", None, None)
    assert product["draft"]["title_ko"] == "벨트"
    assert product["draft"]["licence"] == standard_answers()
    unneeded = {"title_ko", "interval_s", "sample", "licence", "augmentation"}
    assert product["missing"] == [name for name in NEEDED if name not in unneeded]
    assert rows(admin, "select action from audit_event") == [("product.begun",)]
    assert (await client.get(PATH)).json()["items"][0]["title_ko"] == "벨트"


async def test_a_product_is_written_until_nothing_is_missing_but_its_data(
    client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    product = await begun(client)

    saved = (await save(client, product, **WHOLE)).json()
    priced = await client.put(f"{PATH}/{product['id']}/price", json={"price_won": 1_200_000})

    assert saved["draft"]["industry_section"] == "C"
    assert saved["draft"]["revision"] == 2
    assert saved["draft"]["column_dictionary"][0] == {
        "name": "소음", "meaning": "벨트 옆의 소음", "unit": "dB", "low": 0.0, "high": 120.0, "codes": [],
    }  # fmt: skip
    assert priced.json()["missing"] == ["dataset_version_id"]


async def test_a_second_window_overwrites_nothing_and_the_same_save_twice_is_one(
    client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    product = await begun(client)

    first = await save(client, product, title_ko="새 이름")
    again = await save(client, product, title_ko="새 이름")
    late = await save(client, product, title_ko="다른 이름")

    assert (first.json()["draft"]["revision"], again.json()["draft"]["revision"]) == (2, 2)
    assert (late.status_code, late.json()["code"]) == (409, "draft_changed")
    assert "2번째 저장 내용" in late.text
    shown = (await client.get(f"{PATH}/{product['id']}")).json()
    assert shown["draft"]["title_ko"] == "새 이름"


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        ({"collected_from": "2026-02-01", "collected_to": "2026-01-01"}, 422, "collected_to"),
        ({"industry_division": "04"}, 422, "industry_division"),
        ({"licence": {"purpose": "world_domination"}}, 422, "licence.purpose"),
        ({"licence": {"colour": "red"}}, 422, "licence.colour"),
        ({"column_dictionary": [{"name": "a"}, {"name": "a"}]}, 422, "column_dictionary.1.name"),
        ({"column_dictionary": [{"name": "a", "low": 2, "high": 1}]}, 422, "column_dictionary.0.high"),
        ({"interval_s": 0}, 400, "interval_s"),
        ({"title_ko": "가" * 121}, 400, "title_ko"),
        ({"state": "approved"}, 400, "state"),
        ({"declarations": {"no_personal_data": "yes"}}, 400, "declarations.no_personal_data"),
    ],
)  # fmt: skip
async def test_what_cannot_be_saved_is_refused_whole_and_names_the_field(
    client_of: ClientOf, owner: Owner, given: dict[str, Any], status: int, field: str
) -> None:
    client = await client_of(owner[0])
    product = await begun(client)

    answer = await save(client, product, process="이송", **given)

    assert answer.status_code == status, answer.text
    assert field in answer.text
    shown = (await client.get(f"{PATH}/{product['id']}")).json()
    assert (shown["draft"]["process"], shown["draft"]["revision"]) == ("", 1)


async def test_a_price_is_a_whole_number_of_won_and_its_history_stays(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    path = f"{PATH}/{(await begun(client))['id']}/price"

    statuses = [
        (await client.put(path, json={"price_won": price})).status_code
        for price in (1_000, 1_000, 999, 10_000_000_000, 10_000_000_001, 1_000.5, "만원", None)
    ]

    assert statuses == [200, 200, 400, 200, 400, 400, 400, 400]
    changes = rows(admin, "select price_won from price_change order by id")
    assert changes == [(1_000,), (10_000_000_000,)]
    facts = rows(admin, "select facts from audit_event where action = 'product.priced' order by id")
    assert facts[0][0] == {"price_won": [None, 1_000]}


async def test_a_draft_is_given_up_and_begun_anew(client_of: ClientOf, owner: Owner) -> None:
    client = await client_of(owner[0])
    product = await begun(client)
    await save(client, product, process="이송")
    path = f"{PATH}/{product['id']}/draft"

    open_already = await act(client, path)
    gone = await act(client, f"{path}/discard")
    twice = await act(client, f"{path}/discard")
    listed = (await client.get(PATH)).json()["items"]
    anew = await act(client, path)

    assert open_already.json()["code"] == "draft_open"
    assert gone.json()["draft"] is None
    assert twice.json()["code"] == "no_draft"
    assert listed == []
    assert (anew.json()["draft"]["number"], anew.json()["draft"]["process"]) == (2, "이송")


async def test_what_is_being_examined_is_not_edited(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    product = await begun(client)
    admin.execute("set session_replication_role = replica")
    admin.execute("update product_content set state = 'submitted', submitted_at = app_now(),"
                  " licence_ko = '', dataset_version_id = gen_random_uuid()")  # fmt: skip
    admin.execute("set session_replication_role = default")

    assert (await save(client, product, process="x")).json()["code"] == "no_draft"
    assert (await act(client, f"{PATH}/{product['id']}/draft/discard")).json()["code"] == "no_draft"


async def test_a_new_content_takes_over_what_the_last_one_said(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    product = await begun(client)
    await save(client, product, **WHOLE)
    async with database.transaction(Scope.system()) as session:
        content = await session.get_one(ProductContent, product["draft"]["id"])
        found = await session.get_one(Product, product["id"])
        owner_id = found.organization_id
        await move(
            session, "product_content", content, ContentState.discarded, organization_id=owner_id
        )

    anew = (await act(client, f"{PATH}/{product['id']}/draft")).json()

    assert anew["draft"]["title_ko"] == WHOLE["title_ko"]
    assert (
        anew["draft"]["column_dictionary"]
        == (await client.get(f"{PATH}/{product['id']}")).json()["draft"]["column_dictionary"]
    )


async def test_the_contract_says_what_differs_from_the_standard(
    client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    product = await begun(client)
    path = f"{PATH}/{product['id']}/contract"
    standard = (await client.get(path)).json()
    await save(client, product, licence=standard_answers() | {"term": "one_year"})

    other = (await client.get(path)).json()

    assert len(standard["clauses"]) == len(QUESTIONS) == 12
    assert [one["standard"] for one in standard["clauses"]] == [None] * 12
    changed = [one for one in other["clauses"] if one["standard"]]
    assert [one["question"] for one in changed] == ["term"]
    assert changed[0]["standard"] == "이용 기간에는 제한이 없습니다."
    assert "제2조 (이용 기간)\n이용 기간은 결제가 끝난 날부터 1년입니다." in other["text_ko"]
    assert standard["sha256"] != other["sha256"]
    use = other["odrl"]["permission"][0]
    assert {"leftOperand": "elapsedTime", "operator": "lteq", "rightOperand": "P1Y"} in use[
        "constraint"
    ]


@pytest.mark.parametrize(
    ("role", "may_read", "may_write"),
    [(Role.seller, True, True), (Role.viewer, True, False), (Role.buyer, False, False)],
)
async def test_sellers_write_viewers_read(
    database: Database, client_of: ClientOf, owner: Owner, *, role: Role, may_read: bool, may_write: bool
) -> None:  # fmt: skip
    member, _ = await a_member(database, role, organization=owner[1])
    client = await client_of(member)

    made = await client.post(PATH, json={}, headers={"idempotency-key": fresh_key()})

    assert (made.status_code == 201) is may_write
    assert ((await client.get(PATH)).status_code == 200) is may_read


async def test_the_product_of_another_organization_does_not_exist(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    product = await begun(await client_of(owner[0]))
    stranger, _ = await a_member(database, Role.owner)
    client = await client_of(stranger)

    for number in (product["id"], str(uuid4())):
        answers = [
            await client.get(f"{PATH}/{number}"),
            await client.get(f"{PATH}/{number}/contract"),
            await client.patch(f"{PATH}/{number}/draft", json={"revision": 1, "process": "x"}),
            await client.put(f"{PATH}/{number}/price", json={"price_won": 1_000}),
            await act(client, f"{PATH}/{number}/draft"),
            await act(client, f"{PATH}/{number}/draft/discard"),
        ]
        assert {answer.json()["code"] for answer in answers} == {"product_not_found"}
    assert (await client.get(PATH)).json()["items"] == []


async def test_the_list_comes_in_pages_and_its_cursor_is_not_made_up(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    async with database.transaction(Scope.system()) as session:
        for number in range(51):
            given = ProductIn(title_ko=f"상품 {number}")
            await service.begin(session, owner[1].id, given, actor_id=owner[0].id)

    first = (await client.get(PATH)).json()
    second = (await client.get(PATH, params={"cursor": first["next_cursor"]})).json()
    refused = await client.get(PATH, params={"cursor": "made-up"})

    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (50, 1, None)
    assert {one["id"] for one in first["items"]}.isdisjoint(one["id"] for one in second["items"])
    assert refused.json()["code"] == "cursor_refused"


async def test_two_saves_at_once_keep_one_and_refuse_the_other(
    client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    product = await begun(client)

    answers = await asyncio.gather(
        *(save(client, product, title_ko=f"이름 {number}") for number in range(4))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
