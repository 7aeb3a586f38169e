"""Steps around settlements: lines that were accepted in the last month, accounts of sellers, the desk of finance."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from billing.ledger import movements
from billing.ledger.service import post
from marketplace.app import Parts
from marketplace.db import Database, Scope, now
from marketplace.encryption import Keyring
from marketplace.members.organizations.bank_accounts import place_of
from marketplace.members.organizations.models import (
    BankAccount,
    BankAccountState,
    Organization,
    Paper,
    PaperKind,
)
from marketplace.orders.acceptance.models import Acceptance, AcceptanceState
from marketplace.orders.purchases.models import OrderLine
from marketplace.orders.settlements.models import FeeBase
from marketplace.orders.settlements.periods import Terms, begin_of, last_month
from marketplace.states import move
from tests.factories import a_user, save
from tests.marketplace.orders.steps import paid

TERMS = Terms(fee_bps=500, fee_base=FeeBase.supply, least_won=10_000, hold_days=0)
ACCOUNT_NUMBER = "12345678901234"


def a_day_of_last_month() -> datetime:
    """Return an instant of the last month in Seoul."""
    return begin_of(last_month(date.today())[0]) + timedelta(days=9, hours=3)  # noqa: DTZ011


def last_month_text() -> str:
    """Return the last month as the API takes it."""
    return f"{last_month(date.today())[0]:%Y-%m}"  # noqa: DTZ011


async def accept(session: AsyncSession, line_id: UUID, at: datetime) -> None:
    """Accept a paid line at an instant, with what is booked then."""
    window = await session.get_one(Acceptance, line_id)
    line = await session.get_one(OrderLine, line_id)
    window.decided_at = at
    await move(
        session, "acceptance", window, AcceptanceState.accepted,
        organization_id=window.organization_id,
    )  # fmt: skip
    await post(session, movements.accepted(line.id, line.order_id, line.seller_id, line.left_won))


async def accepted(
    parts: Parts, buying: httpx.AsyncClient, *product_ids: UUID, at: datetime | None = None
) -> list[UUID]:
    """Buy products, pay them, and accept every line; returns the lines by their position."""
    order = await paid(parts, buying, *product_ids)
    async with parts.database.transaction(Scope.system()) as session:
        found = await session.execute(
            text("select id from order_line where order_id = :id order by position"),
            {"id": order["id"]},
        )
        ids = [row.id for row in found]
        for line_id in ids:
            await accept(session, line_id, at or a_day_of_last_month())
    return ids


async def with_account(
    database: Database, keyring: Keyring, organization: Organization, **given: Any
) -> BankAccount:
    """Give an organization an account whose hold has passed."""
    person, second = a_user(), a_user()
    paper = Paper(
        organization_id=organization.id, kind=PaperKind.bankbook, file_name="bankbook.pdf",
        content_type="application/pdf", size_bytes=1, sha256="0" * 64, object_key=str(uuid4()),
        uploaded_by=person.id,
    )  # fmt: skip
    async with database.transaction(Scope.system()) as session:
        at = now(session)
    account_id = uuid4()
    facts: dict[str, Any] = {
        "state": BankAccountState.confirmed,
        "decided_by": second.id,
        "decided_at": at,
        "effective_at": at - timedelta(minutes=1),
    }
    account = BankAccount(
        id=account_id, organization_id=organization.id, bank_code="004",
        number_encrypted=keyring.seal(ACCOUNT_NUMBER.encode(), place_of(account_id)),
        number_last4=ACCOUNT_NUMBER[-4:], holder="가상정밀", paper_id=paper.id,
        proposed_by=person.id, **facts | given,
    )  # fmt: skip
    await save(database, person, second, paper, account)
    return account


async def refund_after(database: Database, line_id: UUID, won: int, *, settled: bool) -> None:
    """Book a refund of an accepted line, as the room of refunds does."""
    from billing.ledger.entries import Account  # noqa: PLC0415

    async with database.transaction(Scope.system()) as session:
        line = await session.get_one(OrderLine, line_id)
        account = Account.seller_clawback if settled else Account.seller_payable
        entry = movements.refund_decided(
            uuid4(), line.order_id, line.organization_id, [(account, line.seller_id, won)]
        )
        line.refunded_supply_won += won
        await session.flush()
        await post(session, entry)
