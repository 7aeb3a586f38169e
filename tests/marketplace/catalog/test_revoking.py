"""One version of a product is revoked (판 회수): another takes its place, or the product is off sale."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Function, Role
from marketplace.catalog.products.models import ContentState, Product, ProductContent
from marketplace.catalog.review.models import Review
from marketplace.db import Database, Scope, now
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.states import move
from tests.factories import a_member, an_organization, save
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.listing import reviewers_of
from tests.marketplace.catalog.search.shelf import put_on_sale, sell_next
from tests.marketplace.catalog.sending import API, keyed
from tests.marketplace.conftest import Worker, worker
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send
from tests.waiting import until

Owner = tuple[User, Organization]
PUBLIC = "/api/v1/products"
DESK = "/api/v1/operator"
WHY = "3행의 단위가 틀렸습니다."
VERSION = "select id from dataset_version where number = %s"
TOLD = "select user_id, kind from notice where kind like 'listing.%%version_revoked'"
__all__ = ["worker"]


@pytest.fixture
async def product(database: Database, owner: Owner) -> Product:
    return await put_on_sale(database, owner, "첫째 벨트", summary_ko="요약", columns=["속도"])


@pytest.fixture
async def seller(client_of: ClientOf, owner: Owner) -> httpx.AsyncClient:
    return await client_of(owner[0])


@pytest.fixture
async def reviewer(database: Database, client_of: ClientOf) -> httpx.AsyncClient:
    return (await reviewers_of(database, client_of))[0]


async def revoke(
    client: httpx.AsyncClient, version_id: object, reason: str = WHY, by: str = API
) -> httpx.Response:
    path = f"{by}/versions/{version_id}/revocation"
    return await client.post(path, json={"reason": reason}, headers=keyed())


def version_of(admin: psycopg.Connection, number: int = 1) -> UUID:
    return UUID(str(rows(admin, VERSION, number)[0][0]))


def state_of(admin: psycopg.Connection) -> str:
    return str(rows(admin, "select state from product")[0][0])


async def test_the_newest_other_approved_version_is_offered(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    seller: httpx.AsyncClient,
    product: Product,
) -> None:
    second = await sell_next(database, product, "둘째 벨트")
    anybody = await client_of(None)
    path = f"{PUBLIC}/{product.id}"
    before = (await anybody.get(path)).json()

    done = await revoke(seller, second)
    after = (await anybody.get(path)).json()
    found = (await anybody.get(PUBLIC, params={"q": "첫째"})).json()["count"]
    lost = (await anybody.get(PUBLIC, params={"q": "둘째"})).json()["count"]

    assert done.status_code == 200
    assert (done.json()["state"], done.json()["revoked_reason"]) == ("revoked", WHY)
    assert done.json()["revoked_by_operator"] is False
    assert (before["version"]["number"], before["title_ko"]) == (2, "둘째 벨트")
    assert (after["version"]["number"], after["title_ko"]) == (1, "첫째 벨트")
    assert (found, lost, state_of(admin)) == (1, 0, "listed")
    steps = "select machine, from_state, to_state, reason from state_step order by id desc limit 3"
    assert rows(admin, steps) == [
        ("product_content", "superseded", "approved", WHY),
        ("product_content", "approved", "superseded", WHY),
        ("dataset_version", "ready", "revoked", WHY),
    ]
    audit = "select action, reason, facts->>'number' from audit_event order by id desc limit 1"
    assert rows(admin, audit) == [("dataset.version_revoked", WHY, "2")]


async def test_without_another_the_product_is_off_sale_until_a_new_version(
    admin: psycopg.Connection,
    client_of: ClientOf,
    seller: httpx.AsyncClient,
    product: Product,
) -> None:
    anybody = await client_of(None)
    path = f"{API}/products/{product.id}"

    await revoke(seller, version_of(admin))
    relisted = await seller.post(f"{path}/relisting", headers=keyed())
    begun = await seller.post(f"{path}/draft", headers=keyed())
    checks = (await seller.get(f"{path}/registration")).json()["checks"]
    submitted = await seller.post(f"{path}/registration", headers=keyed())
    shown = await anybody.get(f"/products/{product.id}")
    listed = await anybody.get(f"{PUBLIC}/{product.id}")

    assert state_of(admin) == "withdrawn"
    assert (relisted.status_code, relisted.json()["code"]) == (409, "dataset_version_revoked")
    assert begun.status_code == 201
    assert [one["passed"] for one in checks if one["code"] == "dataset.ready"] == [False]
    assert (submitted.status_code, submitted.json()["code"]) == (409, "not_ready_to_submit")
    assert (shown.status_code, listed.json()["code"]) == (410, "listing_withdrawn")
    assert (await anybody.get(PUBLIC, params={"q": "벨트"})).json()["count"] == 0


async def test_a_tombstone_stands_where_it_was(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    seller: httpx.AsyncClient,
    product: Product,
) -> None:
    second = await sell_next(database, product, "둘째 벨트")
    anybody = await client_of(None)
    await revoke(seller, second)
    path, page = f"{PUBLIC}/{product.id}/versions", f"/products/{product.id}/versions"

    gone, tomb = await anybody.get(f"{path}/2"), await anybody.get(f"{page}/2")
    compared = await anybody.get(f"{path}/2/changes")
    listed = (await anybody.get(path)).json()["items"]
    offered = await anybody.get(f"/products/{product.id}")

    assert (gone.status_code, gone.json()["code"]) == (410, "dataset_version_gone")
    assert gone.json()["facts"]["reason"] == WHY
    assert compared.status_code == tomb.status_code == 410
    assert WHY in tomb.text
    assert "판매자가 이 판을 회수했습니다" in tomb.text
    assert [(one["number"], one["place"]) for one in listed] == [(2, "revoked"), (1, "offered")]
    assert listed[0]["revoked_reason"] == WHY
    assert WHY in offered.text


async def test_the_operator_revokes_and_the_seller_is_told(
    admin: psycopg.Connection,
    owner: Owner,
    reviewer: httpx.AsyncClient,
    product: Product,
) -> None:
    version_id = version_of(admin)
    listed = (await reviewer.get(f"{DESK}/products/{product.id}/versions")).json()["items"]

    bare = await revoke(reviewer, version_id, " ", DESK)
    done = await revoke(reviewer, version_id, by=DESK)
    twice = await revoke(reviewer, version_id, by=DESK)

    assert [(one["id"], one["state"]) for one in listed] == [(str(version_id), "ready")]
    assert (bare.status_code, bare.json()["code"]) == (422, "reason_missing")
    assert (done.status_code, done.json()["revoked_by_operator"]) == (200, True)
    assert (twice.status_code, twice.json()["code"]) == (409, "dataset_version_not_ready")
    assert rows(admin, TOLD) == [(owner[0].id, "listing.own_version_revoked")]


async def test_both_do_it_by_forms(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    seller: httpx.AsyncClient,
    reviewer: httpx.AsyncClient,
    product: Product,
) -> None:
    second = await sell_next(database, product, "둘째 벨트")
    own = f"/selling/products/{product.id}"
    page = f"{own}/versions/{second}/revoke"
    desk = f"/operator/products/{product.id}"

    offered = await seller.get(f"{own}/data")
    bare = await send(seller, page, {"reason": ""})
    done = await send(seller, page, {"reason": WHY})
    late = await send(seller, page, {"reason": WHY})
    shown = await seller.get(f"{own}/data")
    empty = await send(reviewer, desk, {"reason": ""}, to=f"{desk}/versions/{version_of(admin)}")
    decided = await send(reviewer, desk, {"reason": WHY}, to=f"{desk}/versions/{version_of(admin)}")
    tomb = await (await client_of(None)).get(f"/products/{product.id}/versions/1")

    assert f"{page}" in offered.text
    assert bare.status_code == empty.status_code == 422
    assert done.headers["location"] == f"{own}/data?done=version-revoked"
    assert late.status_code == 409
    assert WHY in shown.text
    assert decided.headers["location"] == f"{desk}?done=version-revoked"
    assert "거래소 운영기관이 이 판을 회수했습니다" in tomb.text
    assert state_of(admin) == "withdrawn"


class SomebodyBought:
    """One person who bought every version."""

    def __init__(self, person: User) -> None:
        self.person = person

    async def people_of(self, session: AsyncSession, version_id: UUID) -> list[UUID]:
        del session, version_id
        return [self.person.id]


async def test_buyers_and_askers_are_told_once(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    seller: httpx.AsyncClient,
    product: Product,
    worker: Worker,
) -> None:
    asker, _ = await a_member(database, Role.buyer, name="물은 사람")
    buyer, _ = await a_member(database, Role.buyer, name="산 사람")
    asking = await client_of(asker)
    for kind in ("question", "sample"):
        body = {"kind": kind, "body": "표본을 볼 수 있습니까?"}
        await asking.post(f"{PUBLIC}/{product.id}/inquiries", json=body, headers=keyed())
    await revoke(seller, version_of(admin))

    async with worker(parts=SimpleNamespace(version_buyers=SomebodyBought(buyer))):
        told = await until(lambda: len(rows(admin, TOLD)) == 2 and rows(admin, TOLD))

    assert {who for who, _ in told} == {asker.id, buyer.id}
    assert {kind for _, kind in told} == {"listing.version_revoked"}


async def test_a_lifted_stop_does_not_sell_a_revoked_version(
    admin: psycopg.Connection,
    seller: httpx.AsyncClient,
    reviewer: httpx.AsyncClient,
    product: Product,
) -> None:
    desk = f"{DESK}/products/{product.id}"
    body = {"reason": "살펴봅니다."}
    await reviewer.post(f"{desk}/suspension", json=body, headers=keyed())
    await revoke(seller, version_of(admin))

    lifted = await reviewer.post(f"{desk}/lifting", json=body, headers=keyed())

    assert lifted.json()["state"] == "withdrawn"


async def test_a_request_with_a_revoked_version_is_not_approved(
    admin: psycopg.Connection,
    database: Database,
    owner: Owner,
    seller: httpx.AsyncClient,
    reviewer: httpx.AsyncClient,
    product: Product,
) -> None:
    begun = await seller.post(f"{API}/products/{product.id}/draft", headers=keyed())
    review_id = await submitted(database, UUID(begun.json()["draft"]["id"]), owner[0])
    await revoke(seller, version_of(admin))
    desk = f"{DESK}/reviews/{review_id}/decision"

    approved = await reviewer.post(
        desk, json={"decision": "approve", "reason": ""}, headers=keyed()
    )
    returned = await reviewer.post(
        desk, json={"decision": "return", "reason": WHY}, headers=keyed()
    )

    assert (approved.status_code, approved.json()["code"]) == (409, "dataset_version_revoked")
    assert returned.status_code == 200


async def submitted(database: Database, content_id: UUID, person: User) -> UUID:
    """Let a draft wait for its examination, whatever it lacks."""
    async with database.transaction(Scope.system()) as session:
        content = await session.get_one(ProductContent, content_id)
        content.submitted_at, content.licence_ko = now(session), "계약"
        await move(
            session, "product_content", content, ContentState.submitted,
            organization_id=content.organization_id,
        )  # fmt: skip
        review = Review(
            product_id=content.product_id, content_id=content.id, due_at=now(session),
            organization_id=content.organization_id, submitted_by=person.id,
        )  # fmt: skip
        session.add(review)
        await session.flush()
        return review.id


async def test_strangers_viewers_and_the_own_operator_are_refused(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    product: Product,
) -> None:
    version_id = version_of(admin)
    stranger, _ = await a_member(database, Role.owner)
    viewer, _ = await a_member(database, Role.viewer, organization=owner[1])

    strange = await revoke(await client_of(stranger), version_id)
    reading = await revoke(await client_of(viewer), version_id)
    desk = await revoke(await client_of(owner[0]), version_id, by=DESK)

    assert (strange.status_code, strange.json()["code"]) == (404, "dataset_version_not_found")
    assert (reading.status_code, desk.status_code) == (403, 403)
    assert rows(admin, "select state from dataset_version") == [("ready",)]


async def test_nobody_of_the_operator_revokes_what_its_own_organization_sells(
    admin: psycopg.Connection, database: Database, client_of: ClientOf
) -> None:
    operator = an_organization(function=Function.exchange_operator)
    await save(database, operator)
    person, _ = await a_member(database, Role.reviewer, organization=operator)
    await put_on_sale(database, (person, operator), "자기 벨트", summary_ko="요약", columns=["a"])

    own = await revoke(await client_of(person, second_factor=True), version_of(admin), by=DESK)

    assert (own.status_code, own.json()["code"]) == (403, "own_account")
    assert state_of(admin) == "listed"


async def test_earlier_versions_are_public_and_others_are_not(
    admin: psycopg.Connection, database: Database, client_of: ClientOf, product: Product
) -> None:
    await sell_next(database, product, "둘째 벨트", kind="xlsx")
    anybody = await client_of(None)
    path, page = f"{PUBLIC}/{product.id}/versions", f"/products/{product.id}/versions"

    first: dict[str, Any] = (await anybody.get(f"{path}/1")).json()
    second = (await anybody.get(f"{path}/2")).json()
    changes = (await anybody.get(f"{path}/2/changes")).json()
    pages = [await anybody.get(f"{page}/{number}") for number in (1, 2)]
    reports = [await anybody.get(f"{page}/{number}/quality") for number in (1, 2, 3)]
    missing = await anybody.get(f"{path}/3")
    admin.execute("update dataset_version set published_at = null where number = 1")
    hidden = await anybody.get(f"{path}/1")

    assert (first["place"], second["place"]) == ("earlier", "offered")
    assert (first["row_count"], second["grade"]) == (100, "B")
    assert (changes["number"], changes["before_number"]) == (2, 1)
    assert [one.status_code for one in pages] == [200, 200]
    assert "지금 파는 판은 판 2입니다" in pages[0].text
    assert [one.status_code for one in reports] == [200, 200, 404]
    assert ("판 화면으로" in reports[0].text, "판 화면으로" in reports[1].text) == (True, False)
    for answer in (missing, hidden):
        assert (answer.status_code, answer.json()["code"]) == (404, "dataset_version_not_found")
