"""What everybody sees of products on sale, and of what is not on sale (E2, E6)."""

import json
import re
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.products.models import Product, ProductState
from marketplace.catalog.products.terms import ENGLISH_TERMS, term_in
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.states import move
from tests.marketplace.catalog.conftest import ClientOf, Sold
from tests.marketplace.catalog.listing import a_whole_product, listed, may_sell
from tests.marketplace.catalog.search.shelf import put_on_sale
from tests.marketplace.catalog.sending import API
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

Owner = tuple[User, Organization]
PUBLIC = "/api/v1/products"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140"}
pytestmark = pytest.mark.slow  # each product has real data, examined by real children


async def step(database: Database, product: dict[str, Any], state: str, **more: Any) -> None:
    """Let a product take a step, as the acts of its seller and of the operator will."""
    async with database.transaction(Scope.system()) as session:
        found = await session.get_one(Product, product["id"])
        with session.no_autoflush:  # the reason and the state are written together
            for name, value in more.items():
                setattr(found, name, value)
            owner = found.organization_id
            await move(session, "product", found, ProductState(state), organization_id=owner)


def test_usual_processes_and_machines_have_english_names() -> None:
    assert term_in("사출성형", english=True) == "Injection moulding"
    assert term_in("벨트  컨베이어", english=True) == "Belt conveyor"
    assert term_in("우리끼리 부르는 이름", english=True) == "우리끼리 부르는 이름"
    assert term_in("사출성형", english=False) == "사출성형"
    assert all(not re.search("[가-힣]", name) for name in ENGLISH_TERMS.values())


async def test_the_english_market_names_facets_in_english(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    await put_on_sale(
        database, owner, "벨트", title_en="Belt", summary_ko="요약", summary_en="In short",
        process="사출성형", equipment="벨트 컨베이어", columns=["a"],
    )  # fmt: skip
    client = await client_of(None)

    page = await client.get("/market", headers={"accept-language": "en"})
    facets = page.text.split('id="facets"')[1].split("<section")[0]

    assert {"Injection moulding", "Belt conveyor", "Time series"} <= set(
        re.findall(r"<span>([^<]+)</span>", facets)
    )
    words = re.sub(r'value="[^"]*"', "", facets).replace(owner[1].name, "")
    assert not re.search("[가-힣]", words)


async def test_everybody_reads_a_product_on_sale(
    client_of: ClientOf, owner: Owner, sold: Sold
) -> None:
    anybody = await client_of(None)
    product_id = sold[1]["id"]

    told = (await anybody.get(f"{PUBLIC}/{product_id}")).json()
    page = await anybody.get(f"/products/{product_id}")
    report = (await anybody.get(f"{PUBLIC}/{product_id}/quality")).json()
    contract = await anybody.get(f"{PUBLIC}/{product_id}/contract")

    assert told["title_ko"] == sold[1]["draft"]["title_ko"]
    assert told["price"] == {"supply_won": 1_200_000, "vat_won": 120_000, "total_won": 1_320_000}
    assert told["seller"]["business_number"] == owner[1].business_number
    assert told["seller"]["mail_order_number"] == "2026-가상시험-0001"
    assert told["version"]["files"][0]["path"] == "a.csv"
    assert len(told["version"]["files"][0]["sha256"]) == 64
    columns = told["columns"][0]["columns"]
    assert sum(columns[0]["bars"]) == pytest.approx(
        report["files"][0]["tables"][0]["row_count"] - columns[0]["null_count"]
    )
    assert contract.text.startswith("제조데이터 이용허락 계약")
    assert page.status_code == 200
    for words in (told["title_ko"], "₩1,320,000", owner[1].representative, "가상시험-0001", "품질"):
        assert words in page.text
    assert "upload_id" not in page.text
    assert "object_key" not in (await anybody.get(f"{PUBLIC}/{product_id}")).text


async def test_programs_read_what_the_page_says(client_of: ClientOf, sold: Sold) -> None:
    anybody = await client_of(None)
    page = (await anybody.get(f"/products/{sold[1]['id']}")).text
    answer = await anybody.get(f"{PUBLIC}/{sold[1]['id']}/schema.org")

    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)

    assert found is not None
    told = json.loads(found[1])
    assert told == answer.json()
    assert answer.headers["content-type"].startswith("application/ld+json")
    assert told["@type"] == "Dataset"
    assert told["offers"]["price"] == "1200000"
    assert told["distribution"][0]["encodingFormat"] == "text/csv"
    assert len(told["description"]) >= 50


