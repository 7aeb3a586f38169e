"""The quality report as a page to keep and print, and the charts of its page on the market."""

import re
from typing import Any

import httpx
import psycopg
import pytest

from marketplace.auth import Role
from marketplace.catalog.products.models import ProductState
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.factories import a_member
from tests.marketplace.catalog.conftest import ClientOf, Sold
from tests.marketplace.catalog.listing import may_sell
from tests.marketplace.catalog.sending import API, opened
from tests.marketplace.catalog.test_market import step
from tests.marketplace.organizations.steps import rows

Owner = tuple[User, Organization]
PUBLIC = "/api/v1/products"
UNKNOWN = "00000000-0000-4000-8000-000000000001"
pytestmark = pytest.mark.slow  # each product has real data, examined by real children


def own_page(version_id: object) -> str:
    return f"{API}/versions/{version_id}/quality.html"


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def version_of(seller: httpx.AsyncClient, product: dict[str, Any]) -> dict[str, Any]:
    found = (await seller.get(f"{API}/products/{product['id']}/versions")).json()["items"][0]
    return dict(found)


async def test_everybody_keeps_the_report_of_a_version_as_a_page(
    client_of: ClientOf, sold: Sold, admin: psycopg.Connection
) -> None:
    anybody, product = await client_of(None), sold[1]
    path = f"{PUBLIC}/{product['id']}/versions/1/quality.html"

    korean = await anybody.get(path)
    english = await anybody.get(path, params={"lang": "en"})

    ((sha256,),) = rows(admin, "select sha256 from quality_report")
    for answer, language, head in ((korean, "ko", "판 1"), (english, "en", "version 1")):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert re.fullmatch(
            r'attachment; filename="quality-report-\d+-1\.html"',
            answer.headers["content-disposition"],
        )
        assert f'<html lang="{language}">' in answer.text
        assert f"· {head}</h1>" in answer.text
        assert sha256 in answer.text
        assert "<script" not in answer.text
    assert product["draft"]["title_ko"] in korean.text


async def test_the_market_page_offers_it_and_draws_charts_under_its_policy(
    client_of: ClientOf, sold: Sold
) -> None:
    anybody, product_id = await client_of(None), sold[1]["id"]

    page = (await anybody.get(f"/products/{product_id}/versions/1/quality")).text

    assert f'href="/api/v1/products/{product_id}/versions/1/quality.html?lang=ko"' in page
    charts = page.split('id="charts"')[1].split("</section>")[0]
    assert charts.count("<figure") == 4  # the correlations and the histograms of three columns
    assert len(re.findall(r'<svg [^>]*role="img"', charts)) == 4
    assert charts.count("<details") == 4
    assert 'class="strips indices"' in page
    assert not re.search(r"\sstyle=", page)


@pytest.mark.parametrize(
    ("state", "code"), [("withdrawn", "listing_withdrawn"), ("suspended", "listing_suspended")]
)
async def test_what_is_no_longer_sold_has_no_page(
    client_of: ClientOf, sold: Sold, database: Database, state: str, code: str
) -> None:
    anybody, product = await client_of(None), sold[1]
    reason = (
        {"suspended_reason": "권리 침해"} if ProductState(state) is ProductState.suspended else {}
    )
    await step(database, product, state, **reason)

    gone = await anybody.get(f"{PUBLIC}/{product['id']}/versions/1/quality.html")
    missing = await anybody.get(f"{PUBLIC}/{product['id']}/versions/2/quality.html")
    unknown = await anybody.get(f"{PUBLIC}/{UNKNOWN}/versions/1/quality.html")

    assert refused(gone) == (410, code)
    assert refused(missing) == (404, "dataset_version_not_found")
    assert refused(unknown) == (404, "listing_not_found")


async def test_its_seller_keeps_the_report_and_nobody_else_by_this_way(
    client_of: ClientOf, sold: Sold, database: Database
) -> None:
    seller, product = sold
    version = await version_of(seller, product)
    other, _ = await a_member(database, Role.seller)

    answer = await seller.get(own_page(version["id"]))
    page = await seller.get(f"/selling/products/{product['id']}/data")

    assert answer.status_code == 200
    assert 'filename="quality-report-version-1.html"' in answer.headers["content-disposition"]
    assert "<h1>a.csv</h1>" in answer.text
    assert f'href="{own_page(version["id"])}?lang=ko"' in page.text
    assert (await (await client_of(None)).get(own_page(version["id"]))).status_code == 401
    for client in (await client_of(other), seller):
        at = UNKNOWN if client is seller else version["id"]
        assert refused(await client.get(own_page(at))) == (404, "dataset_version_not_found")


async def test_without_a_report_there_is_no_page_and_languages_are_two(
    client_of: ClientOf, owner: Owner, database: Database
) -> None:
    await may_sell(database, *owner)
    seller = await client_of(owner[0])
    version = await opened(seller)

    answer = await seller.get(own_page(version["id"]))
    other = await seller.get(own_page(version["id"]), params={"lang": "fr"})

    assert refused(answer) == (404, "quality_report_missing")
    assert other.status_code == 400
