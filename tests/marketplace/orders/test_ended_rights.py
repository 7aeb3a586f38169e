"""A right ends everywhere at once: by its date, a refund, a deposit taken back, or a revoked version (B5, E6)."""

from uuid import UUID

import httpx
import psycopg
import pytest

from marketplace.db import Database, Scope
from marketplace.orders.delivery.granting import end
from marketplace.orders.delivery.models import EndReason
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.conftest import ClientOf, Member
from tests.marketplace.orders.library import (
    BELT,
    Buy,
    buy,
    change,
    receipts,
    start,
)

__all__ = ["buy"]


@pytest.fixture(scope="module", autouse=True)
def _buckets(settings: Settings) -> None:
    make_buckets(settings)


ENDINGS = {
    "expired": "update entitlement set ends_on = (app_now() at time zone 'Asia/Seoul')::date - 1",
    "refunded": EndReason.refunded,
    "taken_back": EndReason.taken_back,
}


@pytest.mark.parametrize("state", ENDINGS)
async def test_an_ended_right_gives_neither_link_nor_archive(
    admin: psycopg.Connection, database: Database, buying: httpx.AsyncClient, buy: Buy, state: str
) -> None:
    bought = await buy()
    await start(buying, bought)
    before = await buying.post(bought.link())
    how = ENDINGS[state]
    if isinstance(how, EndReason):
        async with database.transaction(Scope.system()) as session:
            await end(session, [UUID(bought.order["lines"][0]["id"])], how)
    else:
        await change(database, how)

    link = await buying.post(bought.link())
    archive = await buying.get(f"{bought.path}/all.zip")
    again = await start(buying, bought)
    shown = (await buying.get(bought.path)).json()
    page = await buying.get(f"/library/{bought.id}")
    led = await buying.get(f"/library/{bought.id}/files/{bought.files[BELT]}")

    assert before.status_code == 200
    for answer in (link, archive, again):
        assert (answer.status_code, answer.json()["code"]) == (409, "entitlement_ended")
        assert answer.json()["facts"]["state"] == state
    assert shown["state"] == state
    assert led.status_code == 409
    assert page.status_code == 200
    assert "/all.zip" not in page.text
    assert len(receipts(admin)) == 1


async def test_a_right_holds_through_its_last_day(
    database: Database, buying: httpx.AsyncClient, buy: Buy
) -> None:
    bought = await buy()
    await start(buying, bought)
    today = "(app_now() at time zone 'Asia/Seoul')::date"
    await change(database, f"update entitlement set ends_on = {today}")

    assert (await buying.post(bought.link())).status_code == 200


async def test_a_revoked_version_is_downloaded_no_more(
    database: Database,
    client_of: ClientOf,
    owner: Member,
    buying: httpx.AsyncClient,
    buy: Buy,
) -> None:
    bought = await buy()
    await start(buying, bought)
    seller = await client_of(owner[0])
    version_id = bought.order["lines"][0]["version_id"]
    revoked = await seller.post(
        f"/api/v1/organization/versions/{version_id}/revocation",
        json={"reason": "단위가 틀렸습니다."}, headers=keyed(),
    )  # fmt: skip

    link = await buying.post(bought.link())
    archive = await buying.get(f"{bought.path}/all.zip")
    shown = (await buying.get(bought.path)).json()
    page = await buying.get(f"/library/{bought.id}")

    assert revoked.status_code == 200
    for answer in (link, archive):
        assert (answer.status_code, answer.json()["code"]) == (410, "dataset_version_gone")
    assert (shown["state"], shown["revoked_reason"]) == ("revoked", "단위가 틀렸습니다.")
    assert shown["files"] == []
    assert "단위가 틀렸습니다." in page.text
