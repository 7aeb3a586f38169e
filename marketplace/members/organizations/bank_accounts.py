"""The account for payouts, refunds and subsidies: two persons and three days for every change.

Proposed by one owner with the copy of the bankbook, confirmed by a second person (another owner;
where there is only one the exchange's operator, see ``oversight``), in use after the hold. The number is encrypted
and never changed, only replaced. All owners get a mail at every step, so that a stolen session is
seen before any money moves.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.clock import SEOUL
from marketplace.db import now
from marketplace.encryption import Keyring, Place
from marketplace.errors import FieldError
from marketplace.members.organizations import queries
from marketplace.members.organizations.bank_errors import (
    BankAccountDecided,
    BankAccountNotFound,
    BankAccountWaiting,
    SecondPersonNeeded,
)
from marketplace.members.organizations.bank_notices import (
    ACCOUNT_CONFIRMED,
    ACCOUNT_PROPOSED,
    ACCOUNT_REFUSED,
    ACCOUNT_WITHDRAWN,
)
from marketplace.members.organizations.banks import (
    BANKS,
    masked,
    read_account_number,
    read_bank,
)
from marketplace.members.organizations.models import (
    BankAccount,
    BankAccountState,
    Organization,
    Paper,
    PaperKind,
)
from marketplace.members.organizations.papers import PaperNotFound, get_paper
from marketplace.members.organizations.particulars import Typed
from marketplace.members.organizations.schemas import BankAccountIn
from marketplace.members.organizations.telling import tell_managers
from marketplace.notices.kinds import NoticeKind

HISTORY_MAX: Final = 50
PAGE: Final = "/organization/bank-account"


async def list_accounts(session: AsyncSession, organization_id: UUID) -> list[BankAccount]:
    """Return the organization's accounts with their history, the newest first."""
    rows = await session.scalars(
        select(BankAccount)
        .where(col(BankAccount.organization_id) == organization_id)
        .order_by(col(BankAccount.proposed_at).desc(), col(BankAccount.id))
        .limit(HISTORY_MAX)
    )
    return list(rows)


async def get_account(
    session: AsyncSession, organization_id: UUID, account_id: UUID
) -> BankAccount:
    """Return one account of the organization.

    Raises:
        BankAccountNotFound: none, or another organization's
    """
    for account in await list_accounts(session, organization_id):
        if account.id == account_id:
            return account
    raise BankAccountNotFound


async def account_in_use(session: AsyncSession, organization_id: UUID) -> BankAccount | None:
    """Return the account that money goes to now: the newest confirmed one whose hold has passed."""
    found: BankAccount | None = await session.scalar(
        select(BankAccount)
        .where(
            col(BankAccount.organization_id) == organization_id,
            col(BankAccount.state) == BankAccountState.confirmed,
            col(BankAccount.effective_at) <= now(session),
        )
        .order_by(col(BankAccount.effective_at).desc())
        .limit(1)
    )
    return found


async def propose(
    session: AsyncSession,
    organization_id: UUID,
    given: BankAccountIn,
    *,
    actor_id: UUID,
    keyring: Keyring,
) -> BankAccount:
    """Propose an account; it is used only after a second person and the hold.

    Args:
        given: the paper is a copy of the bankbook, uploaded before

    Raises:
        Invalid: every wrong field
        BankAccountWaiting: another change waits
        NoLongerOwner: the actor has lost the role meanwhile
    """
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    typed = Typed()
    bank_code = read_bank(given.bank_code, typed.errors)
    number = read_account_number(given.number, typed.errors)
    holder = typed.line("holder", given.holder)
    paper = await _bankbook(session, organization_id, given.paper_id, typed)
    typed.finish()
    assert paper is not None, "a missing paper is an error of its field"
    for earlier in await list_accounts(session, organization_id):
        if earlier.state is BankAccountState.proposed:
            raise BankAccountWaiting
    account_id = uuid4()
    account = BankAccount(
        id=account_id,
        organization_id=organization_id,
        bank_code=bank_code,
        number_encrypted=keyring.seal(number.encode(), place_of(account_id)),
        number_last4=number[-4:],
        holder=holder,
        paper_id=paper.id,
        proposed_by=actor_id,
        proposed_at=now(session),
    )
    session.add(account)
    await session.flush()
    await _tell(session, organization, account, "proposed", ACCOUNT_PROPOSED, actor_id=actor_id)
    return account


async def confirm(
    session: AsyncSession,
    organization_id: UUID,
    account_id: UUID,
    *,
    actor_id: UUID,
    hold_s: int,
) -> BankAccount:
    """Confirm an account as the second owner; it comes into use after the hold.

    Args:
        hold_s: how long it waits from now [s]

    Raises:
        BankAccountNotFound: none, or another organization's
        BankAccountDecided: no longer proposed
        SecondPersonNeeded: the actor proposed it
        NoLongerOwner: the actor has lost the role meanwhile
    """
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    account = await _proposed(session, organization_id, account_id)
    if account.proposed_by == actor_id:
        raise SecondPersonNeeded
    account.state = BankAccountState.confirmed
    account.decided_by = actor_id
    account.decided_at = now(session)
    account.effective_at = now(session) + timedelta(seconds=hold_s)
    await session.flush()
    effective = f"{account.effective_at.astimezone(SEOUL):%Y-%m-%d %H:%M} (KST)"
    await _tell(
        session, organization, account, "confirmed", ACCOUNT_CONFIRMED,
        actor_id=actor_id, effective=effective,
    )  # fmt: skip
    return account


