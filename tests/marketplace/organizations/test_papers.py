"""Proof files: row first, object second, ready last; never parsed, never half-kept."""

import asyncio
import hashlib
import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from litestar import Litestar

from marketplace.app import Parts, create_app
from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.members.organizations.paper_files import display_name
from marketplace.members.organizations.paper_sweeping import HALF_KEPT, sweep
from marketplace.members.organizations.papers import PAPERS_MAX
from marketplace.settings import Settings
from marketplace.stores import make_buckets, store_connection
from storage.objects import Bucket, Connection, ObjectKey
from storage.ports import ObjectStore
from storage.s3 import S3Store
from tests.factories import a_member, new_session, parallel_client
from tests.marketplace.organizations.conftest import ClientOf
from tests.marketplace.organizations.steps import rows

Owner = tuple[User, Organization]
PATH = "/api/v1/organization/papers"
PDF = b"%PDF-1.7\n" + b"proof " * 50
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture(scope="module", autouse=True)
def _buckets(settings: Settings) -> None:
    make_buckets(settings)


@pytest.fixture
def bucket(settings: Settings) -> Bucket:
    return Bucket(settings.bucket("private"))


async def upload(
    client: httpx.AsyncClient,
    content: bytes = PDF,
    name: str = "사업자등록증.pdf",
    kind: str = "business_registration",
) -> tuple[int, Any]:
    answer = await client.post(
        PATH, data={"kind": kind}, files={"file": (name, content, "application/octet-stream")}
    )
    return answer.status_code, answer.json()


def kept(admin: psycopg.Connection) -> list[tuple[Any, ...]]:
    return rows(admin, "select file_name, ready_at is not null from paper")


async def test_a_paper_is_kept_under_a_key_of_ours_and_comes_back_as_an_attachment(
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: Owner,
    store: ObjectStore,
    bucket: Bucket,
) -> None:
    client = await client_of(owner[0])
    name = unicodedata.normalize("NFD", "../../사업자 등록증.PDF")

    status, body = await upload(client, name=name)

    assert (status, body["file_name"], body["state"]) == (201, "사업자 등록증.PDF", "waiting")
    assert body["sha256"] == hashlib.sha256(PDF).hexdigest()
    key = rows(admin, "select object_key from paper")[0][0]
    assert key == f"papers/{owner[1].id}/{body['id']}"
    assert b"".join(store.read(bucket, ObjectKey(key))) == PDF

    answer = await client.get(f"{PATH}/{body['id']}/file")
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["content-length"] == str(len(PDF))
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert "filename*=UTF-8''%EC%82%AC%EC%97%85%EC%9E%90%20" in disposition
    assert rows(admin, "select action from audit_event order by id") == [
        ("paper.uploaded",),
        ("paper.downloaded",),
    ]


async def test_the_same_bytes_are_kept_once(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    answers = [await upload(client) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(kept(admin)) == 1
    await upload(client, kind="representative_authority")
    assert len(kept(admin)) == 2


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "file_empty"),
        (b"MZ\x90\0", "a.exe", "file_kind"),
        (PDF, "a", "file_kind"),
        (PDF, "a.html", "file_kind"),
        (b"<html>", "a.pdf", "file_content"),
        (PNG, "a.pdf", "file_content"),
        (PDF, "a.pdf.png", "file_content"),
        (b" " + PDF, "a.pdf", "file_content"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.hwp", "file_kind"),
    ],
)
async def test_what_is_no_proof_keeps_nothing(
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: Owner,
    content: bytes,
    name: str,
    code: str,
) -> None:
    status, body = await upload(await client_of(owner[0]), content, name)
    assert (status, body["fields"][0]["code"], body["fields"][0]["field"]) == (422, code, "file")
    assert kept(admin) == []


async def test_the_limit_is_taken_and_one_byte_more_is_not(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, settings: Settings
) -> None:
    client = await client_of(owner[0])
    most = PDF + b"x" * (settings.document_limit_bytes - len(PDF))
    assert (await upload(client, most))[0] == 201
    status, body = await upload(client, most + b"x", "b.pdf")
    assert (status, body["code"]) == (413, "too_large")
    assert len(kept(admin)) == 1


async def test_far_more_than_the_limit_is_refused_before_it_is_read(
    client_of: ClientOf, owner: Owner, settings: Settings
) -> None:
    client = await client_of(owner[0])
    status, body = await upload(client, PDF + b"x" * (settings.document_limit_bytes + 70_000))
    assert (status, body["code"]) == (413, "too_large")


