"""Products are found by what people type, and by nothing that is not on sale (E6, E7)."""

import gc
import unicodedata
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text

from marketplace.auth import Role
from marketplace.catalog.products.models import Product, ProductState
from marketplace.catalog.search import matching
from marketplace.catalog.search.indexing import index_product
from marketplace.catalog.search.matching import Asking, Place, Sort
from marketplace.catalog.search.service import Query, search
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.states import move
from tests.factories import a_member
from tests.marketplace.catalog.search.conftest import ClientOf
from tests.marketplace.catalog.search.shelf import put_on_sale
from tests.marketplace.organizations.steps import rows

Owner = tuple[User, Organization]
PATH = "/api/v1/products"


@pytest.fixture
async def anybody(client_of: ClientOf) -> httpx.AsyncClient:
    return await client_of(None)


@pytest.fixture
async def market(database: Database, owner: Owner) -> None:
    """Five products on sale."""
    put = [
        ("컨베이어 벨트 손상 감지", {"columns": ["벨트처짐", "vib_rms"], "price_won": 1_200_000}),
        ("사출성형 금형온도 기록", {"process": "사출", "equipment": "사출성형기", "grade": "B",
                              "columns": ["금형온도_1", "inj_press"], "price_won": 3_500_000}),
        ("도금 두께 데이터", {"process": "도금", "equipment": "도금라인", "grade": "C", "kind": "xlsx",
                         "price_won": 500_000, "title_en": "Coating thickness"}),
        ("용접 전류 시계열", {"process": "용접", "equipment": "용접로봇", "price_won": 800_000,
                        "description_ko": "금형을 바꿀 때마다 용접 불량을 예측합니다."}),
        ("절삭 스핀들 진동", {"process": "절삭", "equipment": "CNC 선반", "price_won": 20_000_000}),
    ]  # fmt: skip
    for title, given in put:
        await put_on_sale(database, owner, title, **given)


