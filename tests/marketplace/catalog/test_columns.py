"""The column dictionary goes to a spreadsheet as lines and comes back (E4)."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from marketplace.catalog.products.dictionary import as_text, read_text
from marketplace.db import Database
from marketplace.errors import Invalid
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import a_whole_product, shelves_in
from tests.marketplace.catalog.test_products import PATH, begun
from tests.marketplace.organizations.test_pages import send

Owner = tuple[User, Organization]
LINES = (
    "열\t뜻\t단위\t최소\t최대\t코드(쉼표로)\n소음\t벨트 옆의 소음\tdB\t0\t120\n\n"
    "속도\t속도 단계\t\t\t\t1, 4, 7\n전류\t\tA\t−1\t1,200\n"
)


def test_lines_become_entries_and_lines_again() -> None:
    entries = read_text(LINES)

    assert [(one.name, one.unit, one.low, one.high, one.codes) for one in entries] == [
        ("소음", "dB", 0.0, 120.0, []), ("속도", "", None, None, ["1", "4", "7"]),
        ("전류", "A", -1.0, 1200.0, []),
    ]  # fmt: skip
    told: list[dict[str, Any]] = [
        {"name": one.name, "meaning": one.meaning, "unit": one.unit, "low": one.low,
         "high": one.high, "codes": one.codes}
        for one in entries
    ]  # fmt: skip
    assert read_text(as_text(told)) == entries


def test_what_is_wrong_is_named_with_its_line() -> None:
    with pytest.raises(Invalid) as refused:
        read_text("\t뜻만\n온도\t\t\t많음\nx\t" + "가" * 1_001 + "\nnan\t\t\tnan")

    assert [error.ko[:6] for error in refused.value.fields] == [
        "1번째 줄:", "2번째 줄:", "3번째 줄:", "4번째 줄:",
    ]  # fmt: skip


@pytest.fixture
async def seller(client_of: ClientOf, owner: Owner) -> httpx.AsyncClient:
    return await client_of(owner[0])


async def test_the_dictionary_is_written_on_its_page(seller: httpx.AsyncClient) -> None:
    product = await begun(seller)
    page = f"/selling/products/{product['id']}/columns"

    empty = await seller.get(page)
    saved = await send(seller, page, {"columns": LINES, "revision": "1"})
    shown = await seller.get(page)
    stale = await send(seller, page, {"columns": "다른\t뜻", "revision": "1"})
    twice = await send(seller, page, {"columns": "소음\ta\n소음\tb", "revision": "2"})
    wrong = await send(seller, page, {"columns": "소음\t\t\t많음", "revision": "2"})
    kept = (await seller.get(f"{PATH}/{product['id']}")).json()["draft"]["column_dictionary"]

    assert empty.status_code == 200
    assert saved.headers["location"] == f"{page}?done=saved"
    assert "벨트 옆의 소음" in shown.text
    assert (stale.status_code, twice.status_code, wrong.status_code) == (409, 422, 422)
    assert "1번째 줄: ‘최소’의 ‘많음’은(는) 숫자가 아닙니다." in wrong.text
    assert "소음\t\t\t많음" in wrong.text, "what was typed stays"
    assert [entry["name"] for entry in kept] == ["소음", "속도", "전류"]


@pytest.mark.slow  # real data, examined by a real child
async def test_columns_of_the_data_are_taken_over_beside_what_was_written(
    database: Database, settings: Settings, tmp_path: Path, seller: httpx.AsyncClient
) -> None:
    make_buckets(settings)
    product = await a_whole_product(seller, database, shelves_in(settings, tmp_path))
    page = f"/selling/products/{product['id']}/columns"
    shown = await seller.get(page)
    found = re.search(r'name="revision" value="(\d+)"', shown.text)
    assert found is not None

    filled = await send(seller, page, {"revision": found[1]}, to=f"{page}/missing")
    kept = (await seller.get(f"{PATH}/{product['id']}")).json()["draft"]["column_dictionary"]

    assert "데이터에 있지만 열 사전에 없는 열이" in shown.text
    assert filled.headers["location"] == f"{page}?done=saved"
    assert kept[0]["meaning"] == "벨트 옆의 소음"
    assert len(kept) > 2
    assert "데이터에 있지만" not in (await seller.get(page)).text
