"""The bank account: two persons, three days, encrypted, and a mail to every owner at every step."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.encryption import DecryptionFailed, Keyring
from marketplace.members.accounts.models import User
from marketplace.members.organizations import bank_accounts
from marketplace.members.organizations.models import Organization, Paper, PaperKind
from marketplace.settings import Settings
from tests.factories import a_member
from tests.marketplace.organizations.conftest import ClientOf
from tests.marketplace.organizations.steps import post, rows

Owner = tuple[User, Organization]
PATH = "/api/v1/organization/bank-accounts"
NUMBER = "110-123-456789"


async def a_bankbook(
    database: Database, owner: Owner, kind: PaperKind = PaperKind.bankbook
) -> Paper:
    async with database.transaction(Scope.system()) as session:
        at = session.info["now"]
        paper = Paper(
            organization_id=owner[1].id, kind=kind, file_name="통장.pdf", size_bytes=9,
            content_type="application/pdf", sha256="0" * 64, object_key="papers/x",
            ready_at=at, uploaded_by=owner[0].id,
        )  # fmt: skip
        session.add(paper)
    return paper


@pytest.fixture
async def bankbook(database: Database, owner: Owner) -> Paper:
    return await a_bankbook(database, owner)


@pytest.fixture
async def second(database: Database, owner: Owner) -> User:
    person, _ = await a_member(database, Role.owner, organization=owner[1], name="가상이사")
    return person


async def propose(client: httpx.AsyncClient, paper: Paper, **given: Any) -> tuple[int, Any]:
    body = {
        "bank_code": "088",
        "number": NUMBER,
        "holder": "가상정밀",
        "paper_id": str(paper.id),
        **given,
    }
    return await post(client, PATH, body)


def states(admin: psycopg.Connection) -> list[str]:
    return [row[0] for row in rows(admin, "select state from bank_account order by proposed_at")]


async def test_an_account_is_used_after_a_second_person_and_three_days(
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: Owner,
    second: User,
    bankbook: Paper,
) -> None:
    one, two = await client_of(owner[0]), await client_of(second)

    status, body = await propose(one, bankbook)
    assert (status, body["state"], body["number_last4"]) == (201, "proposed", "6789")
    assert "number" not in body
    assert (await post(two, f"{PATH}/{body['id']}/confirm"))[1]["state"] == "confirmed"

    assert rows(admin, "select effective_at - decided_at from bank_account") == [
        (timedelta(days=3),)
    ]
    assert (await one.get(PATH)).json()["in_use_id"] is None
    admin.execute("update bank_account set effective_at = app_now()")
    assert (await one.get(PATH)).json()["in_use_id"] == body["id"]
    told = rows(admin, "select user_id, kind from notice")
    assert (
        sorted(kind for _, kind in told)
        == ["bank_account.confirmed"] * 2 + ["bank_account.proposed"] * 2
    )
    assert {user for user, _ in told} == {owner[0].id, second.id}
    assert rows(admin, "select count(*) from mail") == [(4,)]
    assert rows(admin, "select action from audit_event order by id") == [
        ("bank_account.proposed",),
        ("bank_account.confirmed",),
    ]


async def test_the_number_is_nowhere_in_clear(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, bankbook: Paper
) -> None:
    await propose(await client_of(owner[0]), bankbook)
    for table in ("bank_account", "audit_event", "notice", "mail", "idempotency_key"):
        text = str(rows(admin, f"select {table}::text from {table}"))
        assert "110123456789" not in text
        assert NUMBER not in text
    sealed = rows(admin, "select number_encrypted from bank_account")[0][0]
    assert b"110123456789" not in sealed


async def test_who_proposed_neither_confirms_nor_refuses(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, bankbook: Paper
) -> None:
    client = await client_of(owner[0])
    _, body = await propose(client, bankbook)
    for path, content in (("confirm", {}), ("refuse", {"reason": "x"})):
        status, answer = await post(client, f"{PATH}/{body['id']}/{path}", content)
        assert (status, answer["code"]) == (409, "second_person_needed")
    assert states(admin) == ["proposed"]


async def test_the_second_owner_refuses_with_a_reason(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, second: User, bankbook: Paper
) -> None:
    one, two = await client_of(owner[0]), await client_of(second)
    _, body = await propose(one, bankbook)
    status, answer = await post(two, f"{PATH}/{body['id']}/refuse", {"reason": "예금주가 다름"})
    assert (status, answer["state"], answer["reason"]) == (200, "refused", "예금주가 다름")
    for path in ("confirm", "withdraw"):
        assert (await post(two, f"{PATH}/{body['id']}/{path}"))[1]["code"] == "bank_account_decided"
    assert (await propose(one, bankbook))[0] == 201


async def test_one_change_waits_at_a_time(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, second: User, bankbook: Paper
) -> None:
    one, two = await client_of(owner[0]), await client_of(second)
    answers = await asyncio.gather(propose(one, bankbook), propose(two, bankbook))
    assert sorted(status for status, _ in answers) == [201, 409]
    assert states(admin) == ["proposed"]


async def test_a_change_is_stopped_while_it_waits_and_during_the_hold(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, second: User, bankbook: Paper
) -> None:
    one, two = await client_of(owner[0]), await client_of(second)
    _, body = await propose(one, bankbook)
    assert (await post(one, f"{PATH}/{body['id']}/withdraw"))[0] == 200
    _, body = await propose(one, bankbook)
    await post(two, f"{PATH}/{body['id']}/confirm")
    assert (await post(two, f"{PATH}/{body['id']}/withdraw"))[0] == 200
    _, body = await propose(one, bankbook)
    await post(two, f"{PATH}/{body['id']}/confirm")
    admin.execute("update bank_account set effective_at = app_now() where state = 'confirmed'")
    assert (await post(two, f"{PATH}/{body['id']}/withdraw"))[1]["code"] == "bank_account_decided"
    assert states(admin) == ["withdrawn", "withdrawn", "confirmed"]


async def test_the_former_account_stays_in_use_until_the_new_ones_hold_ends(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, second: User, bankbook: Paper
) -> None:
    one, two = await client_of(owner[0]), await client_of(second)
    _, former = await propose(one, bankbook)
    await post(two, f"{PATH}/{former['id']}/confirm")
    admin.execute("update bank_account set effective_at = app_now() - interval '1 day'")
    _, newer = await propose(two, bankbook, number="999-888-777666")
    await post(one, f"{PATH}/{newer['id']}/confirm")
    assert (await one.get(PATH)).json()["in_use_id"] == former["id"]
    admin.execute("update bank_account set effective_at = app_now() where id = %s", [newer["id"]])
    assert (await one.get(PATH)).json()["in_use_id"] == newer["id"]


async def test_confirming_twice_at_once_counts_once(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, second: User, bankbook: Paper
) -> None:
    one, two = await client_of(owner[0]), await client_of(second)
    _, body = await propose(one, bankbook)
    path = f"{PATH}/{body['id']}/confirm"
    answers = await asyncio.gather(post(two, path), post(two, path))
    assert sorted(status for status, _ in answers) == [200, 409]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"bank_code": "999"}, "bank_code"),
        ({"number": "1234567"}, "number"),
        ({"number": "1" * 17}, "number"),
        ({"number": "11a-123-456789"}, "number"),
        ({"holder": " "}, "holder"),
        ({"paper_id": "00000000-0000-4000-8000-000000000000"}, "paper_id"),
    ],
)
async def test_each_mistake_names_its_field(
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: Owner,
    bankbook: Paper,
    given: dict[str, str],
    field: str,
) -> None:
    status, body = await propose(await client_of(owner[0]), bankbook, **given)
    assert (status, [one["field"] for one in body["fields"]]) == (422, [field])
    assert states(admin) == []
    assert rows(admin, "select count(*) from mail") == [(0,)]


@pytest.mark.parametrize("number", ["1" * 8, "1" * 16, "１１０-123-456789", "110 123 456789"])
async def test_numbers_at_the_limits_and_as_people_type_them(
    client_of: ClientOf, owner: Owner, bankbook: Paper, number: str
) -> None:
    assert (await propose(await client_of(owner[0]), bankbook, number=number))[0] == 201


async def test_the_bankbook_is_a_bankbook_of_this_organization(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    other = await a_member(database, Role.owner)
    for paper in (
        await a_bankbook(database, owner, PaperKind.business_registration),
        await a_bankbook(database, other),
    ):
        status, body = await propose(client, paper)
        assert (status, body["fields"][0]["code"]) == (422, "bankbook_missing")


async def test_the_full_number_is_shown_freshly_and_written_down(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, bankbook: Paper
) -> None:
    client = await client_of(owner[0])
    _, body = await propose(client, bankbook)
    path = f"{PATH}/{body['id']}/reveal"
    stale = await client_of(owner[0], signed_in_ago=timedelta(seconds=601))
    assert (await post(stale, path))[1]["code"] == "reauthentication_required"
    assert (await post(client, path)) == (200, {"number": "110123456789"})
    assert rows(admin, "select facts from audit_event where action like '%%viewed'") == [
        ({"last4": "6789"},)
    ]


async def test_a_number_copied_to_another_row_cannot_be_read(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner,
    second: User, bankbook: Paper, settings: Settings,
) -> None:  # fmt: skip
    one, two = await client_of(owner[0]), await client_of(second)
    _, former = await propose(one, bankbook)
    await post(two, f"{PATH}/{former['id']}/refuse", {"reason": "x"})
    _, newer = await propose(one, bankbook, number="999888777666")
    admin.execute(
        "update bank_account set number_encrypted = (select number_encrypted from bank_account"
        " where id = %s) where id = %s",
        [former["id"], newer["id"]],
    )
    keyring = Keyring.parse(settings.encryption_keys.get_secret_value())
    with pytest.raises(DecryptionFailed):
        async with database.transaction(Scope.system()) as session:
            await bank_accounts.reveal(session, owner[1].id, newer["id"], keyring=keyring)


async def test_only_owners_of_the_organization_reach_its_account(
    database: Database,
    admin: psycopg.Connection,
    client_of: ClientOf,
    owner: Owner,
    bankbook: Paper,
) -> None:
    _, body = await propose(await client_of(owner[0]), bankbook)
    stranger, _ = await a_member(database, Role.owner)
    seller, _ = await a_member(database, Role.seller, organization=owner[1])
    theirs = await client_of(stranger)
    assert (await theirs.get(PATH)).json() == {"in_use_id": None, "items": []}
    acts: tuple[tuple[str, dict[str, str]], ...] = (
        ("confirm", {}),
        ("refuse", {"reason": "x"}),
        ("withdraw", {}),
        ("reveal", {}),
    )
    for person, expected in ((stranger, 404), (seller, 403), (None, 401)):
        client = await client_of(person)
        for path, content in acts:
            assert (await post(client, f"{PATH}/{body['id']}/{path}", content))[0] == expected
        if person is not stranger:
            assert (await client.get(PATH)).status_code == expected
            assert (await propose(client, bankbook))[0] == expected
    assert states(admin) == ["proposed"]


async def test_a_stale_sign_in_changes_nothing(
    client_of: ClientOf, owner: Owner, bankbook: Paper
) -> None:
    stale = await client_of(owner[0], signed_in_ago=timedelta(seconds=601))
    status, body = await propose(stale, bankbook)
    assert (status, body["code"]) == (403, "reauthentication_required")
