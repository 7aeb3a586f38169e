"""The pages from the cart to a paid order, and back from the gateway, as links and forms."""

import re
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from billing.gateways.sandbox_payment import Button
from marketplace.app import Parts
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.orders.steps import CART, ORDERS, paid, pressed, settled
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

TERM = re.compile(r'name="terms" value="([^"]+)"')


async def filled(buying: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    """Return the fields of the checkout form as a buyer who agrees to everything fills them."""
    page = (await buying.get("/checkout")).text
    total = re.search(r'name="total_won" value="(\d+)"', page)
    assert total is not None
    fields = {
        "terms": TERM.findall(page), "total_won": total.group(1), "method": "card",
        "purpose": "quality_assurance", "purpose_note": "도금 불량을 찾는 모델의 학습",
    }  # fmt: skip
    return fields | given


async def test_from_the_cart_to_a_paid_order(
    admin: psycopg.Connection, parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트", price_won=1_200_000)
    await buying.put(f"{CART}/{product.id}")
    page = (await buying.get("/checkout")).text
    placed = await send(buying, "/checkout", await filled(buying))
    pay = await buying.get(placed.headers["location"])
    payment_id = placed.headers["location"].rsplit("/", 1)[1]
    gateway = await buying.get(f"/sandbox/pay/{payment_id}")
    pressed_page = await send(buying, f"/sandbox/pay/{payment_id}", {"button": "success"})
    back = await buying.get(f"/pay/{payment_id}/return")
    order = await buying.get(back.headers["location"].partition("?")[0])
    listed = (await buying.get("/orders")).text
    later = await buying.get(f"/pay/{payment_id}")
    statement = await buying.get(f"{order.request.url.path}/statement.pdf")

    assert "이용 조건을 읽었고 동의합니다" in page
    assert "₩1,320,000 주문하기" in page
    assert (placed.status_code, pay.status_code) == (303, 200)
    assert f'href="http://127.0.0.1:8000/sandbox/pay/{payment_id}"' in pay.text
    assert "결제 성공" in gateway.text
    assert pressed_page.status_code == 303
    assert (back.status_code, back.headers["location"].endswith("pay-done")) == (303, True)
    assert "결제를 확인했습니다" in order.text
    assert "쓸 수 있음" in order.text
    assert "결제 완료" in listed
    assert (later.status_code, later.headers["location"]) == (303, order.request.url.path)
    assert statement.content.startswith(b"%PDF")
    assert rows(admin, "select purpose_note from purchase_order") == [
        ("도금 불량을 찾는 모델의 학습",)
    ]


async def test_what_was_not_agreed_or_has_changed_is_said_and_nothing_is_lost(
    admin: psycopg.Connection, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트")
    await buying.put(f"{CART}/{product.id}")
    unread = await send(buying, "/checkout", await filled(buying, terms=[]))
    cheaper = await send(buying, "/checkout", await filled(buying, total_won="1"))
    short = await send(buying, "/checkout", await filled(buying, purpose_note=""))

    assert unread.status_code == 409
    assert "동의하지 않은 상품: 컨베이어 벨트" in unread.text
    assert "도금 불량을 찾는 모델의 학습" in unread.text
    assert (cheaper.status_code, short.status_code) == (409, 422)
    assert rows(admin, "select count(*) from purchase_order") == [(0,)]
    assert (await buying.get("/checkout")).status_code == 200


async def test_a_refused_card_is_paid_another_way(
    parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트", price_won=20_000_000)
    await buying.put(f"{CART}/{product.id}")
    placed = await send(buying, "/checkout", await filled(buying))
    first = placed.headers["location"].rsplit("/", 1)[1]
    await buying.get(f"/pay/{first}")
    await pressed(parts, first, Button.refusal)
    told = "&".join(f"x{number}=1" for number in range(50))
    back = await buying.get(f"/pay/{first}/return?code=USER_CANCEL&{told}")
    assert back.status_code == 303, back.text
    path = back.headers["location"].partition("?")[0]
    refused = (await buying.get(path)).text
    again = await send(buying, path, {"method": "virtual_account"}, to=f"{path}/payments")
    second = again.headers["location"].rsplit("/", 1)[1]
    await buying.get(f"/pay/{second}")
    await pressed(parts, second, Button.account)
    await settled(parts, second)
    waiting = (await buying.get(path)).text

    assert "한도 초과로 거절되었습니다." in refused
    assert again.status_code == 303
    assert "아래 계좌로 입금하십시오" in waiting
    assert "시험은행" in waiting


async def test_pages_of_others_do_not_exist(
    parts: Parts, buying: httpx.AsyncClient, client_of: ClientOf, owner: Member, on_sale: OnSale
) -> None:
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id)
    seller = await client_of(owner[0])
    payment_id = order["payments"][0]["id"]

    for path in (f"/orders/{order['id']}", f"/orders/{order['id']}/statement.pdf"):
        assert (await seller.get(path)).status_code == 404
    assert (await seller.get(f"/pay/{payment_id}")).status_code == 404
    assert (await buying.get(f"/pay/{uuid4()}")).status_code == 404
    assert (await buying.get(f"/pay/{uuid4()}/return")).status_code == 404
    assert (await buying.get(f"/sandbox/pay/{uuid4()}")).status_code == 404
    assert (await buying.get("/checkout")).headers["location"] == "/cart"


async def test_a_webhook_is_taken_once_and_a_forged_one_never(
    admin: psycopg.Connection, parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    await paid(parts, buying, (await on_sale("컨베이어 벨트")).id)
    (webhook,) = await parts.gateways.sandbox.webhooks()

    async def sent(raw: bytes, headers: dict[str, str], to: str = "sandbox") -> int:
        answer = await buying.post(f"/webhooks/{to}", content=raw, headers=headers)
        return answer.status_code

    assert [await sent(webhook.raw, webhook.headers) for _ in range(3)] == [200, 200, 200]
    assert await sent(webhook.raw + b" ", webhook.headers) == 403
    assert await sent(webhook.raw, {"content-type": "application/json"}) == 403
    assert await sent(webhook.raw, webhook.headers, "nobody") == 404
    assert await sent(b"[" + b"1," * 150_000 + b"1]", webhook.headers) == 413
    assert rows(admin, "select gateway, kind, signed from payment_webhook") == [
        ("sandbox", "Payment.Paid", True)
    ]
    waiting = rows(
        admin, "select count(*) from procrastinate_jobs where task_name = 'payments.settle'"
    )
    assert waiting == [(1,)]


async def test_the_cart_leads_on_and_an_owned_version_is_marked(
    parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트")
    await paid(parts, buying, product.id)
    await buying.put(f"{CART}/{product.id}")

    assert 'href="/checkout"' in (await buying.get("/cart")).text
    page = (await buying.get("/checkout")).text
    assert "이미 산 판도 다시 삽니다" in page
    refused = await send(buying, "/checkout", await filled(buying))
    bought = await send(buying, "/checkout", await filled(buying, again="on"))
    assert (refused.status_code, bought.status_code) == (409, 303)
    assert bought.headers["location"].startswith("/pay/")
    assert len((await buying.get(ORDERS)).json()["items"]) == 2
