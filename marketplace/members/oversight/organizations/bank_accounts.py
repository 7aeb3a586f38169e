"""The operator in place of a second owner: the bank account of an organization with one owner."""

import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal, Role
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.encryption import Keyring, Place
from marketplace.errors import NotFound
from marketplace.members.organizations.models import BankAccount, BankAccountState
from marketplace.members.organizations.queries import people_with
from marketplace.members.oversight import notices
from marketplace.members.oversight.acts import refuse_own, required
from marketplace.members.oversight.errors import (
    AlreadyDecided,
    BankAccountHasSecondOwner,
    BankAccountNumberDiffers,
)
from marketplace.members.oversight.organizations import queries

BANK_ACCOUNT_PAGE: Final = "/organization/bank-account"
_NOT_DIGIT = re.compile(r"[^0-9]")


@dataclass(frozen=True)
class HoldRules:
    """What the decision needs of this installation.

    Args:
        keyring: opens the stored number
        hold_s: time between confirmation and first use [s]
    """

    keyring: Keyring
    hold_s: int


async def _proposed_for_update(
    session: AsyncSession, organization_id: UUID, account_id: UUID
) -> BankAccount:
    statement = (
        select(BankAccount)
        .where(
            col(BankAccount.id) == account_id,
            col(BankAccount.organization_id) == organization_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    if found.state is not BankAccountState.proposed:
        raise AlreadyDecided
    if len(await people_with(session, (Role.owner,), organization_id=organization_id)) > 1:
        raise BankAccountHasSecondOwner
    return found


async def confirm_bank_account(
    session: AsyncSession,
    actor: Principal,
    account_of: tuple[UUID, UUID],
    *,
    number: str,
    rules: HoldRules,
) -> BankAccount:
    """Confirm an account whose number the operator read from the copy of the bankbook.

    The number is typed and compared, so nobody needs to be shown the stored one.

    Args:
        account_of: id of the organization and of its account
        number: as it stands in the bankbook; signs between digits do not count

    Raises:
        NotFound: there is no such account
        OwnAccount: the actor belongs to the organization
        AlreadyDecided: not waiting any more
        BankAccountHasSecondOwner: another owner confirms it
        BankAccountNumberDiffers: the typed number is another one
    """
    organization_id, account_id = account_of
    refuse_own(actor, organization_id=organization_id)
    organization = await queries.get_organization_for_update(session, organization_id)
    account = await _proposed_for_update(session, organization_id, account_id)
    place = Place("bank_account", "number_encrypted", account.id)
    stored = _NOT_DIGIT.sub("", rules.keyring.unseal(account.number_encrypted, place).decode())
    if not hmac.compare_digest(stored.encode(), _NOT_DIGIT.sub("", number).encode()):
        raise BankAccountNumberDiffers
    account.state = BankAccountState.confirmed
    account.decided_by = actor.user_id
    account.decided_at = now(session)
    account.effective_at = now(session) + timedelta(seconds=rules.hold_s)
    await record(
        session,
        "bank_account.confirmed",
        Thing("bank_account", account.id, organization_id),
        facts={"last4": account.number_last4, "effective_at": account.effective_at.isoformat()},
    )
    await notices.tell_owners(
        session,
        organization_id,
        notices.BANK_ACCOUNT_CONFIRMED,
        link=BANK_ACCOUNT_PAGE,
        organization=organization.name,
        last4=account.number_last4,
        effective_on=seoul_date(account.effective_at).isoformat(),
    )
    return account


async def refuse_bank_account(
    session: AsyncSession, actor: Principal, account_of: tuple[UUID, UUID], *, reason: str
) -> BankAccount:
    """Refuse an account, for example when holder or number differ from the bankbook.

    Args:
        account_of: id of the organization and of its account

    Raises:
        NotFound: there is no such account
        OwnAccount: the actor belongs to the organization
        ReasonMissing: no reason
        AlreadyDecided: not waiting any more
        BankAccountHasSecondOwner: another owner decides it
    """
    organization_id, account_id = account_of
    refuse_own(actor, organization_id=organization_id)
    text = required(reason)
    organization = await queries.get_organization_for_update(session, organization_id)
    account = await _proposed_for_update(session, organization_id, account_id)
    account.state = BankAccountState.refused
    account.decided_by = actor.user_id
    account.decided_at = now(session)
    account.reason = text
    await record(
        session,
        "bank_account.refused",
        Thing("bank_account", account.id, organization_id),
        reason=text,
        facts={"last4": account.number_last4},
    )
    await notices.tell_owners(
        session,
        organization_id,
        notices.BANK_ACCOUNT_REFUSED,
        link=BANK_ACCOUNT_PAGE,
        organization=organization.name,
        last4=account.number_last4,
        reason=text,
    )
    return account
