"""What is between the files of a dataset is shown to buyers, its seller and reviewers, and no fingerprint with it."""

import dataclasses

import psycopg

from marketplace.catalog.datasets.processing import Shelves
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.quality_rules import QualityRules
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import a_whole_product, may_sell, reviewers_of
from tests.marketplace.catalog.sending import API, keyed
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

ORDERS = "order,item\n" + "".join(f"O-{at * 7919 % 99_991},K{at % 40:03d}\n" for at in range(80))
ITEMS = "item,size\n" + "".join(f"K{at:03d},{at % 7}\n" for at in range(30))


async def test_everybody_who_may_reads_what_is_between_the_files(
    database: Database, client_of: ClientOf, owner: tuple[User, Organization], shelves: Shelves
) -> None:
    await may_sell(database, *owner)
    seller = await client_of(owner[0])
    product = await a_whole_product(
        seller, database, shelves, content=ORDERS.encode(), more={"items.csv": ITEMS.encode()}
    )
    path = f"{API}/products/{product['id']}/registration"
    await seller.post(path, headers=keyed())
    request = (await seller.get(path)).json()["reviews"][0]["id"]
    reviewer = (await reviewers_of(database, client_of))[0]
    desk = f"/operator/reviews/{request}"
    done = await send(reviewer, desk, {"decision": "approve", "reason": ""}, to=f"{desk}/decision")
    assert done.status_code == 303, done.text
    anybody = await client_of(None)
    public = f"/products/{product['id']}/versions/1/quality"

    page = await anybody.get(public)
    english = await anybody.get(public, headers={"Accept-Language": "en"})
    report = await anybody.get(f"/api/v1/products/{product['id']}/quality")
    data = await seller.get(f"/selling/products/{product['id']}/data")
    versions = await seller.get(f"{API}/products/{product['id']}/versions")
    review = await reviewer.get(desk)

    sentence = "80개 가운데 60개(75.00 %)만"
    assert 'id="between"' in page.text
    assert "참조 일관성" in page.text
    assert "75.00 %<small>60 / 80</small>" in page.text
    assert "Between files" in english.text
    assert [sentence in shown.text for shown in (page, data, review)] == [True] * 3
    (version,) = versions.json()["items"]
    assert [one["code"] for one in version["findings"]] == ["REFERENCE_BROKEN"]
    assert report.json()["across"]["joins"][0]["found_count"] == 60
    for shown in (page, report, data, versions, review):
        assert shown.status_code == 200
        assert '"hashes":' not in shown.text  # of sketches


async def test_thresholds_of_the_exchange_reach_what_is_between_the_files(
    database: Database,
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: tuple[User, Organization],
    shelves: Shelves,
) -> None:
    await may_sell(database, *owner)
    seller = await client_of(owner[0])
    by_kind = QualityRules(by_kind={"tabular": {"reference_share": 0.9}})
    found = []
    for rules in (QualityRules(), QualityRules(thresholds={"reference_share": 0.9}), by_kind):
        product = await a_whole_product(
            seller, database, dataclasses.replace(shelves, rules=rules),
            content=ORDERS.encode(), more={"items.csv": ITEMS.encode()},
        )  # fmt: skip
        report = f"""select jsonb_path_query_array(q.report, '$.across.findings[*].code')::text
            from quality_report q join dataset_version v on v.id = q.version_id
            where v.product_id = '{product["id"]}'"""
        found += [codes for (codes,) in rows(admin, report)]

    # The draft said no kind of data yet when its files were examined, so the last is judged as any other.
    assert found == ['["REFERENCE_BROKEN"]', "[]", '["REFERENCE_BROKEN"]']