async def found(client: httpx.AsyncClient, q: str = "", **more: Any) -> list[str]:
    answer = await client.get(PATH, params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return [hit["title_ko"].split()[0] for hit in answer.json()["items"]]


@pytest.mark.parametrize(
    ("q", "titles"),
    [
        ("벨트", ["컨베이어"]),
        ("금형", ["사출성형", "용접"]),  # the title stands above the prose
        ("온도", ["사출성형"]),
        ("금형의", ["사출성형", "용접"]),
        ("벨트가", ["컨베이어"]),
        ("inj", ["사출성형"]),
        ("vib", ["컨베이어"]),
        ("coating", ["도금"]),
        ("CNC 진동", ["절삭"]),
        ("ＣＮＣ", ["절삭"]),
        (unicodedata.normalize("NFD", "벨트"), ["컨베이어"]),
        ("ㄱㅡㅁㅎㅕㅇ", ["사출성형", "용접"]),
        ("컨배이어", ["컨베이어"]),
        ("thikcness", ["도금"]),
        ("도금두께데이터", ["도금"]),
        ("용접전류시계열", ["용접"]),
        ("블록체인", []),
        ("zzzxq", []),
    ],
)
async def test_words_find_what_was_meant(
    market: None, anybody: httpx.AsyncClient, q: str, titles: list[str]
) -> None:
    assert await found(anybody, q) == titles


async def test_a_slip_is_said(market: None, anybody: httpx.AsyncClient) -> None:
    answer = (await anybody.get(PATH, params={"q": "컨배이어"})).json()
    page = await anybody.get("/market", params={"q": "컨배이어"})

    assert answer["instead"] == [{"typed": "컨배이어", "meant": "컨베이어"}]
    assert "‘컨베이어’(으)로도 찾았습니다" in page.text


async def test_orders(market: None, anybody: httpx.AsyncClient) -> None:
    assert await found(anybody) == ["절삭", "용접", "도금", "사출성형", "컨베이어"]
    assert await found(anybody, sort="cheapest") == ["도금", "용접", "컨베이어", "사출성형", "절삭"]
    assert await found(anybody, sort="dearest") == ["절삭", "사출성형", "컨베이어", "용접", "도금"]
    assert await found(anybody, sort="grade") == ["절삭", "용접", "컨베이어", "사출성형", "도금"]
    assert await found(anybody, "데이터", sort="newest") == ["도금"]


async def test_facets_count_under_the_filters_of_the_others(
    market: None, anybody: httpx.AsyncClient
) -> None:
    async def counts(**more: Any) -> dict[str, dict[str, int]]:
        answer = (await anybody.get(f"{PATH}/facets", params=more)).json()
        return {
            facet["name"]: {one["value"]: one["count"] for one in facet["values"]}
            for facet in answer["items"]
        }

    everything = await counts()
    narrowed = await counts(q="금형", process="사출")

    assert everything["grade"] == {"A": 3, "B": 1, "C": 1}
    assert everything["price"] == {"0": 2, "1": 1, "2": 1, "3": 1}
    assert everything["format"] == {"csv": 4, "xlsx": 1}
    assert len(everything["seller"]) == 1
    assert narrowed["process"] == {"사출": 1, "용접": 1}
    assert narrowed["equipment"] == {"사출성형기": 1}
    assert await found(anybody, process=["사출", "도금"]) == ["도금", "사출성형"]
    assert await found(anybody, process="사출", grade="A") == []
    assert await found(anybody, price="3") == ["절삭"]
    assert await found(anybody, seller="nobody") == await found(anybody)


async def test_nothing_found_says_what_would(market: None, anybody: httpx.AsyncClient) -> None:
    answer = (await anybody.get(PATH, params={"q": "금형", "grade": "C"})).json()
    words = (await anybody.get(PATH, params={"q": "벨트 스핀들"})).json()
    page = await anybody.get("/market", params={"q": "금형", "grade": "C"})

    assert answer["ways_on"] == [{"facet": "grade", "word": "", "count": 2}]
    assert {way["word"] for way in words["ways_on"]} == {"벨트", "스핀들"}
    assert "‘품질 등급’ 조건 지우기: 2건" in page.text


@pytest.mark.parametrize("sort", list(Sort))
async def test_pages_have_no_gaps_and_no_doubles(
    database: Database, owner: Owner, anybody: httpx.AsyncClient, sort: Sort
) -> None:
    for at in range(23):
        title = "온도 기록" if at % 3 else "기록"
        await put_on_sale(
            database, owner, title, price_won=1_000 + 7_000 * (at % 5), grade="ABCD"[at % 4],
            process="온도" if at % 2 else "압력",
        )  # fmt: skip
    whole = (await anybody.get(PATH, params={"q": "온도", "sort": sort, "limit": 50})).json()
    paged: list[str] = []
    cursor = None
    while True:
        params: dict[str, Any] = {"q": "온도", "sort": sort, "limit": 4}
        params |= {"cursor": cursor} if cursor else {}
        answer = (await anybody.get(PATH, params=params)).json()
        paged += [hit["id"] for hit in answer["items"]]
        cursor = answer["next_cursor"]
        if not cursor:
            break

    assert paged == [hit["id"] for hit in whole["items"]]
    assert len(set(paged)) == len(paged) == whole["count"]
    params = {"q": "압력", "cursor": (await _first_cursor(anybody, sort))}
    assert (await anybody.get(PATH, params=params)).json()["code"] == "cursor_refused"


async def _first_cursor(client: httpx.AsyncClient, sort: Sort) -> str:
    params: dict[str, Any] = {"q": "온도", "sort": sort, "limit": 4}
    return str((await client.get(PATH, params=params)).json()["next_cursor"])


@pytest.mark.parametrize("sort", [Sort.cheapest, Sort.dearest])
async def test_prices_read_band_by_band_are_in_the_same_order(
    database: Database, owner: Owner, sort: Sort
) -> None:
    for at in range(12):
        await put_on_sale(database, owner, "온도", price_won=1_000 * 3 ** (at % 7))
    async with database.transaction(Scope.system()) as session:
        orders = []
        for many in (False, True):
            asking = Asking([], {}, sort, many)
            first = await matching.page(session, asking, after=None, most=5)
            rest = await matching.page(session, asking, after=first[-1].place, most=50)
            orders.append([one.product_id for one in first + rest])
    assert orders[0] == orders[1]
    assert len(orders[0]) == 12


async def test_what_stands_beyond_the_newest_stretches_is_found_too(
    database: Database, admin: psycopg.Connection, owner: Owner, anybody: httpx.AsyncClient
) -> None:
    await put_on_sale(database, owner, "오래된 온도")
    admin.execute("select setval('product_search_position', 200000)")
    await put_on_sale(database, owner, "새 온도")

    assert await found(anybody, "온도") == ["새", "오래된"]
    assert await found(anybody, "오래된") == ["오래된"]
    assert await found(anybody) == ["새", "오래된"]


async def test_a_product_leaves_and_returns_with_the_market(
    database: Database, admin: psycopg.Connection, owner: Owner, anybody: httpx.AsyncClient
) -> None:
    product = await put_on_sale(database, owner, "컨베이어 벨트")
    counts = "select name, value, product_count from facet_count order by 1, 2"
    before = rows(admin, counts)

    await step(database, product, ProductState.withdrawn)
    gone = await found(anybody, "벨트")
    words = rows(admin, "select sum(product_count) from search_term")
    empty = rows(admin, "select sum(product_count) from facet_count")
    await step(database, product, ProductState.listed)

    assert gone == []
    assert words == empty == [(0,)]
    assert await found(anybody, "벨트") == ["컨베이어"]
    assert rows(admin, counts) == before


async def step(database: Database, product: Product, state: ProductState) -> None:
    """Let a product take a step and bring the search into step."""
    async with database.transaction(Scope.system()) as session:
        own = await session.get_one(Product, product.id)
        await move(session, "product", own, state, organization_id=own.organization_id)
        await index_product(session, product.id)


async def test_words_are_proposed_while_they_are_typed(
    market: None, anybody: httpx.AsyncClient
) -> None:
    async def proposed(q: str) -> list[str]:
        return list((await anybody.get(f"{PATH}/proposals", params={"q": q})).json()["items"])

    assert "금형온도" in await proposed("금ㅎ")
    assert "컨베이어" in await proposed("ㅋㅂ")
    assert "사출성형기" in await proposed("사추")
    assert "inj_press" in await proposed("inj")
    assert "벨트 컨베이어" in await proposed("벨트 컨")
    assert await proposed("%") == []
    assert await proposed("' or 1=1") == []


@pytest.mark.parametrize(
    "q", ["'", "a' | 'b", "!!!", ":*", "\\", "(((", "😀", "<->", "&", "가" * 200, "a " * 100, "%_%"]
)
async def test_hostile_words_find_nothing_and_break_nothing(
    market: None, anybody: httpx.AsyncClient, q: str
) -> None:
    for path in (PATH, f"{PATH}/facets", f"{PATH}/proposals", "/market"):
        answer = await anybody.get(path, params={"q": q})
        assert answer.status_code == 200, answer.text
        assert "alert" not in answer.text


async def test_limits_are_refused_with_their_field(anybody: httpx.AsyncClient) -> None:
    for params in (
        {"q": "가" * 201}, {"limit": 51}, {"limit": 0}, {"sort": "best"}, {"cursor": "made-up"},
        {"process": ["x" * 61]}, {"process": ["x"] * 21},
    ):  # fmt: skip
        answer = await anybody.get(PATH, params=params)
        assert 400 <= answer.status_code < 500, params


async def test_a_refused_query_keeps_no_connection(
    database: Database, anybody: httpx.AsyncClient
) -> None:
    gc.disable()  # a lost session would give its connection back only when it is collected
    try:
        for params in ({"cursor": "x"}, {"limit": 0}, {"sort": "x"}, {"q": "가" * 201}):
            assert (await anybody.get(PATH, params=params)).status_code == 400
            assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    finally:
        gc.enable()


async def test_nobody_writes_the_index_of_others(database: Database, owner: Owner) -> None:
    await put_on_sale(database, owner, "온도")
    other = await a_member(database, Role.owner)
    async with database.transaction(Scope("tenant", other[0].id, other[1].id)) as session:
        changed = await session.execute(text("update product_search set price_won = 1"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]
        told = await session.execute(text("delete from product_search"))
        assert told.rowcount == 0  # type: ignore[attr-defined]


async def test_the_order_of_relevance_is_the_one_that_is_defined(
    database: Database, owner: Owner
) -> None:
    titles = ["온도", "압력 온도", "압력", "온도 압력"]
    for at in range(16):
        await put_on_sale(database, owner, titles[at % 4], columns=["온도"] if at % 3 == 0 else [])
    async with database.transaction(Scope.system()) as session:
        pages: list[Any] = []
        after: Place | None = None
        while True:
            page = await search(session, Query("온도", after=after, limit=3))
            pages += [(hit.title_ko, hit.number) for hit in page.hits]
            after = page.last
            if after is None:
                break
    inside = [one for one in pages if "온도" in one[0]]
    assert pages == sorted(inside, key=lambda one: -one[1]) + sorted(
        (one for one in pages if one not in inside), key=lambda one: -one[1]
    )
