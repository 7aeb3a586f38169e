"""What buyers and the sandbox's gateway do around an order, step by step."""

from typing import Any
from uuid import UUID

import httpx

from billing.gateways.sandbox_payment import Button
from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.orders.payments.settling import Cause, Settled, settle
from tests.marketplace.catalog.sending import keyed

CART = "/api/v1/organization/cart"
ORDERS = "/api/v1/organization/orders"


async def wish_of(buying: httpx.AsyncClient, method: str = "card", **given: Any) -> dict[str, Any]:
    """Return an order of the cart as a buyer who read everything sends it."""
    cart = (await buying.get(CART)).json()
    terms = []
    for seller in cart["sellers"]:
        for line in seller["lines"]:
            listing = (await buying.get(f"/api/v1/products/{line['product_id']}")).json()
            terms.append(
                {"product_id": line["product_id"], "licence_sha256": listing["licence_sha256"]}
            )
    wish = {
        "terms": terms,
        "purpose": "quality_assurance",
        "purpose_note": "도금 불량 원인을 찾는 모델의 학습",
        "method": method,
        "total_won": cart["total_won"],
    }
    return wish | given


async def place(
    buying: httpx.AsyncClient, *product_ids: UUID, method: str = "card", **given: Any
) -> httpx.Response:
    """Put products into the cart and order them."""
    for product_id in product_ids:
        added = await buying.put(f"{CART}/{product_id}")
        assert added.status_code == 200, added.text
    return await buying.post(ORDERS, json=await wish_of(buying, method, **given), headers=keyed())


async def ordered(
    buying: httpx.AsyncClient, *product_ids: UUID, method: str = "card"
) -> dict[str, Any]:
    """Order products and return the order."""
    answer = await place(buying, *product_ids, method=method)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def started(parts: Parts, payment_id: str) -> None:
    """Have the gateway begin a payment, as the pay page does."""
    from marketplace.orders.checkout.paying import start  # noqa: PLC0415

    phases = parts.database.phases(Scope.system())
    await start(phases, parts.gateways, UUID(payment_id), public_url="http://127.0.0.1:8000")


async def pressed(parts: Parts, payment_id: str, button: Button) -> None:
    """Press a button of the sandbox's pay page."""
    await parts.gateways.sandbox.press(UUID(payment_id), button)


async def settled(parts: Parts, payment_id: str, cause: Cause = Cause.webhook) -> Settled:
    """Ask for the truth of a payment and apply it."""
    return await settle(
        parts.database.phases(Scope.system()), parts.gateways, UUID(payment_id), cause
    )


async def paid(
    parts: Parts, buying: httpx.AsyncClient, *product_ids: UUID, method: str = "card"
) -> dict[str, Any]:
    """Order products, pay them, and return the order."""
    order = await ordered(buying, *product_ids, method=method)
    payment_id = order["payments"][-1]["id"]
    await started(parts, payment_id)
    if method == "virtual_account":
        await pressed(parts, payment_id, Button.account)
    await pressed(parts, payment_id, Button.success)
    await settled(parts, payment_id)
    return dict((await buying.get(f"{ORDERS}/{order['id']}")).json())


async def jobs_waiting(database: Database) -> list[tuple[str, dict[str, Any]]]:
    """Return the jobs that wait, in order, with their arguments."""
    from sqlalchemy import text  # noqa: PLC0415

    async with database.transaction(Scope.system()) as session:
        rows = await session.execute(
            text("select task_name, args from procrastinate_jobs where status='todo' order by id")
        )
        return [(row.task_name, dict(row.args)) for row in rows]
