"""The API of an organization's bank account; owners only, every change freshly re-authenticated."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.encryption import Keyring
from marketplace.errors import Invalid
from marketplace.http.openapi import answers
from marketplace.idempotency import Once, repeatable
from marketplace.members.organizations import bank_accounts
from marketplace.members.organizations.bank_errors import (
    BankAccountDecided,
    BankAccountNotFound,
    BankAccountWaiting,
    SecondPersonNeeded,
)
from marketplace.members.organizations.errors import NoLongerOwner, NoOrganization
from marketplace.members.organizations.models import BankAccount
from marketplace.members.organizations.policies import (
    OWNER_FRESH,
    OWNER_READ,
    own_organization_id,
)
from marketplace.members.organizations.schemas import (
    AccountNumberOut,
    BankAccountIn,
    BankAccountOut,
    BankAccountsOut,
    ReasonIn,
)
from marketplace.settings import Settings

ONE_LOOK: Final = "it shows a number that is never stored in clear; every look is written down"


@get("/api/v1/organization/bank-accounts", opt=allow(OWNER_READ) | answers(NoOrganization))
async def list_bank_accounts(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> BankAccountsOut:
    """List your organization's accounts, and which one gets the money."""
    own = own_organization_id(principal)
    used = await bank_accounts.account_in_use(session, own)
    items = [
        convert(account, BankAccountOut, from_attributes=True)
        for account in await bank_accounts.list_accounts(session, own)
    ]
    return BankAccountsOut(used.id if used else None, items)


@post(
    "/api/v1/organization/bank-accounts",
    opt=allow(OWNER_FRESH) | answers(Invalid, BankAccountWaiting, NoLongerOwner),
)
async def propose_bank_account(
    data: JSONBody[BankAccountIn],
    principal: NamedDependency[Principal],
    keyring: NamedDependency[Keyring],
    once: NamedDependency[Once],
) -> Response[BankAccountOut]:
    """Propose an account; a second person confirms it, then it waits for the hold."""

    async def act(session: AsyncSession) -> BankAccount:
        return await bank_accounts.propose(
            session,
            own_organization_id(principal),
            data,
            actor_id=principal.user_id,
            keyring=keyring,
        )

    return await once.answer(act, BankAccountOut)


@post(
    "/api/v1/organization/bank-accounts/{account_id:uuid}/confirm",
    status_code=200,
    opt=allow(OWNER_FRESH)
    | answers(BankAccountNotFound, BankAccountDecided, SecondPersonNeeded, NoLongerOwner),
)
async def confirm_bank_account(
    account_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[BankAccountOut]:
    """Confirm an account that another owner proposed."""

    async def act(session: AsyncSession) -> BankAccount:
        return await bank_accounts.confirm(
            session,
            own_organization_id(principal),
            account_id,
            actor_id=principal.user_id,
            hold_s=settings.bank_account_hold_s,
        )

    return await once.answer(act, BankAccountOut, status=200)


@post(
    "/api/v1/organization/bank-accounts/{account_id:uuid}/refuse",
    status_code=200,
    opt=allow(OWNER_FRESH)
    | answers(BankAccountNotFound, BankAccountDecided, SecondPersonNeeded, NoLongerOwner),
)
async def refuse_bank_account(
    account_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[BankAccountOut]:
    """Refuse an account that another owner proposed."""

    async def act(session: AsyncSession) -> BankAccount:
        return await bank_accounts.refuse(
            session,
            own_organization_id(principal),
            account_id,
            reason=data.reason,
            actor_id=principal.user_id,
        )

    return await once.answer(act, BankAccountOut, status=200)


@post(
    "/api/v1/organization/bank-accounts/{account_id:uuid}/withdraw",
    status_code=200,
    opt=allow(OWNER_FRESH) | answers(BankAccountNotFound, BankAccountDecided, NoLongerOwner),
)
async def withdraw_bank_account(
    account_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[BankAccountOut]:
    """Stop a change of account while it waits, also during the hold."""

    async def act(session: AsyncSession) -> BankAccount:
        return await bank_accounts.withdraw(
            session, own_organization_id(principal), account_id, actor_id=principal.user_id
        )

    return await once.answer(act, BankAccountOut, status=200)


@post(
    "/api/v1/organization/bank-accounts/{account_id:uuid}/reveal",
    status_code=200,
    opt=allow(OWNER_FRESH) | repeatable(ONE_LOOK) | answers(BankAccountNotFound),
)
async def reveal_bank_account(
    account_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    keyring: NamedDependency[Keyring],
) -> AccountNumberOut:
    """Show the full account number; the look is written into the audit trail."""
    number = await bank_accounts.reveal(
        session, own_organization_id(principal), account_id, keyring=keyring
    )
    return AccountNumberOut(number)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_bank_accounts,
    propose_bank_account,
    confirm_bank_account,
    refuse_bank_account,
    withdraw_bank_account,
    reveal_bank_account,
)
