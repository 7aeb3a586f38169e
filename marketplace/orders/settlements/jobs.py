"""Drafting settlements beside the requests, and telling sellers."""

from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Role
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.jobs import JobContext, PeriodicContext, job, periodic
from marketplace.members.organizations.telling import tell_people
from marketplace.notices.kinds import NoticeKind
from marketplace.orders.settlements import notices, queries
from marketplace.orders.settlements.drafting import draft_period, open_period
from marketplace.orders.settlements.models import CarryReason, Settlement
from marketplace.orders.settlements.periods import last_month, terms_of
from marketplace.settings import Settings

SELLING: Final = (Role.owner, Role.seller)
DRAFT_EVERY_S: Final = 3_600.0
REASONS: Final = {
    CarryReason.below_least: ("최소 지급액보다 적습니다.", "It is less than the least payout."),
    CarryReason.no_account: (
        "쓸 수 있는 계좌가 없습니다. 계좌 화면에서 등록하고 확인을 받으십시오.",
        "There is no account in use. Register one on the bank account page and have it confirmed.",
    ),
    CarryReason.suspended: ("기업의 이용이 정지되어 있습니다.", "Your organization is suspended."),
    CarryReason.debt: (
        "환불로 돌려받을 금액이 더 많습니다.",
        "More is to be given back for refunds than there is.",
    ),
}


class SettingsParts(Protocol):
    """The worker's parts that this work uses."""

    @property
    def settings(self) -> Settings:
        """The settings of the worker."""


@periodic("settlements.draft_last_month", every_s=DRAFT_EVERY_S, limit_s=600)
async def draft_last_month(context: PeriodicContext[SettingsParts]) -> None:
    """Make the drafts of the last month, once, from the day of the settings on."""
    settings = context.parts.settings
    async with context.phases() as session:
        today = seoul_date(now(session))
        if today.day < settings.settlement_day:
            return
        period = await open_period(session, *last_month(today))
    if period.drafted_at is None:
        await draft_period(context.phases, period.id, terms_of(settings))


@job("settlements.draft_period", attempts=5, limit_s=600)
async def draft(context: JobContext[SettingsParts], *, period_id: str) -> None:
    """Make the missing drafts of a month."""
    await draft_period(context.phases, UUID(period_id), terms_of(context.parts.settings))


@job("settlements.tell_paid", attempts=5, limit_s=60)
async def tell_paid(context: JobContext[object], *, settlement_id: str) -> None:
    """Tell the seller that the money has gone."""
    async with context.phases() as session:
        settlement = await queries.get(session, UUID(settlement_id))
        payout = await queries.find_payout(session, settlement.id)
        assert payout is not None, "a paid settlement has its payout"
        await _tell(
            session, settlement, notices.PAID, paid_won=f"{settlement.paid_won:,}",
            gross_won=f"{settlement.gross_won:,}", fee_won=f"{settlement.fee_won:,}",
            set_off_won=f"{settlement.set_off_won:,}", paid_on=str(payout.paid_on),
        )  # fmt: skip


@job("settlements.tell_carried", attempts=5, limit_s=60)
async def tell_carried(context: JobContext[object], *, settlement_id: str) -> None:
    """Tell the seller that nothing is paid out now, and why."""
    async with context.phases() as session:
        settlement = await queries.get(session, UUID(settlement_id))
        if settlement.carry_reason is None:
            return
        reason_ko, reason_en = REASONS[settlement.carry_reason]
        await _tell(
            session, settlement, notices.CARRIED, carried_won=f"{settlement.carried_out_won:,}",
            reason_ko=reason_ko, reason_en=reason_en,
        )  # fmt: skip


async def _tell(
    session: AsyncSession, settlement: Settlement, kind: NoticeKind, **facts: Any
) -> None:
    await tell_people(
        session, SELLING, kind, organization_id=settlement.organization_id,
        link=f"/selling/settlements/{settlement.id}", number=settlement.number,
        month=f"{settlement.begins_on:%Y-%m}", **facts,
    )  # fmt: skip
