"""The page of a product's data as links and forms; sending itself is a script's work."""

from typing import Any

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.settings import Settings
from tests.factories import a_member
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.sending import API, add
from tests.marketplace.catalog.test_products import begun
from tests.marketplace.organizations.test_pages import send

Owner = tuple[User, Organization]


async def page_of(client: Any) -> str:
    return f"/selling/products/{(await begun(client))['id']}/data"


async def version_of(client: Any, page: str) -> dict[str, Any]:
    product = page.split("/")[3]
    return dict((await client.get(f"{API}/products/{product}/versions")).json()["items"][0])


async def test_a_version_is_opened_filled_and_given_up_by_forms(
    client_of: ClientOf, owner: Owner, settings: Settings
) -> None:
    client = await client_of(owner[0])
    page = await page_of(client)

    opened = await send(client, page, {"note": "첫 판"})
    version = await version_of(client, page)
    file = (await add(client, version, "half.csv", 5)).json()
    shown = await client.get(page)
    unfinished = await send(client, page, {}, to=f"{page}/close")
    removed = await send(client, page, {"file_id": file["id"]}, to=f"{page}/remove")
    empty = await send(client, page, {}, to=f"{page}/close")
    gone = await send(client, page, {}, to=f"{page}/give-up")
    late = await send(client, page, {}, to=f"{page}/give-up")

    assert opened.headers["location"] == f"{page}?done=version-opened"
    assert version["note"] == "첫 판"
    assert "같은 파일을 다시 고르면 이어서 올립니다" in shown.text
    assert (
        f"connect-src 'self' {settings.s3_public_url};" in shown.headers["content-security-policy"]
    )
    assert unfinished.status_code == 409
    assert "아직 다 올라오지 않은 파일이 1개 있습니다" in unfinished.text
    assert removed.headers["location"] == f"{page}?done=file-removed"
    assert "판에 파일이 없습니다" in empty.text
    assert gone.headers["location"] == f"{page}?done=version-given-up"
    assert late.status_code == 409


async def test_only_this_page_may_talk_to_the_store(client_of: ClientOf, owner: Owner) -> None:
    client = await client_of(owner[0])
    page = await page_of(client)

    other = await client.get(page.removesuffix("/data"))

    assert "connect-src 'self';" in other.headers["content-security-policy"]


async def test_viewers_look_and_strangers_find_nothing(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    page = await page_of(await client_of(owner[0]))
    viewer, _ = await a_member(database, Role.viewer, organization=owner[1])
    stranger, _ = await a_member(database, Role.owner)

    shown = await (await client_of(viewer)).get(page)

    assert shown.status_code == 200
    assert "upload.js" not in shown.text
    assert "<form" not in shown.text.split("<main", 1)[1]
    assert (await (await client_of(stranger)).get(page)).status_code == 404
