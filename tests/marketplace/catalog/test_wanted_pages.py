"""The pages of wanted data: forms that fail, forms that work, the way from a search to the form."""

from typing import Any

from marketplace.catalog.products.models import Product
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.wanting import Owner, asker, product, threads, today, whole
from tests.marketplace.organizations.test_pages import send, wrong_fields

__all__ = ["asker", "product", "today", "whole"]


async def test_a_search_that_finds_nothing_leads_to_the_form(
    client_of: ClientOf,
    asker: Owner,
    whole: dict[str, Any],
) -> None:
    client = await client_of(asker[0])
    market = (await client.get("/market?q=없는낱말&process=도금")).text
    blank = (await client.get("/organization/wanted")).text
    new = "/wanted/new?title=없는낱말&process=도금"
    filled = (await client.get(new)).text
    fields = {name: str(value) for name, value in whole.items()}
    bad = await send(client, new, fields | {"budget_to_won": "1", "title": ""}, to="/wanted/new")
    worse = await send(client, new, fields | {"budget_to_won": "1"}, to="/wanted/new")

    assert "/wanted/new?title=%EC%97%86%EB%8A%94%EB%82%B1%EB%A7%90&amp;process=" in market
    assert "아직 요청한 데이터가 없습니다" in blank
    assert 'value="없는낱말"' in filled
    assert (bad.status_code, wrong_fields(bad.text)) == (422, {"title"})
    assert (worse.status_code, wrong_fields(worse.text)) == (422, {"budget_to_won"})


async def test_the_pages_ask_answer_reply_change_and_close(
    client_of: ClientOf,
    owner: Owner,
    asker: Owner,
    product: Product,
    whole: dict[str, Any],
) -> None:
    client, seller = await client_of(asker[0]), await client_of(owner[0])
    fields = {name: str(value) for name, value in whole.items()}
    asked = await send(client, "/wanted/new", fields | {"name_shown": "on"})
    page = asked.headers["location"].split("?")[0]
    short = await send(seller, page, {"body": "?"}, to=f"{page}/answers")
    said = await send(
        seller,
        page,
        {"body": "여기 있습니다.", "product_id": str(product.id)},
        to=f"{page}/answers",
    )
    (thread,) = await threads(client, page.rsplit("/", 1)[1])
    replied = await send(client, page, {"body": "고맙습니다."}, to=f"{page}/threads/{thread['id']}")
    wrong = await send(client, page, {"body": ""}, to=f"{page}/threads/{thread['id']}")
    edited = await send(client, f"{page}/edit", fields | {"title": "새로 고친 제목"})
    unsaid = await send(client, page, {}, to=f"{page}/closing")
    closed = await send(client, page, {"outcome": "found"}, to=f"{page}/closing")
    shown = (await client.get(page)).text
    own, theirs = (
        (await client.get("/organization/wanted")).text,
        (await seller.get("/organization/wanted")).text,
    )

    assert [one.status_code for one in (asked, said, replied, edited, closed)] == [303] * 5
    assert [one.status_code for one in (short, wrong, unsaid)] == [422] * 3
    for words in ("새로 고친 제목", "찾음", "여기 있습니다.", "고맙습니다.", "컨베이어 벨트"):
        assert words in shown
    assert "새로 고친 제목" in own
    assert "새로 고친 제목" in theirs
    assert (await client.get(f"{page}/edit")).status_code == 409