async def refuse(
    session: AsyncSession,
    organization_id: UUID,
    account_id: UUID,
    *,
    reason: str,
    actor_id: UUID,
) -> BankAccount:
    """Refuse an account as the second owner.

    Raises:
        BankAccountNotFound: none, or another organization's
        BankAccountDecided: no longer proposed
        SecondPersonNeeded: the actor proposed it, and withdraws it instead
        NoLongerOwner: the actor has lost the role meanwhile
    """
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    account = await _proposed(session, organization_id, account_id)
    if account.proposed_by == actor_id:
        raise SecondPersonNeeded
    account.state = BankAccountState.refused
    account.decided_by = actor_id
    account.decided_at = now(session)
    account.reason = reason
    await session.flush()
    await _tell(
        session, organization, account, "refused", ACCOUNT_REFUSED,
        actor_id=actor_id, reason=reason,
    )  # fmt: skip
    return account


async def withdraw(
    session: AsyncSession, organization_id: UUID, account_id: UUID, *, actor_id: UUID
) -> BankAccount:
    """Stop a change: while it waits for its confirmation, or during its hold.

    Any owner may, also whoever proposed it: stopping is what a warned owner must be able to do.

    Raises:
        BankAccountNotFound: none, or another organization's
        BankAccountDecided: refused, withdrawn, or in use already
        NoLongerOwner: the actor has lost the role meanwhile
    """
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    account = await _account_for_update(session, organization_id, account_id)
    holding = account.effective_at is not None and account.effective_at > now(session)
    if account.state is not BankAccountState.proposed and not holding:
        raise BankAccountDecided
    account.state = BankAccountState.withdrawn
    account.effective_at = None
    account.decided_by = actor_id
    account.decided_at = now(session)
    await session.flush()
    await _tell(session, organization, account, "withdrawn", ACCOUNT_WITHDRAWN, actor_id=actor_id)
    return account


async def reveal(
    session: AsyncSession, organization_id: UUID, account_id: UUID, *, keyring: Keyring
) -> str:
    """Return the full number; the look is written down.

    Raises:
        BankAccountNotFound: none, or another organization's
        DecryptionFailed: the stored value was changed or moved
    """
    account = await _account_for_update(session, organization_id, account_id)
    await record(
        session,
        "bank_account.number_viewed",
        Thing("bank_account", account.id, organization_id),
        facts={"last4": account.number_last4},
    )
    return keyring.unseal(account.number_encrypted, place_of(account.id)).decode()


def place_of(account_id: UUID) -> Place:
    """Return where an account's number is stored; it can be read only there."""
    return Place("bank_account", "number_encrypted", account_id)


async def _bankbook(
    session: AsyncSession, organization_id: UUID, paper_id: UUID, typed: Typed
) -> Paper | None:
    try:
        paper = await get_paper(session, organization_id, paper_id, lock=True)
    except PaperNotFound:
        paper = None
    if paper is not None and paper.kind is PaperKind.bankbook:
        return paper
    typed.errors.append(
        FieldError(
            "paper_id",
            "bankbook_missing",
            "통장 사본을 서류에 먼저 올린 뒤 그 서류를 고르십시오.",
            "Upload a copy of the bankbook among your papers and choose it here.",
        )
    )
    return None


async def _account_for_update(
    session: AsyncSession, organization_id: UUID, account_id: UUID
) -> BankAccount:
    found: BankAccount | None = await session.scalar(
        select(BankAccount)
        .where(
            col(BankAccount.id) == account_id,
            col(BankAccount.organization_id) == organization_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise BankAccountNotFound
    return found


async def _proposed(session: AsyncSession, organization_id: UUID, account_id: UUID) -> BankAccount:
    account = await _account_for_update(session, organization_id, account_id)
    if account.state is not BankAccountState.proposed:
        raise BankAccountDecided
    return account


async def _tell(
    session: AsyncSession,
    organization: Organization,
    account: BankAccount,
    step: str,
    kind: NoticeKind,
    *,
    actor_id: UUID,
    **facts: str,
) -> None:
    """Write the step into the audit trail and tell every owner."""
    await record(
        session,
        f"bank_account.{step}",
        Thing("bank_account", account.id, organization.id),
        reason=facts.get("reason"),
        facts={"bank": account.bank_code, "last4": account.number_last4},
    )
    actor = await queries.get_member(session, organization.id, actor_id)
    await tell_managers(
        session,
        organization,
        kind,
        link=PAGE,
        by=actor.name,
        bank=BANKS[account.bank_code][0],
        masked=masked(account.number_last4),
        **facts,
    )
