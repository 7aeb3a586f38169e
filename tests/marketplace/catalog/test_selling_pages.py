"""The seller's pages as links and forms, without a script."""

import re
from typing import Any

import pytest

from marketplace.auth import Role
from marketplace.catalog.products.licence.questions import QUESTIONS, standard_answers
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.factories import a_member
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.test_products import PATH
from tests.marketplace.organizations.test_pages import send, wrong_fields

Owner = tuple[User, Organization]
DRAFT: dict[str, Any] = {
    "title_ko": "벨트 손상 감지",
    "summary_ko": "정상과 손상을 나란히",
    "industry_division": "29",
    "purpose": "predictive_maintenance",
    "data_kind": "time_series",
    "collected_from": "2026-01-05",
    "collected_to": "2026-01-09",
    "interval_s": "0.1",
    "no_personal_data": "on",
    "augmented": "no",
    "sample_policy": "rows",
}


async def begun(client: Any) -> str:
    """Begin a product by the form and return the address of its page."""
    answer = await send(
        client, "/selling/products/new", {"title_ko": "벨트"}, to="/selling/products"
    )
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(
        r"(/selling/products/[0-9a-f-]{36})/edit\?done=begun", answer.headers["location"]
    )
    assert found is not None
    return found[1]


async def test_a_seller_writes_a_product_with_forms(client_of: ClientOf, owner: Owner) -> None:
    client = await client_of(owner[0])
    empty = await client.get("/selling")
    page = await begun(client)

    saved = await send(client, f"{page}/edit", DRAFT | {"revision": 1})
    licence = await send(
        client, f"{page}/licence", standard_answers() | {"term": "one_year", "revision": 2}
    )
    priced = await send(client, page, {"price_won": "1200000"}, to=f"{page}/price")

    assert "아직 상품이 없습니다" in empty.text
    assert saved.headers["location"] == f"{page}/edit?done=saved"
    assert licence.headers["location"] == f"{page}/licence?done=saved"
    assert priced.headers["location"] == f"{page}?done=priced"
    product = (await client.get(PATH + page.removeprefix("/selling/products"))).json()
    assert product["price_won"] == 1_200_000
    draft = product["draft"]
    assert (draft["industry_section"], draft["interval_s"]) == ("C", 0.1)
    assert draft["declarations"] == {
        "no_personal_data": True, "no_trade_secrets": False, "right_to_sell": False,
        "provenance": "", "augmented": False, "augmentation": "",
    }  # fmt: skip
    shown = await client.get(page)
    assert "₩1,200,000" in shown.text
    assert "부가세 별도" in shown.text
    assert f'href="{page}/edit#process"' in shown.text
    contract = await client.get(f"{page}/contract")
    assert "<ins>이용 기간은 결제가 끝난 날부터 1년입니다.</ins>" in contract.text
    assert "<del>이용 기간에는 제한이 없습니다.</del>" in contract.text
    assert "벨트 손상 감지" in (await client.get("/selling")).text


async def test_a_form_that_fails_keeps_all_that_was_typed(
    client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    page = await begun(client)
    wrong = DRAFT | {"revision": 1, "collected_to": "2025-01-01", "title_ko": "지우지 마십시오"}

    answer = await send(client, f"{page}/edit", wrong)
    priced = await send(client, page, {"price_won": "120만"}, to=f"{page}/price")
    unknown = await send(
        client, f"{page}/licence", standard_answers() | {"term": "", "revision": 1}
    )

    assert answer.status_code == 422
    assert wrong_fields(answer.text) == {"collected_to"}
    assert 'value="지우지 마십시오"' in answer.text
    assert re.search(r'name="augmented" value="no" checked', answer.text)
    assert priced.status_code == 422
    assert 'value="120만"' in priced.text
    assert wrong_fields(unknown.text) == {"term"}


async def test_a_save_in_another_window_is_told_and_the_text_is_kept(
    client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    page = await begun(client)
    await send(client, f"{page}/edit", DRAFT | {"revision": 1})

    late = await send(client, f"{page}/edit", DRAFT | {"revision": 1, "title_ko": "다른 창"})

    assert late.status_code == 409
    assert "다른 화면에서 저장해서 덮어쓰지 않았습니다" in late.text
    assert 'value="다른 창"' in late.text


async def test_a_draft_is_given_up_after_a_question_and_begun_anew(
    client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    page = await begun(client)

    gone = await send(client, f"{page}/discard", {})
    anew = await send(client, page, {}, to=f"{page}/revision")

    assert gone.headers["location"] == "/selling?done=discarded"
    assert anew.headers["location"] == f"{page}/edit?done=begun"


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_every_page_is_whole_in_both_languages_and_escapes_what_was_typed(
    database: Database, client_of: ClientOf, language: str
) -> None:
    person, _ = await a_member(database, Role.owner, language=language)
    client = await client_of(person)
    page = await begun(client)
    hostile = "<script>alert(1)</script>"
    await send(client, f"{page}/edit", DRAFT | {"revision": 1, "title_ko": hostile})

    for path in ("/selling", page, f"{page}/edit", f"{page}/licence", f"{page}/contract",
                 f"{page}/discard", "/selling/products/new"):  # fmt: skip
        text = (await client.get(path)).text
        assert hostile not in text, path
        assert f'<html lang="{language}"' in text
    questions = (await client.get(f"{page}/licence")).text
    assert questions.count('type="radio"') == sum(len(q.answers) for q in QUESTIONS.values())


async def test_viewers_read_without_buttons_and_strangers_find_nothing(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    page = await begun(await client_of(owner[0]))
    viewer, _ = await a_member(database, Role.viewer, organization=owner[1])
    stranger, _ = await a_member(database, Role.owner)
    reading, strange = await client_of(viewer), await client_of(stranger)

    shown = (await reading.get(page)).text

    assert f"{page}/price" not in shown
    assert (await reading.get(f"{page}/edit")).status_code == 403
    for path in (page, f"{page}/edit", f"{page}/licence", f"{page}/contract", f"{page}/discard"):
        assert (await strange.get(path)).status_code == 404, path
