"""The operator confirms the bank account of an organization that has one owner."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from marketplace.app import Parts
from marketplace.auth import Role
from marketplace.encryption import Place
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import BankAccount, Organization, Paper, PaperKind
from tests.factories import a_member, save
from tests.marketplace.members.oversight.staff import Desk, code_of, path_of, post

Business = tuple[User, Organization]
NUMBER = "110123456789"


@pytest.fixture
async def account_id(desk: Desk, business: Business, parts: Parts) -> UUID:
    owner, organization = business
    paper = Paper(
        organization_id=organization.id,
        kind=PaperKind.bankbook,
        file_name="통장.pdf",
        content_type="application/pdf",
        size_bytes=1,
        sha256="0" * 64,
        object_key="papers/bankbook",
        uploaded_by=owner.id,
    )
    key = uuid4()
    sealed = parts.keyring.seal(NUMBER.encode(), Place("bank_account", "number_encrypted", key))
    account = BankAccount(
        id=key,
        organization_id=organization.id,
        bank_code="088",
        number_encrypted=sealed,
        number_last4="6789",
        holder="가상정밀",
        paper_id=paper.id,
        proposed_by=owner.id,
    )
    await save(desk.database, paper, account)
    return key


def state_of(desk: Desk) -> tuple[Any, ...]:
    found: tuple[Any, ...] = desk.row(
        "select state, decided_by, effective_at - decided_at from bank_account"
    )
    return found


async def test_the_number_from_the_bankbook_confirms_it_and_the_hold_begins(
    desk: Desk, business: Business, account_id: UUID
) -> None:
    person = await desk.hire(Role.finance)
    async with desk.browser(person) as client:
        path = path_of(business[1], "bank-accounts", account_id, "confirmation")
        status, body = await post(client, path, {"number": "110-123-456789"})
        again = await code_of(client, path, {"number": NUMBER})
    assert (status, body["state"]) == (201, "confirmed")
    assert NUMBER not in str(body)
    assert again == (409, "already_decided")
    assert state_of(desk) == ("confirmed", person.id, timedelta(days=3))
    assert desk.trail() == ["bank_account.confirmed"]
    assert NUMBER not in str(desk.rows("select facts from audit_event"))
    assert [email for email, _ in desk.mails()] == ["owner@example.com"]


async def test_another_number_is_refused_and_nothing_changes(
    desk: Desk, business: Business, account_id: UUID
) -> None:
    person = await desk.hire(Role.finance)
    async with desk.browser(person) as client:
        path = path_of(business[1], "bank-accounts", account_id, "confirmation")
        for number in ("110123456788", "0", "١١٠", "110 123 456 78"):
            refused = await code_of(client, path, {"number": number})
            assert refused == (422, "bank_account_number_differs")
    assert state_of(desk) == ("proposed", None, None)
    assert desk.trail() == []


async def test_with_a_second_owner_it_is_not_the_operators_matter(
    desk: Desk, business: Business, account_id: UUID
) -> None:
    await a_member(desk.database, Role.owner, organization=business[1])
    person = await desk.hire(Role.finance)
    async with desk.browser(person) as client:
        path = path_of(business[1], "bank-accounts", account_id)
        confirmed = await code_of(client, f"{path}/confirmation", {"number": NUMBER})
        refused = await code_of(client, f"{path}/refusal", {"reason": "예금주 다름"})
    assert confirmed == refused == (409, "bank_account_has_second_owner")
    assert state_of(desk) == ("proposed", None, None)


async def test_a_reviewer_may_not_and_a_refusal_says_why(
    desk: Desk, business: Business, account_id: UUID
) -> None:
    reviewer, person = await desk.hire(Role.reviewer), await desk.hire(Role.finance)
    path = path_of(business[1], "bank-accounts", account_id, "refusal")
    async with desk.browser(reviewer) as other, desk.browser(person) as client:
        assert await code_of(other, path, {"reason": "예금주 다름"}) == (403, "forbidden")
        assert await code_of(client, path, {"reason": " "}) == (422, "reason_missing")
        status, body = await post(client, path, {"reason": "예금주 다름"})
    assert (status, body["state"], body["reason"]) == (201, "refused", "예금주 다름")
    assert desk.trail() == ["bank_account.refused"]
