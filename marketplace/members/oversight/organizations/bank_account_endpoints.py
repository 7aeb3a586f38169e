"""The operator's API of bank accounts that have no second owner to confirm them."""

from uuid import UUID

from litestar import Response, Router, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.encryption import Keyring
from marketplace.idempotency import Once
from marketplace.members.oversight.organizations import bank_accounts
from marketplace.members.oversight.organizations.bank_accounts import HoldRules
from marketplace.members.oversight.organizations.schemas import (
    BankAccountNumberIn,
    BankAccountOut,
)
from marketplace.members.oversight.policies import FINANCE_FRESH
from marketplace.members.oversight.schemas import ReasonIn
from marketplace.settings import Settings


def provide_rules(
    keyring: NamedDependency[Keyring], settings: NamedDependency[Settings]
) -> HoldRules:
    """Give what the decision needs of this installation."""
    return HoldRules(keyring, settings.bank_account_hold_s)


@post(
    "/confirmation",
    opt=allow(FINANCE_FRESH),
    dependencies={"rules": Provide(provide_rules, sync_to_thread=False)},
)
async def confirm_bank_account(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    rules: NamedDependency[HoldRules],
    organization_id: FromPath[UUID],
    account_id: FromPath[UUID],
    data: JSONBody[BankAccountNumberIn],
) -> Response[BankAccountOut]:
    """Confirm an account by the number read from the copy of the bankbook."""

    async def act(session: AsyncSession) -> object:
        return await bank_accounts.confirm_bank_account(
            session, principal, (organization_id, account_id), number=data.number, rules=rules
        )

    return await once.answer(act, BankAccountOut)


@post("/refusal", opt=allow(FINANCE_FRESH))
async def refuse_bank_account(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    organization_id: FromPath[UUID],
    account_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
) -> Response[BankAccountOut]:
    """Refuse an account with a reason."""

    async def act(session: AsyncSession) -> object:
        return await bank_accounts.refuse_bank_account(
            session, principal, (organization_id, account_id), reason=data.reason
        )

    return await once.answer(act, BankAccountOut)


ROUTES = (
    Router(
        "/api/v1/operator/organizations/{organization_id:uuid}/bank-accounts/{account_id:uuid}",
        route_handlers=[confirm_bank_account, refuse_bank_account],
        tags=["operator: organizations"],
    ),
)
