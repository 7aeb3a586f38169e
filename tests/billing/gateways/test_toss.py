"""What only Toss Payments' adapter does: approval, its unsigned webhooks, its words."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import msgspec
import pytest

from billing.gateways import toss_truth as truth
from billing.gateways.errors import (
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnreachable,
    NotRefundable,
    ResultUnknown,
    WebhookUnreadable,
)
from billing.gateways.facts import SEOUL, Method, ProviderState, Reference, RefundAccount
from billing.gateways.toss_gateway import TossAccount, TossGateway
from tests.billing.gateways.harness import a_refund, an_intention, begun, paid
from tests.billing.gateways.simulated import Simulated, TossHarness


async def test_the_kit_gets_our_id_the_amount_and_no_secret(toss: TossHarness) -> None:
    intention = an_intention(method=Method.transfer)
    started = await toss.gateway.start(intention)
    assert started.kit is not None
    request = started.kit.request
    assert request["orderId"] == str(intention.id)
    assert request["amount"] == {"currency": "KRW", "value": 110_000}
    assert request["transfer"] == {"cashReceipt": {"type": "미발행"}, "useEscrow": False}
    assert toss.account.secret_key not in msgspec.json.encode(request).decode()


async def test_an_account_waits_until_an_instant_of_seoul(toss: TossHarness) -> None:
    begun_at = datetime(2026, 11, 28, 3, tzinfo=UTC)
    started = await toss.gateway.start(an_intention(method=Method.virtual_account, now=begun_at))
    assert started.kit is not None
    assert started.kit.request["virtualAccount"] == {
        "cashReceipt": {"type": "미발행"},
        "useEscrow": False,
        "dueDate": "2026-11-28T13:00:00",
    }


async def test_authenticated_is_not_paid_before_we_approve(toss: TossHarness) -> None:
    intention, reference = await begun(toss)
    returned = await toss.buyer(intention, "pay")
    assert (await toss.gateway.look_up(reference)).state is ProviderState.open
    assert (await toss.gateway.finish(reference, returned)).state is ProviderState.paid


@pytest.mark.parametrize(
    "changed", [{"amount": "1000"}, {"orderId": "other"}, {"amount": ""}, {"amount": "110000.0"}]
)
async def test_a_changed_return_address_approves_nothing(
    toss: TossHarness, changed: dict[str, str]
) -> None:
    intention, reference = await begun(toss)
    returned = await toss.buyer(intention, "pay")
    with pytest.raises(GatewayRefused):
        await toss.gateway.finish(reference, returned | changed)
    assert (await toss.gateway.look_up(reference)).state is ProviderState.open


async def test_a_payment_key_of_somebody_else_approves_nothing(toss: TossHarness) -> None:
    _, reference = await begun(toss)
    other, _ = await begun(toss)
    stolen = await toss.buyer(other, "pay")
    mine = {"orderId": str(reference.id), "amount": "110000"}
    seen = await toss.gateway.finish(reference, stolen | mine)
    assert seen.state is ProviderState.absent


async def test_an_approval_whose_answer_is_lost_is_found(toss: TossHarness) -> None:
    intention, reference = await begun(toss)
    returned = await toss.buyer(intention, "pay")
    await toss.lose_answer()
    with pytest.raises(ResultUnknown):
        await toss.gateway.finish(reference, returned)
    assert (await toss.gateway.look_up(reference)).state is ProviderState.paid
    assert (await toss.gateway.finish(reference, returned)).state is ProviderState.paid


async def test_a_deposit_goes_back_to_an_account(toss: TossHarness) -> None:
    intention, reference = await begun(toss, method=Method.virtual_account)
    await toss.gateway.finish(reference, await toss.buyer(intention, "account"))
    with pytest.raises(NotRefundable):
        await toss.gateway.refund(reference, a_refund(110_000, of_won=110_000))
    await toss.buyer(intention, "pay")
    account = RefundAccount(bank="20", number="1002000000000", holder="한빛정밀(시험)")
    refund = msgspec.structs.replace(a_refund(110_000, of_won=110_000), account=account)
    assert (await toss.gateway.refund(reference, refund)).refund_id == refund.id
    assert (await toss.gateway.look_up(reference)).state is ProviderState.refunded


async def test_wallets_are_not_taken(toss: TossHarness) -> None:
    with pytest.raises(GatewayRefused):
        await toss.gateway.start(an_intention(method=Method.kakaopay))


async def test_a_wrong_secret_is_for_the_operator(toss: TossHarness) -> None:
    account = msgspec.structs.replace(toss.account, secret_key="test_sk_other")
    with pytest.raises(GatewayMisconfigured):
        await TossGateway(account, toss.http).look_up(Reference.of(an_intention()))


async def test_nobody_listens_and_a_broken_provider(toss: TossHarness) -> None:
    account = msgspec.structs.replace(toss.account, base_url="http://127.0.0.1:1")
    with pytest.raises(GatewayUnreachable):
        await TossGateway(account, toss.http).look_up(Reference.of(an_intention()))
    _, reference = await paid(toss)
    toss.simulated.control("break", count=1)
    with pytest.raises(GatewayUnreachable):
        await toss.gateway.look_up(reference)


@pytest.fixture
def fresh_toss(http: httpx.AsyncClient) -> Iterator[TossHarness]:
    """A provider that knows no payment of another test."""
    simulated = Simulated("toss")
    yield TossHarness(simulated, http)
    simulated.stop()


async def test_lists_are_read_to_their_end(fresh_toss: TossHarness) -> None:
    toss = fresh_toss
    ids = {(await paid(toss))[0].id for _ in range(3)}
    today = datetime.now(SEOUL).date()
    account = msgspec.structs.replace(toss.account, page_size=1)
    found = await TossGateway(account, toss.http).movements(today)
    assert ids <= {movement.id for movement in found}
    account = msgspec.structs.replace(account, pages_max=1)
    with pytest.raises(GatewayRefused):
        await TossGateway(account, toss.http).movements(today)


def test_a_deposit_is_told_in_a_flat_body(toss: TossHarness) -> None:
    order_id = an_intention().id
    raw = msgspec.json.encode(
        {
            "createdAt": "x",
            "secret": "s",
            "status": "DONE",
            "transactionKey": "t",
            "orderId": str(order_id),
        }
    )
    hint = toss.gateway.read_webhook(raw, {}, now=datetime.now(UTC))
    assert (hint.kind, hint.id, hint.signed) == ("DEPOSIT_CALLBACK", order_id, False)
    assert len(hint.event_id) == 64


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"data":1}', b"x" * (256 * 1024 + 1)])
def test_nonsense_is_unreadable(toss: TossHarness, raw: bytes) -> None:
    with pytest.raises(WebhookUnreadable):
        toss.gateway.read_webhook(raw, {}, now=datetime.now(UTC))


def test_only_live_keys_move_real_money() -> None:
    assert TossAccount(client_key="live_ck_x", secret_key="live_sk_x").live
    assert not TossAccount(client_key="test_ck_x", secret_key="test_sk_x").live


def test_a_new_word_is_waited_on() -> None:
    payment = {"status": "NEW", "paymentKey": "k", "totalAmount": 1, "currency": "KRW"}
    seen = truth.seen(an_intention().id, payment, datetime.now(UTC), live=False)
    assert (seen.state, seen.provider_status) == (ProviderState.open, "NEW")