async def test_an_organization_keeps_only_so_many(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    await upload(client)
    admin.execute(
        "insert into paper (id, organization_id, kind, file_name, content_type, size_bytes, sha256,"
        " object_key, uploaded_by, state) select gen_random_uuid(), organization_id, kind,"
        " file_name, content_type, size_bytes, 'other', object_key, uploaded_by, state"
        " from paper, generate_series(2, %s)",
        [PAPERS_MAX],
    )
    status, body = await upload(client, PNG, "b.png")
    assert (status, body["code"]) == (409, "papers_full")


async def test_only_owners_of_the_organization_see_its_papers(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    _, body = await upload(await client_of(owner[0]))
    one = f"{PATH}/{body['id']}"
    stranger, _ = await a_member(database, Role.owner)
    seller, _ = await a_member(database, Role.seller, organization=owner[1])
    theirs = await client_of(stranger)
    assert (await theirs.get(PATH)).json() == {"items": []}
    for answer in (await theirs.get(f"{one}/file"), await theirs.delete(one)):
        assert (answer.status_code, answer.json()["code"]) == (404, "paper_not_found")
    sellers = await client_of(seller)
    for answer in (
        await sellers.get(PATH),
        await sellers.get(f"{one}/file"),
        await sellers.delete(one),
    ):
        assert answer.status_code == 403
    assert (await upload(sellers))[0] == 403
    nobody = await client_of()
    assert (await nobody.get(PATH)).status_code == 401
    assert (await nobody.get(f"{one}/file")).status_code == 401


async def test_a_paper_is_deleted_with_its_bytes_until_it_was_examined(
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: Owner,
    store: ObjectStore,
    bucket: Bucket,
) -> None:
    client = await client_of(owner[0])
    _, body = await upload(client)
    _, examined = await upload(client, PNG, "b.png")
    admin.execute("update paper set state = 'accepted' where id = %s", [examined["id"]])

    answer = await client.delete(f"{PATH}/{examined['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "paper_examined")
    assert (await client.delete(f"{PATH}/{body['id']}")).status_code == 204
    assert (await client.delete(f"{PATH}/{body['id']}")).status_code == 404

    keys = [fact.key.value for fact in store.list_objects(bucket, prefix=f"papers/{owner[1].id}/")]
    assert keys == [f"papers/{owner[1].id}/{examined['id']}"]
    assert kept(admin) == [("b.png", True)]


@pytest.fixture
def app_without_store(settings: Settings, parts: Parts) -> Litestar:
    """The application over a store that nobody serves."""
    given = store_connection(settings)
    away = Connection("http://127.0.0.1:9", given.access_key, given.secret_key)
    return create_app(settings, replace(parts, store=S3Store(away)))


async def test_a_store_that_is_away_says_so_and_shows_nothing(
    admin: psycopg.Connection,
    database: Database,
    app_without_store: Litestar,
    client_of: ClientOf,
    owner: Owner,
    store: ObjectStore,
    bucket: Bucket,
) -> None:
    _, body = await upload(await client_of(owner[0]))
    cookie = await new_session(database, owner[0].id)
    async with parallel_client(app_without_store, cookie) as client:
        status, refused = await upload(client, PNG, "b.png")
        assert (status, refused["code"]) == (503, "store_unavailable")
        assert "파일 저장소" in refused["ko"]
        assert [one["id"] for one in (await client.get(PATH)).json()["items"]] == [body["id"]]
        download = await client.get(f"{PATH}/{body['id']}/file")
        assert download.status_code == 503
        assert (await client.delete(f"{PATH}/{body['id']}")).status_code == 204
        assert (await client.get(PATH)).json() == {"items": []}
    assert [ready for _, ready in kept(admin)] == [False, False]

    phases = database.phases(Scope.system())
    assert await sweep(phases, store, bucket) == 0
    admin.execute("update paper set uploaded_at = app_now() - %s", [HALF_KEPT])
    assert await sweep(phases, S3Store(Connection("http://127.0.0.1:9", "a", "b")), bucket) == 0
    assert await sweep(phases, store, bucket) == 2
    assert kept(admin) == []
    assert store.list_objects(bucket, prefix=f"papers/{owner[1].id}/") == []


async def test_the_sweeper_spares_what_is_ready(
    admin: psycopg.Connection,
    database: Database,
    client_of: ClientOf,
    owner: Owner,
    store: ObjectStore,
    bucket: Bucket,
) -> None:
    await upload(await client_of(owner[0]))
    admin.execute("update paper set uploaded_at = app_now() - %s", [HALF_KEPT + timedelta(days=9)])
    assert await sweep(database.phases(Scope.system()), store, bucket) == 0
    assert kept(admin) == [("사업자등록증.pdf", True)]


async def test_the_same_upload_at_once_leaves_papers_that_can_be_read(
    client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    answers = await asyncio.gather(*(upload(client) for _ in range(3)))
    assert [status for status, _ in answers] == [201] * 3
    for one in {UUID(body["id"]) for _, body in answers}:
        assert (await client.get(f"{PATH}/{one}/file")).content == PDF


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\papers\\a.pdf", "a.pdf"),
        ("../../etc/a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202efdp.pdf", "fdp.pdf"),
        ("  ", "file"),
        ("가" * 300 + ".pdf", "가" * 251 + ".pdf"),
        (unicodedata.normalize("NFD", "각.pdf"), "각.pdf"),
    ],
)
def test_a_name_is_only_shown(given: str, shown: str) -> None:
    assert display_name(given) == shown
