"""What the demonstration's manufacturer needs before it may sell: an account and its public facts."""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.sellers.queries import find_profile
from marketplace.catalog.sellers.schemas import SellerProfileIn
from marketplace.catalog.sellers.service import save_profile
from marketplace.db import now
from marketplace.encryption import Keyring
from marketplace.members.organizations.bank_accounts import place_of
from marketplace.members.organizations.models import (
    BankAccount,
    BankAccountState,
    Organization,
    Paper,
    PaperKind,
)

_NUMBER: Final = "00000000000000"
_PROFILE: Final = SellerProfileIn(
    contact_email="data@maker.invalid",
    contact_phone="000-0000-0000",
    mail_order_number="2026-가상견본-0001",
    introduction_ko="시연을 위해 지어낸 판매자입니다. 실제로 있는 공개 데이터를 상품으로 꾸몄습니다.",
    introduction_en="A seller made up for the demonstration; the data are real and publicly known.",
)


async def may_sell(
    session: AsyncSession,
    keyring: Keyring,
    organization_id: UUID,
    *,
    proposed_by: UUID,
    decided_by: UUID,
) -> None:
    """Give an organization a confirmed account in use and the seller's public facts, once."""
    if await find_profile(session, organization_id) is None:
        await save_profile(session, organization_id, _PROFILE, actor_id=proposed_by)
    known = select(col(BankAccount.id)).where(col(BankAccount.organization_id) == organization_id)
    if await session.scalar(known.limit(1)) is not None:
        return
    paper = await session.scalar(
        select(col(Paper.id)).where(
            col(Paper.organization_id) == organization_id, col(Paper.kind) == PaperKind.bankbook
        )
    )
    assert paper is not None, "the papers come before the account"
    organization = await session.get_one(Organization, organization_id)
    account_id = uuid4()
    session.add(
        BankAccount(
            id=account_id,
            organization_id=organization_id,
            bank_code="004",
            number_encrypted=keyring.seal(_NUMBER.encode(), place_of(account_id)),
            number_last4=_NUMBER[-4:],
            holder=organization.name,
            paper_id=paper,
            state=BankAccountState.confirmed,
            proposed_by=proposed_by,
            proposed_at=now(session),
            decided_by=decided_by,
            decided_at=now(session),
            effective_at=now(session) - timedelta(days=1),
        )
    )
    await session.flush()
