"""What the demonstration's manufacturer needs before it may sell: training, account, public facts."""

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
from marketplace.members.accounts.models import User
from marketplace.members.organizations.bank_accounts import place_of
from marketplace.members.organizations.models import (
    BankAccount,
    BankAccountState,
    Organization,
    Paper,
    PaperKind,
)
from marketplace.training.models import FilmWatch
from marketplace.training.publishing import ensure_course
from marketplace.training.queries import get_course, has_trained_member
from marketplace.training.schemas import SignatureIn
from marketplace.training.service import agree, sign

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
    """Give an organization training, a confirmed account in use and the seller's public facts, once."""
    if await find_profile(session, organization_id) is None:
        await save_profile(session, organization_id, _PROFILE, actor_id=proposed_by)
    await ensure_course(session)
    if not await has_trained_member(session, organization_id):
        await _train(session, organization_id, proposed_by)
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


async def _train(session: AsyncSession, organization_id: UUID, user_id: UUID) -> None:
    """Let a person have completed the training, as if every film had been watched."""
    course = await get_course(session)
    person = await session.get_one(User, user_id)
    at = now(session)
    for film in course.content.films:
        session.add(
            FilmWatch(
                user_id=user_id, version_id=course.version.id, film=film.key,
                watched_ms=film.duration_ms, begun_at=at, reported_at=at, completed_at=at,
            )
        )  # fmt: skip
    await session.flush()
    for item in course.content.items:
        await agree(session, user_id, item.key)
    signature = SignatureIn(typed_name=person.name, by_typing=True)
    await sign(session, user_id, organization_id, signature)
