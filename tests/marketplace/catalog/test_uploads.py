"""A seller uploads data: parts straight to the store, examined by the worker, ready and immutable."""

import asyncio
import hashlib

import httpx
import psycopg
import pytest
from sqlalchemy import select
from sqlmodel import col

from marketplace.auth import Role
from marketplace.catalog.datasets import processing, sweeping, uploading
from marketplace.catalog.datasets.errors import FilesFull, FileTooLarge, StorageFull
from marketplace.catalog.datasets.models import DataFile
from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.datasets.schemas import FileIn
from marketplace.catalog.datasets.uploading import Quarantine
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from storage.errors import ObjectMissing
from storage.objects import ObjectKey
from tests.factories import a_member
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.sending import (
    API,
    add,
    close,
    keyed,
    opened,
    process,
    send,
    shown,
    uploaded,
)
from tests.marketplace.organizations.steps import rows
from tests.quality.corpus import GOOD

Owner = tuple[User, Organization]
pytestmark = pytest.mark.slow  # real parts to a real store, real children that examine


async def test_a_version_goes_from_the_browser_to_ready(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:  # fmt: skip
    client = await client_of(owner[0])
    version = await opened(client)
    # As macOS sends a Korean name: decomposed.
    file = await uploaded(client, version, "정상/자료.csv".encode().decode(), GOOD)

    waiting = await close(client, version)
    await process(database, shelves, file)
    ready = await shown(client, version)

    assert waiting.json()["state"] == "processing"
    assert (ready["state"], ready["file_count"], ready["size_bytes"]) == ("ready", 1, len(GOOD))
    sha256 = hashlib.sha256(GOOD).hexdigest()
    (kept,) = ready["files"]
    assert (kept["path"], kept["sha256"], kept["state"]) == ("정상/자료.csv", sha256, "ready")
    assert [(step["name"], step["state"]) for step in kept["steps"]] == [
        ("hash", "done"), ("malware", "skipped"), ("examine", "done"), ("store", "done"),
    ]  # fmt: skip
    manifest = hashlib.sha256(f"정상/자료.csv\0{sha256}\n".encode()).hexdigest()
    assert ready["sha256"] == manifest
    assert ready["grade"] == "A"
    key = ObjectKey(f"sha256/{sha256[:2]}/{sha256}")
    assert shelves.store.sha256_of(shelves.published, key) == sha256
    product = (await client.get(f"{API}/products/{version['product_id']}")).json()
    assert product["draft"]["dataset_version_id"] == version["id"]
    assert [one["name"] for one in product["draft"]["column_dictionary"]] == ["a", "b", "c"]
    assert rows(admin, "select kind from notice") == [("dataset.ready",)]
    assert rows(admin, "select count(*) from file_preview") == [(1,)]
    actions = [a for (a,) in rows(admin, "select action from audit_event order by id")]
    assert actions[1:] == [
        "dataset.version_opened", "dataset.file_uploaded", "dataset.version_closed",
        "dataset.version_ready",
    ]  # fmt: skip


async def test_what_is_ready_takes_no_changes(
    database: Database, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:
    client = await client_of(owner[0])
    version = await opened(client)
    file = await uploaded(client, version, "a.csv", GOOD)
    await process(database, shelves, file)
    await close(client, version)

    codes = [
        (await add(client, version, "b.csv", 1)).json()["code"],
        (await client.post(f"{API}/files/{file['id']}/remove")).json()["code"],
        (await close(client, version)).json()["code"],
        (await client.post(f"{API}/versions/{version['id']}/give-up", headers=keyed())).json()[
            "code"
        ],
    ]

    assert codes == ["dataset_version_closed"] * 4


async def test_parts_arrive_in_any_order_twice_and_after_a_break(
    client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    version = await opened(client)
    content = b"a,b\n" + b"1,2\n" * (5 * 1024**2)
    file = (await add(client, version, "large.csv", len(content))).json()
    path = f"{API}/files/{file['id']}"
    wanted = {"parts": [{"number": 2}, {"number": 1}]}
    two, one = (await client.post(f"{path}/parts", json=wanted)).json()["parts"]

    async with httpx.AsyncClient() as browser:
        for _ in range(2):
            headers = {k: v for k, v in two["headers"].items() if k.lower() != "content-length"}
            piece = content[two["first_byte"] :]
            assert (
                await browser.put(two["url"], content=piece, headers=headers)
            ).status_code == 200
        early = await client.post(f"{path}/finish")
        resumed = (await client.get(path)).json()
        headers = {k: v for k, v in one["headers"].items() if k.lower() != "content-length"}
        short = await browser.put(one["url"], content=b"too short", headers=headers)
    await send(client, file, content)
    done = await client.post(f"{path}/finish")
    again = await client.post(f"{path}/finish")

    assert (file["part_count"], file["part_bytes"]) == (2, 16 * 1024**2)
    assert early.json()["code"] == "upload_parts_missing"
    assert resumed["received_parts"] == [2]
    assert short.status_code >= 400
    assert (done.json()["state"], again.json()["state"]) == ("uploaded", "uploaded")


async def test_a_part_with_a_hash_takes_no_other_bytes(client_of: ClientOf, owner: Owner) -> None:
    client = await client_of(owner[0])
    version = await opened(client)
    file = (await add(client, version, "a.csv", len(GOOD))).json()
    wanted = [{"number": 1, "sha256": hashlib.sha256(GOOD).hexdigest()}]
    answer = await client.post(f"{API}/files/{file['id']}/parts", json={"parts": wanted})
    part = answer.json()["parts"][0]
    headers = {k: v for k, v in part["headers"].items() if k.lower() != "content-length"}

    async with httpx.AsyncClient() as browser:
        other = await browser.put(part["url"], content=GOOD[::-1], headers=headers)
        right = await browser.put(part["url"], content=GOOD, headers=headers)

    assert (other.status_code, right.status_code) == (400, 200)


async def test_a_file_that_must_not_be_sold_blocks_until_it_is_replaced(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:  # fmt: skip
    client = await client_of(owner[0])
    version = await opened(client)
    good = await uploaded(client, version, "good.csv", GOOD)
    bad = await uploaded(client, version, "bad.csv", b"a,a\n1,2\n")
    await close(client, version)
    for file in (good, bad):
        await process(database, shelves, file)

    blocked = await shown(client, version)
    removed = await client.post(f"{API}/files/{bad['id']}/remove")
    ready = await close(client, version)

    assert blocked["state"] == "blocked"
    finding = next(f for f in blocked["files"] if f["path"] == "bad.csv")["findings"][0]
    assert finding["code"] == "COL_DUPLICATE"
    assert "열 이름 'a'이(가) 2번 나옵니다." in finding["ko"]
    assert removed.status_code == 200
    assert ready.json()["state"] == "ready"
    kinds = [kind for (kind,) in rows(admin, "select kind from notice order by id")]
    assert sorted(kinds) == ["dataset.blocked", "dataset.ready"]


async def test_an_examination_that_is_killed_begins_again_and_ends_the_same(
    database: Database, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:
    client = await client_of(owner[0])
    version = await opened(client)
    file = await uploaded(client, version, "a.csv", GOOD)
    task = asyncio.create_task(process(database, shelves, file))
    await asyncio.sleep(0.3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    half = (await client.get(f"{API}/files/{file['id']}")).json()
    await process(database, shelves, file)
    await process(database, shelves, file)
    whole = (await client.get(f"{API}/files/{file['id']}")).json()

    assert half["state"] == "processing"
    assert whole["state"] == "ready"
    assert {step["attempt"] for step in whole["steps"]} == {2}
    assert list(shelves.folder.iterdir()) == []


async def test_a_file_that_cannot_be_examined_for_good_does_not_hold_its_version(
    database: Database, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:
    client = await client_of(owner[0])
    version = await opened(client)
    file = await uploaded(client, version, "a.csv", GOOD)
    await close(client, version)

    await processing.give_up(database.phases(Scope.system()), file["id"])

    found = await shown(client, version)
    assert (found["state"], found["files"][0]["state"]) == ("blocked", "failed")


@pytest.mark.parametrize(
    ("path", "size_bytes", "code"),
    [
        ("../a.csv", 1, "data_file_name"),
        ("a\u202evsc.csv", 1, "data_file_name"),
        ("a\x00.csv", 1, None),
        ("/".join(["d"] * 17), 1, "data_file_name"),
        ("한" * 501, 1, "data_file_name"),
        ("a.csv", 20 * 1024**3 + 1, "data_file_too_large"),
    ],
)
async def test_names_and_sizes_that_cannot_be_are_refused(
    client_of: ClientOf, owner: Owner, path: str, size_bytes: int, code: str | None
) -> None:
    client = await client_of(owner[0])
    version = await opened(client)

    answer = await add(client, version, path, size_bytes)

    assert 400 <= answer.status_code < 500
    assert code is None or answer.json()["code"] == code
    assert (await shown(client, version))["files"] == []


async def test_a_name_is_there_once_and_comes_composed(client_of: ClientOf, owner: Owner) -> None:
    client = await client_of(owner[0])
    version = await opened(client)
    decomposed = "\u1112\u1161\u11ab.csv"

    first = await add(client, version, f"폴더//./{decomposed}", 5)
    second = await add(client, version, "폴더\\한.csv", 5)

    assert first.json()["path"] == "폴더/한.csv"
    assert second.json()["code"] == "data_file_exists"


async def test_limits_of_a_version_and_an_organization_hold_at_the_edge(
    database: Database, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:
    client = await client_of(owner[0])
    version = await opened(client)
    phases = database.phases(Scope.system())
    quarantine = Quarantine(shelves.store, shelves.quarantine)
    limits = uploading.UploadLimits(file_bytes=10, files_most=2, organization_bytes=12)
    by = uploading.Uploader(owner[1].id, owner[0].id, limits)

    async def try_(path: str, size_bytes: int) -> str:
        given = FileIn(path=path, size_bytes=size_bytes)
        try:
            await uploading.add_file(phases, quarantine, by, version["id"], given)
        except FilesFull:
            return "files"
        except StorageFull:
            return "storage"
        except FileTooLarge:
            return "size"
        return "taken"

    tried = [("a", 11), ("a", 10), ("b", 3), ("b", 2), ("c", 1)]
    assert [await try_(*one) for one in tried] == ["size", "taken", "storage", "taken", "files"]


async def test_a_version_is_opened_once_given_up_and_opened_anew(
    client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    version = await opened(client)
    path = f"{API}/products/{version['product_id']}/versions"

    twice = await client.post(path, json={}, headers=keyed())
    empty = await close(client, version)
    await add(client, version, "a.csv", 5)
    unfinished = await close(client, version)
    gone = await client.post(f"{API}/versions/{version['id']}/give-up", headers=keyed())
    anew = await client.post(path, json={"note": "고침"}, headers=keyed())

    assert twice.json()["code"] == "dataset_version_open"
    assert empty.json()["code"] == "dataset_version_empty"
    assert unfinished.json()["code"] == "data_files_unfinished"
    assert (gone.json()["state"], gone.json()["files"]) == ("abandoned", [])
    assert (anew.json()["number"], anew.json()["note"]) == (2, "고침")
    assert [one["number"] for one in (await client.get(path)).json()["items"]] == [2]


async def test_what_uploads_leave_is_swept_and_what_is_used_stays(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner, shelves: Shelves
) -> None:  # fmt: skip
    client = await client_of(owner[0])
    version = await opened(client)
    ready = await uploaded(client, version, "ready.csv", GOOD)
    await process(database, shelves, ready)
    begun_file = (await add(client, version, "begun.csv", 5)).json()
    phases, quarantine = (
        database.phases(Scope.system()),
        Quarantine(shelves.store, shelves.quarantine),
    )

    early = await sweeping.sweep(phases, quarantine)
    admin.execute("update data_file set created_at = created_at - interval '8 days'")
    late = await sweeping.sweep(phases, quarantine)
    again = await sweeping.sweep(phases, quarantine)

    assert (early, late, again) == (0, 2, 0)
    with pytest.raises(ObjectMissing):
        shelves.store.stat(shelves.quarantine, ObjectKey(f"uploads/{ready['id']}"))
    sha256 = hashlib.sha256(GOOD).hexdigest()
    shelves.store.stat(shelves.published, ObjectKey(f"sha256/{sha256[:2]}/{sha256}"))
    assert (await client.get(f"{API}/files/{begun_file['id']}")).status_code == 404
    async with database.transaction(Scope.system()) as session:
        kept = await session.scalar(select(DataFile).where(col(DataFile.path) == "ready.csv"))
    assert kept is not None
    assert kept.swept_at is not None


async def test_nobody_else_reaches_a_version_or_a_file(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    version = await opened(client)
    file = (await add(client, version, "a.csv", 5)).json()
    stranger, _ = await a_member(database, Role.owner)
    buyer, _ = await a_member(database, Role.buyer, organization=owner[1])
    strange = await client_of(stranger)
    parts = {"parts": [{"number": 1}]}

    codes = {
        (await strange.get(f"{API}/versions/{version['id']}")).json()["code"],
        (await add(strange, version, "b.csv", 1)).json()["code"],
        (await close(strange, version)).json()["code"],
        (await strange.get(f"{API}/files/{file['id']}")).json()["code"],
        (await strange.post(f"{API}/files/{file['id']}/parts", json=parts)).json()["code"],
        (await strange.post(f"{API}/files/{file['id']}/finish")).json()["code"],
        (await strange.post(f"{API}/files/{file['id']}/remove")).json()["code"],
    }

    assert codes == {"dataset_version_not_found", "data_file_not_found"}
    assert (await add(await client_of(buyer), version, "b.csv", 1)).status_code == 403
