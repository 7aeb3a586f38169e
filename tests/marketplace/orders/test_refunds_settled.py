"""A refund of what was settled: the seller owes it, and the payout that is on its way is not touched."""

from uuid import UUID

import httpx
import psycopg

from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.errors import Refusal
from marketplace.orders.purchases.models import OrderLine
from marketplace.orders.refunds.deciding import lock_sale
from marketplace.orders.refunds.making import Part, Wish, make
from marketplace.orders.refunds.models import RefundReason
from tests.marketplace.orders.conftest import Member, OnSale
from tests.marketplace.orders.finance import Finance, finance, today_of
from tests.marketplace.orders.refund_steps import books, sound
from tests.marketplace.orders.settling import accepted, with_account

__all__ = ["finance"]


async def refund(database: Database, line_id: UUID, amount_won: int | None) -> bool:
    """Refund a part of a line by the exchange's decision; whether it was possible."""
    try:
        async with database.transaction(Scope.system()) as session:
            line = await session.get_one(OrderLine, line_id)
            sale = await lock_sale(session, line.order_id)
            wish = Wish(RefundReason.operator, None, "정산 뒤의 환불")
            await make(session, sale, [Part(line_id, amount_won)], wish)
    except Refusal:
        return False
    return True


async def test_money_on_its_way_is_owed_back_and_other_money_is_taken_from_what_is_payable(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    first = await on_sale("컨베이어 벨트", price_won=1_000_000)
    (settled,) = await accepted(parts, buying, first.id)
    period_id = await finance.drafts()
    (draft,) = await finance.listed(period_id)
    done = await finance.approved(draft["id"])
    assert await refund(database, settled, 110_000)
    second = await on_sale("도금 두께", price_won=300_000)
    (waiting,) = await accepted(parts, buying, second.id)
    assert await refund(database, waiting, 33_000)
    after = books(admin)
    await sound(database)
    await finance.sent(period_id)
    today = await today_of(database)
    await finance.imported((today.isoformat(), f"{done['paid_won']:,}", done["number"]))

    assert after["seller_clawback"] == 110_000
    assert -after["seller_payable"] == done["paid_won"] + 330_000 - 33_000
    assert -books(admin)["seller_payable"] == 330_000 - 33_000
    await sound(database)
