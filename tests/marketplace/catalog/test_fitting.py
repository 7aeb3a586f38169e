"""A buyer compares the columns of the own line with a product's, on its page and from a program."""

import re

import httpx
import pytest

from tests.marketplace.catalog.conftest import ClientOf, Sold
from tests.marketplace.organizations.test_pages import send

pytestmark = pytest.mark.slow  # the product has real data, examined by real children

API = "/api/v1/products"


async def ask(
    client: httpx.AsyncClient, sold: Sold, columns: str, given_as: str = "list"
) -> httpx.Response:
    body = {"given_as": given_as, "columns": columns}
    return await client.post(f"{API}/{sold[1]['id']}/fit", json=body)


async def own_name(client: httpx.AsyncClient, sold: Sold) -> str:
    """A column of the product, as its report names it."""
    report = (await client.get(f"{API}/{sold[1]['id']}/quality")).json()
    return str(report["files"][0]["tables"][0]["columns"][0]["name"])


async def test_anybody_learns_which_columns_are_there(client_of: ClientOf, sold: Sold) -> None:
    anybody = await client_of(None)
    name = await own_name(anybody, sold)

    answer = await ask(anybody, sold, f"{name}\n아주 다른 것")

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [one["column"] for one in told["matches"]] == [name]
    assert [one["name"] for one in told["missing"]] == ["아주 다른 것"]
    assert 0 < told["score_pct"] <= 50
    assert (await ask(anybody, sold, f"{name}\n아주 다른 것")).json() == told


async def test_the_page_shows_what_stands_for_what(client_of: ClientOf, sold: Sold) -> None:
    anybody = await client_of(None)
    name, here = await own_name(anybody, sold), f"/products/{sold[1]['id']}"
    assert f'href="{here}/fit"' in (await anybody.get(here)).text

    empty = await anybody.get(f"{here}/fit")
    done = await send(
        anybody,
        f"{here}/fit",
        {"given_as": "list", "columns": f"{name}\n<script>alert(1)</script>"},
    )

    assert "견준 결과" not in empty.text
    assert done.status_code == 200
    assert "견준 결과" in done.text
    assert "<script>alert" not in done.text
    assert "&lt;script&gt;alert" in done.text
    # What was typed stands in the form again.
    assert re.search(rf"<textarea[^>]*>{re.escape(name)}", done.text)


async def test_what_cannot_be_read_is_said_at_the_field(client_of: ClientOf, sold: Sold) -> None:
    anybody = await client_of(None)

    answer = await ask(anybody, sold, "온도", given_as="rows")
    page = await send(
        anybody, f"/products/{sold[1]['id']}/fit", {"given_as": "rows", "columns": "온도"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "own_columns_unreadable")
    assert answer.json()["fields"][0]["field"] == "columns"
    assert page.status_code == 422
    assert "첫 행에 열 이름" in page.text


async def test_of_what_is_not_on_sale_nothing_is_compared(client_of: ClientOf) -> None:
    anybody = await client_of(None)
    body = {"given_as": "list", "columns": "온도"}

    missing = await anybody.post(f"{API}/00000000-0000-7000-8000-000000000000/fit", json=body)

    assert (missing.status_code, missing.json()["code"]) == (404, "listing_not_found")
