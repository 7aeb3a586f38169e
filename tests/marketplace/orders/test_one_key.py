"""Fifty equal checkouts at once under one key place one order; a proof with a count.

``MARKETPLACE_TEST_ROUNDS`` sets how many rounds; 2 unless given, 500 by ``make proof-payments``.
"""

import asyncio
import os
import sys
from collections import Counter

import httpx
import psycopg
import pytest

from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.conftest import OnSale
from tests.marketplace.orders.steps import CART, ORDERS, wish_of
from tests.marketplace.organizations.steps import rows

ROUNDS = int(os.environ.get("MARKETPLACE_TEST_ROUNDS", "2"))
AT_ONCE = 50


async def test_fifty_posts_with_one_key_are_one_order(
    admin: psycopg.Connection,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    capsys: pytest.CaptureFixture[str],
) -> None:
    product = await on_sale("컨베이어 벨트")
    statuses: Counter[int] = Counter()
    for _ in range(ROUNDS):
        await buying.put(f"{CART}/{product.id}")
        wish, key = await wish_of(buying), keyed()

        async def post(wish: dict[str, object] = wish, key: dict[str, str] = key) -> httpx.Response:
            return await buying.post(ORDERS, json=wish, headers=key)

        answers = await asyncio.gather(*(post() for _ in range(AT_ONCE)))
        statuses.update(one.status_code for one in answers)
        made = {one.json()["id"] for one in answers if one.status_code == 201}
        assert len(made) == 1
        # Whoever was told to wait asks again and gets the same order.
        assert (await post()).json()["id"] in made
        order_id = made.pop()
        cancelled = await buying.post(f"{ORDERS}/{order_id}/cancellation", headers=keyed())
        assert cancelled.status_code == 200

    with capsys.disabled():
        told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        sys.stdout.write(f"\n{ROUNDS} rounds of {AT_ONCE} equal posts: {told}\n")
    assert rows(admin, "select count(*) from purchase_order") == [(ROUNDS,)]
    assert set(statuses) <= {201, 409, 503}
