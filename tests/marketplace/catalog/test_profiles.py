"""A version that is ready is examined again on an operator's order; earlier reports and certificates stay."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from marketplace.auth import Role
from marketplace.catalog.datasets import certifying
from marketplace.catalog.datasets.jobs import issuer_of
from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.profiles.running import give_up, profile_again
from marketplace.clock import SEOUL
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.quality_rules import QualityRules
from marketplace.settings import Settings
from quality.certificates import Verdict, read, verify
from quality.keys import read_keys
from tests.factories import a_member, an_organization
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import a_whole_product, may_sell, reviewers_of
from tests.marketplace.catalog.sending import API, keyed
from tests.marketplace.catalog.test_matches import a_table, version_of
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

Owner = tuple[User, Organization]
pytestmark = pytest.mark.slow  # each product has real data, examined by real children
OTHER_RULES = QualityRules("equal", {"stuck_rows": 30})
PUBLIC = "/api/v1/products"
Reports = tuple[httpx.Response, dict[str, Any]]


def path_of(version_id: UUID) -> str:
    return f"/api/v1/operator/versions/{version_id}/profiles"


@pytest.fixture
async def seller(database: Database, client_of: ClientOf, owner: Owner) -> httpx.AsyncClient:
    await may_sell(database, *owner)
    return await client_of(owner[0])


@pytest.fixture
async def product(
    database: Database, seller: httpx.AsyncClient, shelves: Shelves
) -> dict[str, Any]:
    return await a_whole_product(seller, database, shelves, content=a_table(11))


@pytest.fixture
def version(admin: psycopg.Connection, product: dict[str, Any]) -> UUID:
    return version_of(admin, product)


@pytest.fixture
async def reviewer(database: Database, client_of: ClientOf) -> httpx.AsyncClient:
    return (await reviewers_of(database, client_of))[0]


async def order(client: httpx.AsyncClient, version: UUID, **more: Any) -> httpx.Response:
    body = {"reason": "기준을 바꿈", **more}
    return await client.post(path_of(version), json=body, headers=keyed())


async def carried_out(
    database: Database, shelves: Shelves, answer: httpx.Response, rules: QualityRules = OTHER_RULES
) -> None:
    """Do what the worker does with the order that was answered."""
    assert answer.status_code == 201, answer.text
    phases = database.phases(Scope.system())
    order_id = UUID(answer.json()["orders"][0]["id"])
    await profile_again(phases, replace(shelves, rules=rules), order_id)


async def signed(database: Database, settings: Settings, version: UUID) -> None:
    await certifying.certify(database.phases(Scope.system()), issuer_of(settings), version)


@pytest.fixture
async def listed(
    admin: psycopg.Connection,
    database: Database,
    settings: Settings,
    shelves: Shelves,
    seller: httpx.AsyncClient,
    reviewer: httpx.AsyncClient,
    product: dict[str, Any],
    version: UUID,
) -> Reports:
    """The certificate of the first report, and the reports after another was made and signed; it is on sale."""
    await seller.post(f"{API}/products/{product['id']}/registration", headers=keyed())
    ((review,),) = rows(admin, "select id from review")
    desk = f"/operator/reviews/{review}"
    await send(reviewer, desk, {"decision": "approve", "reason": ""}, to=f"{desk}/decision")
    await signed(database, settings, version)
    before = await seller.get(f"{PUBLIC}/{product['id']}/versions/1/certificate")
    await carried_out(database, shelves, await order(reviewer, version))
    await signed(database, settings, version)
    return before, (await reviewer.get(path_of(version))).json()


async def test_a_new_report_takes_the_place_of_the_old_one_which_is_kept(
    admin: psycopg.Connection,
    seller: httpx.AsyncClient,
    reviewer: httpx.AsyncClient,
    product: dict[str, Any],
    version: UUID,
    listed: Reports,
) -> None:
    newest, first = listed[1]["reports"]
    today = datetime.now(UTC).astimezone(SEOUL).date().isoformat()

    shown = (await seller.get(f"{PUBLIC}/{product['id']}/quality")).json()
    kept = await reviewer.get(f"{path_of(version)}/1/quality.html")

    assert (newest["number"], newest["replaced_at"], newest["certified"]) == (2, None, True)
    assert (first["number"], first["certified"], first["as_of"]) == (1, True, None)
    assert newest["as_of"] == listed[1]["first_on"] == today
    assert newest["rules"] != first["rules"]
    assert [(one["state"], one["as_of"]) for one in listed[1]["orders"]] == [("done", today)]
    assert (shown["preset"], shown["settings"][0]["thresholds"]) == ("equal", {"stuck_rows": 30})
    assert (kept.status_code, first["sha256"] in kept.text) == (200, True)
    told = "select count(*) from notice where kind = 'dataset.profiled'"
    assert rows(admin, told) == [(1,)]


async def test_the_certificate_of_the_report_before_stays_valid(
    seller: httpx.AsyncClient, product: dict[str, Any], listed: Reports
) -> None:
    newest, first = listed[1]["reports"]
    place = f"{PUBLIC}/{product['id']}/versions/1/certificate"

    after = await seller.get(place)
    earlier = await seller.get(f"{place}?report={first['sha256']}")
    unknown = await seller.get(f"{place}?report={'0' * 64}")
    page = await seller.get(f"/products/{product['id']}/versions/1/quality")

    keys = read_keys((await seller.get("/api/v1/quality/keys")).content)
    assert earlier.content == listed[0].content != after.content
    for one, line in ((earlier, first), (after, newest)):
        certificate = read(one.content)
        assert certificate.report_sha256 == line["sha256"]
        assert verify(certificate, keys) == Verdict((), key_checked=True)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "quality_certificate_missing")
    assert f"certificate?report={first['sha256']}" in page.text


async def test_the_same_again_gives_the_same_report_and_a_late_attempt_changes_nothing(
    admin: psycopg.Connection,
    database: Database,
    shelves: Shelves,
    reviewer: httpx.AsyncClient,
    version: UUID,
) -> None:
    answer = await order(reviewer, version, as_of="2026-01-31")
    await carried_out(database, shelves, answer)
    await carried_out(database, shelves, answer)  # a late attempt
    again = await order(reviewer, version, as_of="2026-01-31")
    await asyncio.gather(*(carried_out(database, shelves, again) for _ in range(2)))
    other = await order(reviewer, version, as_of="2026-02-28")
    await carried_out(database, shelves, other)

    listed = (await reviewer.get(path_of(version))).json()
    assert [one["state"] for one in listed["orders"]] == ["done", "unchanged", "done"]
    assert [one["as_of"] for one in listed["reports"]] == ["2026-02-28", "2026-01-31", None]
    kept = "select report->>'as_of', report->'settings'->>'as_of' from data_file"
    assert rows(admin, kept) == [("2026-02-28", "2026-02-28")]
    audited = "select count(*) from audit_event where action = 'dataset.{}'"
    assert rows(admin, audited.format("profile_ordered")) == [(3,)]
    assert rows(admin, audited.format("profiled_again")) == [(3,)]


async def test_what_is_refused(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    seller: httpx.AsyncClient,
    reviewer: httpx.AsyncClient,
    version: UUID,
) -> None:
    async def refused(client: httpx.AsyncClient, place: UUID, **more: Any) -> tuple[int, str]:
        answer = await order(client, place, **more)
        return answer.status_code, answer.json()["code"]

    assert await refused(reviewer, version, reason="x") == (422, "reason_missing")
    assert await refused(reviewer, UUID(int=1)) == (404, "dataset_version_not_found")
    assert (await refused(seller, version))[0] == 403
    finance, _ = await a_member(
        database, Role.finance, organization=an_organization(id=await operator_of(admin))
    )
    assert (await refused(await client_of(finance, second_factor=True), version))[0] == 403
    first, second = await asyncio.gather(order(reviewer, version), order(reviewer, version))
    assert sorted((first.status_code, second.status_code)) == [201, 409]
    assert await refused(reviewer, version) == (409, "profile_waiting")
    for number in (1, 2**31 - 1, 2**31, 10**30):
        missing = await reviewer.get(f"{path_of(version)}/{number}/quality.html")
        assert (missing.status_code, missing.json()["code"]) == (404, "earlier_report_not_found")
    assert rows(admin, "select count(*) from profile_order") == [(1,)]


async def operator_of(admin: psycopg.Connection) -> UUID:
    ((found,),) = rows(admin, "select id from organization where function = 'exchange_operator'")
    return UUID(str(found))


async def test_an_order_that_cannot_be_carried_out_ends_and_leaves_the_report(
    admin: psycopg.Connection,
    database: Database,
    shelves: Shelves,
    seller: httpx.AsyncClient,
    reviewer: httpx.AsyncClient,
    version: UUID,
) -> None:
    phases = database.phases(Scope.system())
    before = rows(admin, "select sha256 from quality_report")
    given_up = await order(reviewer, version)
    await give_up(phases, UUID(given_up.json()["orders"][0]["id"]))
    late = await order(reviewer, version)
    revoked = await seller.post(
        f"{API}/versions/{version}/revocation", json={"reason": "잘못 올림"}, headers=keyed()
    )
    await carried_out(database, shelves, late)

    assert revoked.status_code == 200, revoked.text
    assert rows(admin, "select state from profile_order") == [("failed",), ("failed",)]
    assert rows(admin, "select sha256 from quality_report") == before
    answer = await order(reviewer, version)
    assert (answer.status_code, answer.json()["code"]) == (409, "version_not_examined")


async def test_the_operator_does_it_by_a_form(
    admin: psycopg.Connection,
    database: Database,
    shelves: Shelves,
    reviewer: httpx.AsyncClient,
    version: UUID,
) -> None:
    page = f"/operator/versions/{version}"

    empty = await send(reviewer, page, {"reason": "", "as_of": ""}, to=f"{page}/profiles")
    done = await send(
        reviewer, page, {"reason": "엔진이 새로움", "as_of": "2026-03-01"}, to=f"{page}/profiles"
    )
    waiting = await reviewer.get(page)
    ((order_id,),) = rows(admin, "select id from profile_order")
    await profile_again(database.phases(Scope.system()), replace(shelves, rules=OTHER_RULES), UUID(str(order_id)))  # fmt: skip
    shown = await reviewer.get(page)

    assert empty.status_code == 422
    assert (done.status_code, done.headers["location"].split("?")[0]) == (303, page)
    assert "다시 검사하고 있습니다." in waiting.text
    assert "2번째" in shown.text
    assert "엔진이 새로움" in shown.text
    assert f"/api/v1/operator/versions/{version}/profiles/1/quality.html" in shown.text


async def test_nobody_changes_what_was_replaced(
    admin: psycopg.Connection,
    database: Database,
    shelves: Shelves,
    reviewer: httpx.AsyncClient,
    version: UUID,
) -> None:
    await carried_out(database, shelves, await order(reviewer, version))
    assert rows(admin, "select count(*) from earlier_report") == [(1,)]
    for role, statement in (
        ("marketplace_system", "update earlier_report set grade = 'A'"),
        ("marketplace_system", "delete from earlier_report"),
        ("marketplace_staff", "update profile_order set reason = ''"),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_role(admin, role, statement)


def as_role(admin: psycopg.Connection, role: str, statement: str) -> None:
    with admin.transaction():
        admin.execute(f"set local role {role}")
        admin.execute(statement)