async def test_no_text_of_a_seller_becomes_code(
    database: Database, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:
    await may_sell(database, *owner)
    client = await client_of(owner[0])
    product = await a_whole_product(client, database, shelves)
    nasty = "</script><script>alert(1)</script>"
    revision = (await client.get(f"{API}/products/{product['id']}")).json()["draft"]["revision"]
    body = {"revision": revision, "title_ko": nasty, "description_ko": nasty + " 설명" * 30}
    assert (
        await client.patch(f"{API}/products/{product['id']}/draft", json=body)
    ).status_code == 200
    await listed(database, client, client_of, product)

    page = (await (await client_of(None)).get(f"/products/{product['id']}")).text

    assert "<script>alert" not in page
    assert page.count("</script>") == page.count("<script")


async def test_what_is_not_on_sale_is_not_there(
    database: Database, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:
    await may_sell(database, *owner)
    client = await client_of(owner[0])
    draft = await a_whole_product(client, database, shelves)
    anybody = await client_of(None)

    answers = [
        await who.get(path)
        for who in (anybody, client)
        for path in (
            f"/products/{draft['id']}", f"{PUBLIC}/{draft['id']}", f"{PUBLIC}/{draft['id']}/quality",
            f"/products/{uuid4()}", f"/sellers/{owner[1].id}", f"/api/v1/sellers/{owner[1].id}",
        )
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404] * len(answers)


@pytest.mark.parametrize(
    ("state", "more", "code", "sentence"),
    [
        ("withdrawn", {}, "listing_withdrawn", "판매자가 판매를 중지한"),
        (
            "suspended",
            {"suspended_reason": "권리 침해 신고"},
            "listing_suspended",
            "거래소 운영기관이 판매를 멈춘",
        ),
    ],
)
async def test_a_product_taken_off_leaves_a_tombstone(
    database: Database, client_of: ClientOf, owner: Owner, sold: Sold,
    state: str, more: dict[str, str], code: str, sentence: str,
) -> None:  # fmt: skip
    anybody, product_id = await client_of(None), sold[1]["id"]
    await step(database, sold[1], state, **more)

    page = await anybody.get(f"/products/{product_id}")
    answer = await anybody.get(f"{PUBLIC}/{product_id}")
    seller = await anybody.get(f"/sellers/{owner[1].id}")

    assert page.status_code == answer.status_code == 410
    assert answer.json()["code"] == code
    assert sentence in page.text
    assert sold[1]["draft"]["title_ko"] in page.text
    assert "1,200,000" not in page.text
    assert "권리 침해" not in page.text
    assert "지금 판매 중인 상품이 없습니다" in seller.text


async def test_the_report_and_the_seller_have_pages(
    client_of: ClientOf, owner: Owner, sold: Sold
) -> None:
    anybody, product_id = await client_of(None), sold[1]["id"]

    report = await anybody.get(f"/products/{product_id}/versions/1/quality")
    other = await anybody.get(f"/products/{product_id}/versions/2/quality")
    seller = await anybody.get(f"/sellers/{owner[1].id}")

    assert report.status_code == 200
    assert "찾은 것" in report.text
    assert "완전성" in report.text
    assert "한계(최소·최대)를 적은 열이 없고" in report.text  # why a check could not run
    assert "같은 값이 10행과 전체의 1 %보다 길게" in report.text  # the rule of another
    # A total stands beside what blocks and the weights it rests on; grades say when they are given.
    told = (await anybody.get(f"{PUBLIC}/{product_id}")).json()["quality"]
    total = f"종합 {told['total_pct']:.2f} · 차단 {told['blocker_count']}건"
    for page in (report.text, (await anybody.get(f"/products/{product_id}")).text):
        assert total in page
        assert "가중치: KAMP 부록 4 예시." in page
        assert "선언한 규칙이 없어 매기지 않았습니다." in page
    assert (told["preset"], told["level"]["name"]) == ("kamp-appendix-4", "-")
    assert "완전성 75.0 %" in report.text
    assert (
        "골드</dt><dd>차단이 없고 선언한 규칙의 정합률 99.5 % 이상 (이 거래소가 정한 기준)"
        in report.text
    )
    assert "형식과 한도" in report.text  # a check of the whole file
    assert other.status_code == 404
    assert "판매 중인 상품 1건" in seller.text
    assert owner[1].address in seller.text


async def test_views_count_people_once_a_day(
    admin: psycopg.Connection, client_of: ClientOf, sold: Sold
) -> None:
    seller, product = sold
    anybody = await client_of(None)
    page = await anybody.get(f"/products/{product['id']}")
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert csrf is not None
    path = f"/products/{product['id']}/views"
    headers = {"x-csrf-token": csrf[1]}

    for agent in ("Mozilla/5.0 (A)", "Mozilla/5.0 (A)", "Mozilla/5.0 (B)", "Googlebot/2.1", ""):
        answer = await anybody.post(path, headers=headers | {"user-agent": agent})
        assert answer.status_code == 204, answer.text
    own = await seller.get(f"/products/{product['id']}")
    own_csrf = re.search(r'name="csrf-token" content="([^"]+)"', own.text)
    assert own_csrf is not None
    await seller.post(path, headers=BROWSER | {"x-csrf-token": own_csrf[1]})
    unknown = await anybody.post(f"/products/{uuid4()}/views", headers=headers | BROWSER)

    assert rows(admin, "select count(*), min(octet_length(visitor)) from product_view") == [(2, 16)]
    assert unknown.status_code == 204
    assert "data-view" in page.text
    assert "data-view" not in own.text
    assert "조회 </span>2<" in (await seller.get("/selling")).text


async def test_a_seller_says_what_the_law_asks(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    path = "/api/v1/organization/seller-profile"
    whole = {"contact_email": "Data@Example.com", "contact_phone": "02-000-0001"}

    proposed = (await client.get(path)).json()
    neither = await client.put(path, json=whole)
    both = await client.put(
        path, json=whole | {"mail_order_number": "1", "mail_order_exempt": True}
    )
    wrong = await client.put(path, json={"contact_email": "x", "contact_phone": "y"})
    saved = await client.put(path, json=whole | {"mail_order_exempt": True})
    form = {
        "contact_email": "b@example.com",
        "contact_phone": "02-1-0000",
        "mail_order_number": "가상-1",
    }
    by_form = await send(client, "/selling/profile", form)
    missing = await send(client, "/selling/profile", form | {"mail_order_number": ""})

    assert proposed["contact_phone"] == owner[1].phone
    assert [answer.status_code for answer in (neither, both, wrong)] == [422, 422, 422]
    assert {one["field"] for one in wrong.json()["fields"]} == {
        "contact_email", "contact_phone", "mail_order_number",
    }  # fmt: skip
    assert saved.json()["contact_email"] == "data@example.com"
    assert by_form.headers["location"] == "/selling/profile?done=saved"
    assert missing.status_code == 422
    assert "통신판매업 신고번호를 적거나" in missing.text
    assert rows(admin, "select contact_email, mail_order_number from seller_profile") == [
        ("b@example.com", "가상-1")
    ]
