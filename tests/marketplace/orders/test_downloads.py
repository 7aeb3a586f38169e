"""A buyer downloads exactly what was bought: links and the whole version (B4)."""

import asyncio
import hashlib
import io
import json
import unicodedata
import zipfile
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest

from marketplace.auth import Function, Role, TokenScope
from marketplace.db import Database
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectStore
from tests.actors import Actor, bring
from tests.factories import a_member, parallel_client
from tests.marketplace.catalog.search.shelf import sell_next
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.bytes_of import with_files
from tests.marketplace.orders.conftest import ClientOf, Member
from tests.marketplace.orders.library import (
    BELT,
    ENTITLEMENTS,
    FILES,
    HASHES,
    NOTE,
    Buy,
    buy,
    change,
    fetched,
    receipts,
    start,
)
from tests.marketplace.organizations.steps import rows

__all__ = ["buy"]


@pytest.fixture(scope="module", autouse=True)
def _buckets(settings: Settings) -> None:
    make_buckets(settings)


async def test_a_link_gives_the_bytes_that_were_bought_under_their_korean_name(
    admin: psycopg.Connection, buying: httpx.AsyncClient, buyer: Member, buy: Buy
) -> None:
    bought = await buy()
    told = await start(buying, bought)

    answer = await buying.post(bought.link())
    link = answer.json()
    got = await fetched(link["url"])

    assert (told.status_code, answer.status_code, got.status_code) == (200, 200, 200)
    assert hashlib.sha256(got.content).hexdigest() == HASHES[BELT]
    name = got.headers["content-disposition"]
    assert unquote(name.split("UTF-8''")[1]) == "컨베이어 속도.csv"
    assert name.startswith("attachment;")
    assert link["expires_s"] == 120
    assert parse_qs(urlsplit(link["url"]).query)["X-Amz-Expires"] == ["120"]
    assert receipts(admin) == [("file", BELT, len(FILES[BELT]), HASHES[BELT])]
    who = rows(admin, "select user_id, organization_id, host(address) from download_receipt")
    assert who == [(buyer[0].id, buyer[1].id, "127.0.0.1")]
    acts = rows(
        admin, "select action from audit_event where action like 'entitlement.%%' order by id"
    )
    assert [act for (act,) in acts] == [
        "entitlement.told", "entitlement.first_accessed", "entitlement.downloaded",
    ]  # fmt: skip
    first = "select first_access_at = d.downloaded_at, told_by from entitlement, download_receipt d"
    assert rows(admin, first) == [(True, buyer[0].id)]


async def test_nothing_is_downloaded_before_the_buyer_was_told_that_withdrawal_ends(
    admin: psycopg.Connection, buying: httpx.AsyncClient, buy: Buy
) -> None:
    bought = await buy()

    link = await buying.post(bought.link())
    archive = await buying.get(f"{bought.path}/all.zip")
    unticked = await start(buying, bought, ticked=False)
    first = (await start(buying, bought)).json()
    again = (await start(buying, bought)).json()

    for answer in (link, archive, unticked):
        assert (answer.status_code, answer.json()["code"]) == (409, "withdrawal_not_told")
    assert receipts(admin) == []
    assert first["told_at"] is not None
    assert again["told_at"] == first["told_at"]
    assert first["first_access_at"] is None
    assert rows(admin, "select count(*) from audit_event where action='entitlement.told'") == [(1,)]


