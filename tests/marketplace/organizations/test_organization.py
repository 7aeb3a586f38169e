"""The organization's own page in the API: facts, changes, and who sees them."""

from typing import Any

import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.members.organizations.registry_checks import RECHECKS_PER_DAY
from tests.factories import a_member, a_user, save
from tests.marketplace.organizations.conftest import ClientOf
from tests.marketplace.organizations.steps import post, rows, usable_number

Owner = tuple[User, Organization]
PATH = "/api/v1/organization"
CHECKED = (
    "update organization set business_number = %s, registry_state = 'active',"
    " registry_matched = true, registry_tax_type = '01', registry_checked_at = app_now(),"
    " representative_verified_at = app_now(), override_at = app_now(), override_reason = '서류'"
)


async def edit(client: Any, **given: Any) -> tuple[int, Any]:
    answer = await client.patch(PATH, json=given)
    return answer.status_code, answer.json()


def verified(admin: psycopg.Connection) -> tuple[Any, ...]:
    return rows(
        admin,
        "select registry_state, representative_verified_at is not null, override_at is not null"
        " from organization",
    )[0]


async def jobs(admin: psycopg.Connection) -> int:
    return int(
        rows(admin, "select count(*) from job_run where name = 'members.check_registry'")[0][0]
    )


@pytest.fixture(autouse=True)
def checked(admin: psycopg.Connection, owner: Owner) -> None:
    admin.execute(CHECKED, [usable_number(1)])


async def test_an_owner_changes_facts_and_the_checks_stay(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    status, body = await edit(client, phone="02-111-2222", size="medium", business_item="주조")
    assert (status, body["phone"], body["size"]) == (200, "02-111-2222", "medium")
    assert verified(admin) == ("active", True, True)
    assert await jobs(admin) == 0
    assert rows(admin, "select facts -> 'size' from audit_event") == [(["small", "medium"],)]


@pytest.mark.parametrize(
    "given", [{"name": "새 상호"}, {"representative": "새대표"}, {"opened_on": "2016-01-01"}]
)
async def test_what_was_verified_is_verified_anew(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, given: dict[str, str]
) -> None:
    client = await client_of(owner[0])
    assert (await edit(client, **given))[0] == 200
    assert verified(admin) == (None, False, False)
    assert await jobs(admin) == 1
    assert rows(admin, "select kind from notice") == [("organization.facts_changed",)]


async def test_the_same_facts_again_change_nothing(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    assert (await edit(client, name=owner[1].name, representative=owner[1].representative))[
        0
    ] == 200
    assert verified(admin) == ("active", True, True)
    assert rows(admin, "select count(*) from audit_event") == [(0,)]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"business_number": usable_number(2)}, 400),
        ({"state": "active"}, 400),
        ({"size": "non_profit"}, 422),
        ({"name": "  "}, 422),
        ({"opened_on": "2999-01-01"}, 422),
        ({"invoice_email": "nobody"}, 422),
    ],
)
async def test_what_cannot_be_changed_is_refused_whole(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner, given: dict[str, str], status: int
) -> None:
    client = await client_of(owner[0])
    assert (await edit(client, phone="02-111-2222", **given))[0] == status
    assert rows(admin, "select phone from organization") == [(owner[1].phone,)]


async def test_only_owners_change_and_all_members_read(
    database: Database, client_of: ClientOf, owner: Owner
) -> None:
    for role in (Role.seller, Role.buyer, Role.viewer):
        member, _ = await a_member(database, role, organization=owner[1])
        client = await client_of(member)
        assert (await client.get(PATH)).json()["name"] == owner[1].name
        assert (await edit(client, phone="02-111-2222"))[0] == 403
        assert (await post(client, f"{PATH}/registry-checks"))[0] == 403
    nobody = await client_of()
    assert (await nobody.get(PATH)).status_code == 401
    assert (await edit(nobody, phone="02-111-2222"))[0] == 401


async def test_who_belongs_nowhere_sees_no_organization(
    database: Database, client_of: ClientOf
) -> None:
    person = a_user()
    await save(database, person)
    answer = await (await client_of(person)).get(PATH)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_organization")


async def test_a_suspended_organization_is_read_and_not_changed(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    admin.execute(
        "update organization set state = 'suspended', suspended_reason = '서류 위조 의심'"
    )
    assert (await client.get(PATH)).json()["suspended_reason"] == "서류 위조 의심"
    assert (await edit(client, phone="02-111-2222"))[0] == 403


async def test_the_registry_is_asked_again_once_at_a_time(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    status, body = await post(client, f"{PATH}/registry-checks")
    assert (status, body["registry_asked_at"] is not None) == (202, True)
    status, body = await post(client, f"{PATH}/registry-checks")
    assert (status, body["code"]) == (409, "registry_asked_recently")
    assert await jobs(admin) == 1


async def test_the_registry_is_asked_only_so_often_a_day(
    admin: psycopg.Connection, client_of: ClientOf, owner: Owner
) -> None:
    client = await client_of(owner[0])
    for _ in range(RECHECKS_PER_DAY):
        await post(client, f"{PATH}/registry-checks")
    assert (await post(client, f"{PATH}/registry-checks"))[0] == 429
