"""Refunds as a property: whatever is tried in whatever order, the sums hold after every step."""

import random
from contextlib import suppress
from uuid import UUID

import httpx
import psycopg
import pytest

from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.errors import Refusal
from marketplace.orders.acceptance.accepting import accept
from marketplace.orders.refunds.deciding import lock_sale
from marketplace.orders.refunds.making import Part, Wish, make
from marketplace.orders.refunds.models import RefundReason
from tests.marketplace.orders.conftest import OnSale
from tests.marketplace.orders.refund_steps import books, send_all, sound
from tests.marketplace.orders.steps import paid
from tests.marketplace.organizations.steps import rows


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_the_sums_hold(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    seed: int,
) -> None:
    """Property: refunds stay within what was paid, and the accounts add up after every step."""
    chance = random.Random(seed)
    prices = [chance.randint(1_000, 2_000_003) for _ in range(3)]
    products = [(await on_sale(f"상품 {n}", price_won=won)).id for n, won in enumerate(prices)]
    order = await paid(parts, buying, *products)
    buyer_id, actor_id = rows(admin, "select organization_id, placed_by from purchase_order")[0]
    lines = [UUID(line["id"]) for line in order["lines"]]
    for _ in range(30):
        act = chance.choices(["accept", "refund", "send"], [3, 14, 3])[0]
        if act == "send":
            await send_all(parts, admin)
        with suppress(Refusal):
            async with database.transaction(Scope.system()) as session:
                if act == "accept":
                    one = chance.choice(lines)
                    await accept(session, UUID(str(buyer_id)), one, actor_id=UUID(str(actor_id)))
                elif act == "refund":
                    sale = await lock_sale(session, UUID(order["id"]))
                    chosen = chance.sample(lines, chance.randint(1, 3))
                    wanted = [Part(line, chance.randint(1, 700_000)) for line in chosen]
                    await make(session, sale, wanted, Wish(RefundReason.operator, None, "시험"))
        add_up(admin, order["total_won"])
        await sound(database)


def add_up(admin: psycopg.Connection, total_won: int) -> None:
    """What is held, payable and going back is what was paid; cases, their lines and the order lines agree."""
    found, back_won = books(admin), summed(admin, "amount_won", "refund_case")
    assert back_won <= total_won
    assert summed(admin, "refunded_supply_won + refunded_vat_won", "order_line") == back_won
    assert summed(admin, "supply_won + vat_won", "refund_line") == back_won
    paid_back_won = total_won - found.get("gateway_clearing", 0)
    left_won = -found.get("held_seller_payable", 0) - found.get("seller_payable", 0)
    assert left_won == total_won - back_won
    assert -found.get("refund_payable", 0) == back_won - paid_back_won


def summed(admin: psycopg.Connection, what: str, table: str) -> int:
    return int(str(rows(admin, f"select coalesce(sum({what}), 0)::bigint from {table}")[0][0]))