async def test_two_first_downloads_at_once_begin_the_provision_once(
    admin: psycopg.Connection, buying: httpx.AsyncClient, buy: Buy
) -> None:
    bought = await buy()
    await start(buying, bought)

    answers = await asyncio.gather(*(buying.post(bought.link()) for _ in range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(receipts(admin)) == 4
    began = "select count(*) from audit_event where action = 'entitlement.first_accessed'"
    assert rows(admin, began) == [(1,)]
    earliest = "select first_access_at = (select min(downloaded_at) from download_receipt) from entitlement"
    assert rows(admin, earliest) == [(True,)]


async def test_the_whole_version_comes_as_one_archive_with_a_manifest(
    admin: psycopg.Connection, buying: httpx.AsyncClient, buy: Buy
) -> None:
    bought = await buy()
    await start(buying, bought)

    answer = await buying.get(f"{bought.path}/all.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        hashes = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in FILES}
        manifest = json.loads(archive.read("manifest.json"))
        packed = {info.compress_type for info in archive.infolist()}

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert names == ["manifest.json", BELT, NOTE]
    assert hashes == HASHES
    assert packed == {zipfile.ZIP_STORED}
    line = bought.order["lines"][0]
    assert manifest["order_number"] == bought.order["number"]
    assert manifest["licence_sha256"] == line["licence_sha256"]
    assert (manifest["product_number"], manifest["version_number"]) == (line["product_number"], 1)
    assert manifest["files"] == [
        {"path": path, "size_bytes": len(content), "sha256": HASHES[path]}
        for path, content in FILES.items()
    ]
    assert receipts(admin) == [("whole", "", sum(map(len, FILES.values())), "0" * 64)]
    assert bought.order["number"] in unquote(answer.headers["content-disposition"])


async def test_an_archive_names_a_file_of_its_manifests_name_and_long_korean_names(
    buying: httpx.AsyncClient, buy: Buy
) -> None:
    long_name = unicodedata.normalize("NFC", "가나다라마바사" * 15) + ".csv"
    files = {"manifest.json": b"{}", f"폴더/{long_name}": b"1,2\n"}
    bought = await buy(files)
    await start(buying, bought)

    answer = await buying.get(f"{bought.path}/all.zip")
    one = await fetched((await buying.post(bought.link(f"폴더/{long_name}"))).json()["url"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["manifest-of-the-exchange.json", *files]
        assert archive.read("manifest.json") == b"{}"
    assert one.content == b"1,2\n"


async def test_other_bytes_in_the_store_break_the_archive_off(
    store: ObjectStore,
    settings: Settings,
    admin: psycopg.Connection,
    buying: httpx.AsyncClient,
    buy: Buy,
) -> None:
    bought = await buy()
    await start(buying, bought)
    key = rows(admin, "select object_key from data_file where path = %s", NOTE)[0][0]
    store.put(Bucket(settings.bucket("published")), ObjectKey(str(key)), "다른 내용\n".encode())

    answer = await buying.get(f"{bought.path}/all.zip")

    assert FILES[BELT] in answer.content
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(answer.content))


async def test_strangers_and_the_seller_find_nothing(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Member,
    buying: httpx.AsyncClient,
    buy: Buy,
) -> None:
    bought = await buy()
    await start(buying, bought)
    other = await a_member(database, Role.owner, name="다른대표")
    for person in (owner[0], other[0]):
        client = await client_of(person)
        for answer in (
            await client.get(bought.path),
            await client.post(bought.link()),
            await client.get(f"{bought.path}/all.zip"),
            await client.get(f"{bought.path}/receipts"),
            await start(client, bought),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "entitlement_not_found")
        for page in ("", "/all.zip", f"/files/{bought.files[BELT]}", "/receipts", "/receipts.pdf"):
            assert (await client.get(f"/library/{bought.id}{page}")).status_code == 404
    assert receipts(admin) == []


async def test_a_file_of_another_version_is_not_downloaded(
    database: Database,
    store: ObjectStore,
    settings: Settings,
    buying: httpx.AsyncClient,
    buy: Buy,
) -> None:
    bought = await buy()
    await start(buying, bought)
    await sell_next(database, bought.product, "컨베이어 벨트 새 판")
    newer = await with_files(database, store, settings, bought.product, {"새.csv": b"1\n"}, 2)

    for file_id in (newer["새.csv"], uuid4()):
        answer = await buying.post(f"{bought.path}/files/{file_id}/link")
        assert (answer.status_code, answer.json()["code"]) == (404, "data_file_not_found")


async def test_an_address_that_was_changed_or_is_too_old_gives_nothing(
    buying: httpx.AsyncClient, buy: Buy
) -> None:
    bought = await buy()
    await start(buying, bought)
    url = (await buying.post(bought.link())).json()["url"]

    longer = await fetched(url.replace("X-Amz-Expires=120", "X-Amz-Expires=604800"))
    stamp = parse_qs(urlsplit(url).query)["X-Amz-Date"][0]
    older = await fetched(url.replace(stamp, f"2020{stamp[4:]}"))
    bare = await fetched(url.split("?", maxsplit=1)[0])

    assert [one.status_code for one in (longer, older, bare)] == [403, 403, 403]


async def test_viewers_download_but_confirm_nothing(
    database: Database, client_of: ClientOf, buyer: Member, buying: httpx.AsyncClient, buy: Buy
) -> None:
    bought = await buy()
    viewer = await a_member(database, Role.viewer, organization=buyer[1])
    client = await client_of(viewer[0])

    refused = await start(client, bought)
    page = await client.get(f"/library/{bought.id}")
    await start(buying, bought)
    link = await client.post(bought.link())

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert 'name="withdrawal_ends"' not in page.text
    assert link.status_code == 200


async def test_a_token_downloads_with_its_scope_alone(
    app: Any, database: Database, buying: httpx.AsyncClient, buyer: Member, buy: Buy
) -> None:
    bought = await buy()
    await start(buying, bought)
    scopes = frozenset({TokenScope.downloads_read})
    token = await bring(
        database, Actor("token", frozenset({Role.buyer}), Function.business, scopes=scopes)
    )
    for table in ("membership", "api_token"):
        await change(
            database, f"update {table} set organization_id = :own where user_id = :who",
            own=buyer[1].id, who=token.user_id,
        )  # fmt: skip
    async with parallel_client(app) as program:
        listed = await program.get(ENTITLEMENTS, headers=token.headers)
        link = await program.post(bought.link(), headers=token.headers)
        led = await program.get(bought.link().removesuffix("/link"), headers=token.headers)
        told = await program.post(
            f"{bought.path}/start", json={"withdrawal_ends": True}, headers=token.headers | keyed()
        )
        cart = await program.get("/api/v1/organization/cart", headers=token.headers)

    assert [one["id"] for one in listed.json()["items"]] == [bought.id]
    assert (link.status_code, led.status_code) == (200, 303)
    assert (await fetched(led.headers["location"])).content == FILES[BELT]
    for refused in (told, cart):
        assert (refused.status_code, refused.json()["code"]) == (403, "token_scope_missing")


async def test_a_receipt_is_never_changed(
    admin: psycopg.Connection, buying: httpx.AsyncClient, buy: Buy
) -> None:
    bought = await buy()
    await start(buying, bought)
    await buying.post(bought.link())

    for statement in ("update download_receipt set path = ''", "delete from download_receipt"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(statement)
