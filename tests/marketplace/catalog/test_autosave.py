"""A draft saves itself while it is written; a save that came in between is told and never overwritten unseen."""

from typing import Any

import httpx
import psycopg

from marketplace.auth import Role
from marketplace.catalog.products.licence.questions import standard_answers
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from tests.factories import a_member
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.search.shelf import put_on_sale
from tests.marketplace.catalog.sending import API, keyed
from tests.marketplace.catalog.test_selling_pages import DRAFT, begun
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

Owner = tuple[User, Organization]


async def keep(
    client: httpx.AsyncClient, page: str, fields: dict[str, Any], form: str = "edit"
) -> httpx.Response:
    """Send what the script sends."""
    path = f"{page}/{form}"
    return await send(client, path, fields, to=f"{path}/autosave")


def api_of(page: str) -> str:
    return f"{API}/products/{page.removeprefix('/selling/products/')}"


async def draft_of(client: httpx.AsyncClient, page: str) -> dict[str, Any]:
    return dict((await client.get(api_of(page))).json()["draft"])


async def test_an_unfinished_draft_is_kept_with_its_number_and_time(
    client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    page = await begun(client)

    first = await keep(client, page, {"revision": 1, "title_ko": "벨트 손"})
    same = await keep(client, page, {"revision": 1, "title_ko": "벨트 손"})
    terms = await keep(
        client, page, standard_answers() | {"term": "one_year", "revision": 2}, "licence"
    )
    columns = await keep(
        client, page, {"revision": 3, "columns": "속도\t벨트 속도\tm/s"}, "columns"
    )

    assert (first.status_code, first.json()["revision"]) == (200, 2)
    assert len(first.json()["at"]) == len("14:05")
    assert same.json()["revision"] == 2
    assert (terms.json()["revision"], columns.json()["revision"]) == (3, 4)
    draft = await draft_of(client, page)
    assert (draft["title_ko"], draft["licence"]["term"]) == ("벨트 손", "one_year")
    assert draft["column_dictionary"][0]["name"] == "속도"


async def test_the_second_writer_reads_who_saved_and_takes_over_knowingly(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    colleague, _ = await a_member(
        database, Role.seller, organization=owner[1], name="나란히 쓰는 이"
    )
    first, second = await client_of(owner[0]), await client_of(colleague)
    page = await begun(first)
    await keep(second, page, {"revision": 1, "title_ko": "동료의 이름"})

    late = await keep(first, page, {"revision": 1, "title_ko": "내 이름"})
    unchanged = (await draft_of(first, page))["title_ko"]
    shown = await send(first, f"{page}/edit", {"revision": 1, "title_ko": "내 이름"})
    again = await keep(first, page, {"revision": 1, "title_ko": "내 이름"})
    await keep(second, page, {"revision": 2, "title_ko": "동료의 새 이름"})
    stale = await keep(first, page, {"revision": 1, "take_over": 2, "title_ko": "내 이름"})
    over = await keep(first, page, {"revision": 1, "take_over": 3, "title_ko": "내 이름"})

    assert (late.status_code, late.json()["code"]) == (409, "draft_changed")
    assert late.json()["revision"] == 2
    assert "나란히 쓰는 이" in late.json()["text"]
    assert unchanged == "동료의 이름"
    assert 'name="take_over" value="2"' in shown.text
    assert 'name="revision" value="1"' in shown.text
    assert 'value="내 이름"' in shown.text
    assert again.status_code == stale.status_code == 409
    assert (over.status_code, over.json()["revision"]) == (200, 4)
    assert (await draft_of(second, page))["title_ko"] == "내 이름"


async def test_a_plain_form_takes_over_by_its_button(client_of: ClientOf, owner: Owner) -> None:
    client = await client_of(owner[0])
    page = await begun(client)
    await send(client, f"{page}/edit", DRAFT | {"revision": 1})
    await send(client, f"{page}/edit", DRAFT | {"revision": 1, "title_ko": "다른 창"})

    done = await send(
        client, f"{page}/edit", DRAFT | {"revision": 1, "take_over": 2, "title_ko": "다른 창"}
    )

    assert done.headers["location"] == f"{page}/edit?done=saved"
    assert (await draft_of(client, page))["title_ko"] == "다른 창"


async def test_a_program_reads_the_same_facts(client_of: ClientOf, owner: Owner) -> None:
    client = await client_of(owner[0])
    page = await begun(client)
    await keep(client, page, {"revision": 1, "title_ko": "먼저"})

    late = await client.patch(f"{api_of(page)}/draft", json={"revision": 1, "title_ko": "나중"})

    assert late.status_code == 409
    facts = late.json()["facts"]
    assert (facts["revision"], facts["saved_by"]) == (2, owner[0].name)
    draft = await draft_of(client, page)
    assert facts["saved_at"] == draft["saved_at"]


async def test_what_cannot_be_kept_is_told(client_of: ClientOf, owner: Owner) -> None:
    client, nobody = await client_of(owner[0]), await client_of(None)
    page = await begun(client)
    dates = {"revision": 1, "collected_from": "2026-02-01", "collected_to": "2026-01-01"}

    crossed = await keep(client, page, dates)
    broken = await keep(client, page, {"revision": 1, "columns": "속도\t\t\t빠르게"}, "columns")
    left = await nobody.post(f"{page}/edit/autosave", data={"revision": "1"})

    assert (crossed.status_code, crossed.json()["code"]) == (422, "draft_invalid")
    assert len(crossed.json()["fields"]) == len(broken.json()["fields"]) == 1
    assert left.status_code in (303, 401, 403)
    assert (await draft_of(client, page))["revision"] == 1


async def test_nothing_is_kept_into_what_is_approved_or_examined(
    admin: psycopg.Connection, database: Database, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    product = await put_on_sale(
        database, owner, "컨베이어 벨트", summary_ko="요약", columns=["속도"]
    )
    page = f"/selling/products/{product.id}"

    # There is no form to send: its page is refused already.
    approved = await send(client, page, {"revision": 1}, to=f"{page}/edit/autosave")
    begun_anew = await client.post(f"{API}/products/{product.id}/draft", headers=keyed())
    kept = await keep(client, page, {"revision": 1, "title_ko": "새 이름"})

    assert (approved.status_code, approved.json()["code"]) == (409, "no_draft")
    assert begun_anew.status_code == 201
    assert kept.status_code == 200
    titles = rows(admin, "select state, title_ko from product_content order by number")
    assert titles == [("approved", "컨베이어 벨트"), ("draft", "새 이름")]


async def test_others_find_nothing_and_viewers_may_not(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    page = await begun(await client_of(owner[0]))
    viewer, _ = await a_member(database, Role.viewer, organization=owner[1])
    stranger, _ = await a_member(database, Role.owner)

    reading = await send(await client_of(viewer), page, {"revision": 1}, to=f"{page}/edit/autosave")
    strange = await send(
        await client_of(stranger), "/selling", {"revision": 1}, to=f"{page}/edit/autosave"
    )

    assert (reading.status_code, strange.status_code) == (403, 404)
