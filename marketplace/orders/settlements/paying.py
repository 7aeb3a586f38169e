"""Paying out: the file for the bank, and writing down that the money has gone, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import CursorResult, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.ledger import movements
from billing.ledger.service import post
from marketplace.audit import Thing, record
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.encryption import Keyring
from marketplace.jobs import enqueue
from marketplace.members.organizations.bank_accounts import account_in_use, place_of
from marketplace.members.organizations.banks import BANKS
from marketplace.members.organizations.models import Organization, OrganizationState
from marketplace.members.oversight.acts import required
from marketplace.orders.settlements import queries
from marketplace.orders.settlements.counting import take_payable_turn
from marketplace.orders.settlements.drafting import SETTLEMENT, close_if_done, thing_of
from marketplace.orders.settlements.errors import NothingToPay, PaidOnWrong, PayoutNotWaiting
from marketplace.orders.settlements.models import Payout, Settlement, SettlementState
from marketplace.states import move

WAITING: Final = (SettlementState.approved, SettlementState.paying)


@dataclass(frozen=True)
class Transfer:
    """One line of the file for the bank [won]; it holds an account's number, so it is never logged."""

    bank_code: str
    bank: str
    number: str
    holder: str
    amount_won: int
    reference: str
    seller: str


async def order_transfers(
    session: AsyncSession, period_id: UUID, *, keyring: Keyring, again: bool, reason: str
) -> list[Transfer]:
    """Return the transfers of a month for the bank; each is given out once unless asked for again.

    Args:
        session: of the exchange itself
        again: give out those that stood in an earlier file and are not paid yet, instead of new ones
        reason: why the account numbers leave the exchange

    Raises:
        ReasonMissing: too short
        SettlementPeriodNotFound: there is no such month
        NothingToPay: no payout waits
    """
    why = required(reason)
    period = await queries.get_period(session, period_id)
    state = SettlementState.paying if again else SettlementState.approved
    found = await session.scalars(
        select(Settlement)
        .where(
            col(Settlement.period_id) == period.id,
            col(Settlement.state) == state,
            col(Settlement.paid_won) > 0,
        )
        .order_by(col(Settlement.sequence))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    transfers = [one for each in found if (one := await _transfer(session, each, keyring))]
    if not transfers:
        raise NothingToPay
    facts: dict[str, Any] = {
        "month": period.month,
        "again": again,
        "numbers": [one.reference for one in transfers],
        "total_won": sum(one.amount_won for one in transfers),
    }
    thing = Thing("settlement_period", period.id)
    await record(session, "settlement.payouts_exported", thing, reason=why, facts=facts)
    return transfers


async def _transfer(
    session: AsyncSession, settlement: Settlement, keyring: Keyring
) -> Transfer | None:
    """Give one payout to the bank; None while its seller is suspended."""
    seller = await session.get_one(Organization, settlement.organization_id)
    account = await account_in_use(session, seller.id)
    payout = await queries.find_payout(session, settlement.id)
    assert payout is not None, "an approved settlement with money has its payout"
    if seller.state is not OrganizationState.active or account is None:
        return None
    if settlement.state is SettlementState.approved:
        payout.sent_at = now(session)
        await move(
            session, SETTLEMENT, settlement, SettlementState.paying, organization_id=seller.id
        )
    payout.bank_account_id = account.id
    number = keyring.unseal(account.number_encrypted, place_of(account.id)).decode()
    return Transfer(
        account.bank_code, BANKS[account.bank_code][0], number, account.holder,
        payout.amount_won, settlement.number, settlement.seller_name,
    )  # fmt: skip


async def pay_by_hand(
    session: AsyncSession, settlement_id: UUID, *, paid_on: date, reason: str
) -> Settlement:
    """Write down that a payout has gone, from what a person has seen.

    Raises:
        ReasonMissing: too short
        SettlementNotFound: there is none
        PayoutNotWaiting: paid before, or nothing to pay
        PaidOnWrong: ahead of today, or before the approval
    """
    why = required(reason)
    settlement = await queries.lock(session, settlement_id)
    await mark_paid(session, settlement, paid_on=paid_on, cause=why)
    facts = {
        "number": settlement.number,
        "amount_won": settlement.paid_won,
        "paid_on": f"{paid_on}",
    }
    await record(session, "settlement.paid_by_hand", thing_of(settlement), reason=why, facts=facts)
    return settlement


async def mark_paid(
    session: AsyncSession, settlement: Settlement, *, paid_on: date, cause: str
) -> None:
    """Book a payout; of two at once one does.

    Args:
        session: of the exchange itself
        settlement: locked
        paid_on: by the bank [day in Seoul]
        cause: what showed it

    Raises:
        PayoutNotWaiting: paid before, or nothing to pay
        PaidOnWrong: ahead of today, or before the approval
    """
    if settlement.state not in WAITING or not settlement.paid_won:
        raise PayoutNotWaiting
    assert settlement.approved_at is not None, "an approved settlement has its time"
    if not seoul_date(settlement.approved_at) <= paid_on <= seoul_date(now(session)):
        raise PaidOnWrong
    await take_payable_turn(session, settlement.organization_id)
    payout = await _pay_once(session, settlement.id, paid_on=paid_on, cause=cause)
    entry = movements.paid_out(
        payout.id, settlement.id, settlement.organization_id, payout.amount_won
    )
    await post(session, entry)
    settlement.paid_at = now(session)
    await move(
        session, SETTLEMENT, settlement, SettlementState.paid,
        organization_id=settlement.organization_id,
    )  # fmt: skip
    await enqueue(session, "settlements.tell_paid", settlement_id=str(settlement.id))
    await close_if_done(session, await queries.lock_period(session, settlement.period_id))


async def _pay_once(
    session: AsyncSession, settlement_id: UUID, *, paid_on: date, cause: str
) -> Payout:
    done = await session.execute(
        update(Payout)
        .where(col(Payout.settlement_id) == settlement_id, col(Payout.paid_at).is_(None))
        .values(paid_at=now(session), paid_on=paid_on, paid_cause=cause[:1000])
    )
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise PayoutNotWaiting
    payout = await queries.find_payout(session, settlement_id)
    assert payout is not None, "it was just changed"
    return payout


def total_of(transfers: Sequence[Transfer]) -> int:
    """Return what a file pays out together [won]."""
    return sum(one.amount_won for one in transfers)
