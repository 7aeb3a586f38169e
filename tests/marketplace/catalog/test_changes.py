"""What differs between a version of a dataset and the one before it."""

import pytest

from marketplace.catalog.datasets.processing import Shelves
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.sending import API, close, keyed, opened, process, uploaded

Owner = tuple[User, Organization]
pytestmark = pytest.mark.slow  # each version has real data, examined by real children
FIRST = {"계측.csv": "시각,온도\n1,10\n2,20\n", "같음.csv": "a\n1\n", "옛것.csv": "x\n1\n"}
SECOND = {
    "계측.csv": "시각,온도,압력\n1,가,2\n2,,3\n3,다,4\n", "같음.csv": "a\n1\n", "새것.csv": "y\n1\n",
}  # fmt: skip


async def test_the_second_version_is_compared_with_the_first(
    database: Database, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:
    client = await client_of(owner[0])
    first = await opened(client)
    path = f"{API}/products/{first['product_id']}"
    for name, content in FIRST.items():
        await process(database, shelves, await uploaded(client, first, name, content.encode()))
    await close(client, first)
    second = (await client.post(f"{path}/versions", json={}, headers=keyed())).json()
    for name, content in SECOND.items():
        await process(database, shelves, await uploaded(client, second, name, content.encode()))
    await close(client, second)

    alone = (await client.get(f"{API}/versions/{first['id']}/changes")).json()
    found = (await client.get(f"{API}/versions/{second['id']}/changes")).json()
    pages = f"/selling/products/{first['product_id']}"
    page = await client.get(f"{pages}/versions/{second['id']}/changes")
    lonely = await client.get(f"{pages}/versions/{first['id']}/changes")
    data = await client.get(f"{pages}/data")

    assert (alone["before_number"], alone["data"]) == (None, None)
    assert (found["number"], found["before_number"]) == (2, 1)
    assert found["files_added"] == ["새것.csv"]
    assert found["files_removed"] == ["옛것.csv"]
    assert found["files_changed"] == ["계측.csv"]
    assert found["files_same"] == 1
    assert found["data"]["columns_added"] == [["계측.csv", "압력"]]
    assert (found["data"]["rows_before"], found["data"]["rows_after"]) == (4, 5)
    changed = {one["column"]: one for one in found["data"]["columns_changed"]}
    assert changed["온도"]["kind_before"] != changed["온도"]["kind_after"]
    assert (changed["시각"]["mean_before"], changed["시각"]["mean_after"]) == (1.5, 2.0)
    assert "새것.csv" in page.text
    assert "첫 판이라" in lonely.text
    assert f"{pages}/versions/{second['id']}/changes" in data.text


async def test_nobody_compares_what_others_sell(client_of: ClientOf, owner: Owner) -> None:
    client = await client_of(owner[0])
    missing = "00000000-0000-4000-8000-000000000000"

    answer = await client.get(f"{API}/versions/{missing}/changes")

    assert (answer.status_code, answer.json()["code"]) == (404, "dataset_version_not_found")
