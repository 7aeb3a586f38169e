"""What only PortOne's adapter does: its browser kit, its channels, its words."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from billing.gateways import portone_truth as truth
from billing.gateways.errors import (
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnreachable,
    ResultUnknown,
    WebhookUnreadable,
)
from billing.gateways.facts import (
    SEOUL,
    Method,
    ProviderState,
    Reference,
    RefundAccount,
    RefundState,
)
from billing.gateways.portone_gateway import PortOneAccount, PortOneGateway
from tests.billing.gateways.harness import a_refund, an_intention, begun, paid
from tests.billing.gateways.simulated import PortOneHarness, Simulated
from tests.billing.gateways.simulators.portone import SECRETS, STORE_ID, signed_headers


async def request_for(portone: PortOneHarness, method: Method) -> dict[str, object]:
    started = await portone.gateway.start(an_intention(method=method))
    assert started.kit is not None
    assert started.kit.script_url == "https://cdn.portone.io/v2/browser-sdk.js"
    return started.kit.request


async def test_the_kit_gets_our_id_the_amount_and_no_secret(portone: PortOneHarness) -> None:
    intention = an_intention(amount_won=11_000_000)
    started = await portone.gateway.start(intention)
    assert started.kit is not None
    request = started.kit.request
    assert request["paymentId"] == str(intention.id)
    assert (request["totalAmount"], request["currency"]) == (11_000_000, "KRW")
    assert (request["payMethod"], request["storeId"]) == ("CARD", STORE_ID)
    assert portone.account.api_secret not in msgspec.json.encode(request).decode()
    assert started.redirect_url == ""


@pytest.mark.parametrize(
    ("method", "word", "part"),
    [
        (Method.transfer, "TRANSFER", {"transfer": {"cashReceiptType": "ANONYMOUS"}}),
        (
            Method.kakaopay,
            "EASY_PAY",
            {"easyPay": {"easyPayProvider": "KAKAOPAY", "cashReceiptType": "ANONYMOUS"}},
        ),
        (
            Method.naverpay,
            "EASY_PAY",
            {"easyPay": {"easyPayProvider": "NAVERPAY", "cashReceiptType": "ANONYMOUS"}},
        ),
        (
            Method.tosspay,
            "EASY_PAY",
            {"easyPay": {"easyPayProvider": "TOSSPAY", "cashReceiptType": "ANONYMOUS"}},
        ),
    ],
)
async def test_no_way_to_pay_asks_for_a_cash_receipt(
    portone: PortOneHarness, method: Method, word: str, part: dict[str, object]
) -> None:
    request = await request_for(portone, method)
    assert request["payMethod"] == word
    assert request["channelKey"] == f"channel-key-{method}"
    assert part.items() <= request.items()


async def test_an_account_waits_as_long_as_the_intention(portone: PortOneHarness) -> None:
    begun_at = datetime(2026, 11, 28, 3, tzinfo=UTC)
    intention = an_intention(method=Method.virtual_account, now=begun_at)
    started = await portone.gateway.start(intention)
    assert started.kit is not None
    assert started.kit.request["virtualAccount"] == {
        "cashReceiptType": "ANONYMOUS",
        "accountExpiry": {"dueDate": "2026-11-28T04:00:00Z"},
    }


async def test_a_page_that_asks_for_less_gets_nowhere(portone: PortOneHarness) -> None:
    intention, reference = await begun(portone, amount_won=500_000)
    cheaper = msgspec.structs.replace(intention, amount_won=1_000)
    with pytest.raises(AssertionError, match="INVALID_REQUEST"):
        await portone.buyer(cheaper, "pay")
    assert (await portone.gateway.look_up(reference)).state is ProviderState.absent


async def test_starting_what_is_paid_changes_nothing(portone: PortOneHarness) -> None:
    intention, reference = await paid(portone)
    started = await portone.gateway.start(intention)
    assert started.kit is not None
    assert (await portone.gateway.look_up(reference)).state is ProviderState.paid


async def test_a_way_without_a_channel_is_for_the_operator(portone: PortOneHarness) -> None:
    account = msgspec.structs.replace(portone.account, channel_keys={})
    with pytest.raises(GatewayMisconfigured):
        await PortOneGateway(account, portone.http).start(an_intention())


async def test_too_small_an_amount_is_refused(portone: PortOneHarness) -> None:
    with pytest.raises(GatewayRefused):
        await portone.gateway.start(an_intention(amount_won=99))


async def test_a_wrong_secret_is_for_the_operator(portone: PortOneHarness) -> None:
    account = msgspec.structs.replace(portone.account, api_secret="other")
    gateway = PortOneGateway(account, portone.http)
    with pytest.raises(GatewayMisconfigured):
        await gateway.look_up(Reference.of(an_intention()))


async def test_nobody_listens_and_a_broken_provider(portone: PortOneHarness) -> None:
    account = msgspec.structs.replace(portone.account, base_url="http://127.0.0.1:1")
    with pytest.raises(GatewayUnreachable):
        await PortOneGateway(account, portone.http).start(an_intention())
    portone.simulated.control("break", count=1)
    with pytest.raises(ResultUnknown):
        await portone.gateway.start(an_intention())
    portone.simulated.control("break", count=1)
    with pytest.raises(GatewayUnreachable):
        await portone.gateway.look_up(Reference.of(an_intention()))


async def test_a_deposit_goes_back_to_an_account(portone: PortOneHarness) -> None:
    intention, reference = await begun(portone, method=Method.virtual_account)
    await portone.buyer(intention, "account")
    await portone.buyer(intention, "pay")
    account = RefundAccount(bank="SHINHAN", number="110000000000", holder="한빛정밀(시험)")
    refund = msgspec.structs.replace(a_refund(110_000, of_won=110_000), account=account)
    made = await portone.gateway.refund(reference, refund)
    assert (made.refund_id, made.state) == (refund.id, RefundState.done)


@pytest.fixture
def fresh_portone(http: httpx.AsyncClient) -> Iterator[PortOneHarness]:
    """A provider that knows no payment of another test."""
    simulated = Simulated("portone")
    yield PortOneHarness(simulated, http)
    simulated.stop()


async def test_lists_are_read_to_their_end(fresh_portone: PortOneHarness) -> None:
    portone = fresh_portone
    ids = {(await paid(portone))[0].id for _ in range(3)}
    today = datetime.now(SEOUL).date()
    account = msgspec.structs.replace(portone.account, page_size=1)
    found = await PortOneGateway(account, portone.http).movements(today)
    assert ids <= {movement.id for movement in found}
    account = msgspec.structs.replace(account, pages_max=1)
    with pytest.raises(GatewayRefused):
        await PortOneGateway(account, portone.http).movements(today)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"type":"x"}', b'{"type":1,"data":{}}'])
def test_signed_nonsense_is_unreadable(portone: PortOneHarness, raw: bytes) -> None:
    now = datetime.now(UTC)
    headers = signed_headers(raw, "evt", SECRETS["new"], int(now.timestamp()))
    with pytest.raises(WebhookUnreadable):
        portone.gateway.read_webhook(raw, headers, now=now)


def test_an_event_of_another_kind_concerns_no_payment(portone: PortOneHarness) -> None:
    now = datetime.now(UTC)
    raw = b'{"type":"BillingKey.Issued","data":{"billingKey":"b"}}'
    headers = signed_headers(raw, "evt", SECRETS["new"], int(now.timestamp()))
    hint = portone.gateway.read_webhook(raw, headers, now=now)
    assert (hint.kind, hint.id, hint.provider_key) == ("BillingKey.Issued", None, "")


ID = an_intention().id
NOW = datetime(2026, 11, 28, tzinfo=UTC)


def a_payment(**changes: Any) -> dict[str, Any]:
    return {
        "status": "PAID",
        "id": str(ID),
        "transactionId": "t",
        "channel": {"type": "LIVE"},
        "amount": {"total": 110_000, "cancelled": 0},
        "currency": "KRW",
        "paidAt": "2026-11-28T00:00:00Z",
    } | changes


def a_cancellation(**changes: Any) -> dict[str, Any]:
    return {
        "status": "SUCCEEDED",
        "id": "c",
        "totalAmount": 110_000,
        "reason": "콘솔에서 취소",
        "cancelledAt": "2026-11-28T01:00:00Z",
    } | changes


def test_real_money_is_told_from_a_test_channel() -> None:
    assert truth.seen(ID, a_payment(), NOW).live
    assert not truth.seen(ID, a_payment(channel={"type": "TEST"}), NOW).live
    assert not truth.seen(ID, a_payment(channel=None), NOW).live


def test_a_refund_made_at_the_providers_console_carries_no_id_of_ours() -> None:
    seen = truth.seen(ID, a_payment(status="CANCELLED", cancellations=[a_cancellation()]), NOW)
    assert seen.state is ProviderState.refunded
    assert [(one.refund_id, one.amount_won) for one in seen.refunds] == [(None, 110_000)]


@pytest.mark.parametrize(
    ("status", "state", "refunded_won"),
    [("REQUESTED", ProviderState.refunded, 110_000), ("FAILED", ProviderState.paid, 0)],
)
def test_a_refund_under_way_counts_and_a_failed_one_does_not(
    status: str, state: ProviderState, refunded_won: int
) -> None:
    seen = truth.seen(ID, a_payment(cancellations=[a_cancellation(status=status)]), NOW)
    assert (seen.state, seen.refunded_won) == (state, refunded_won)


def test_a_new_word_is_waited_on_and_a_dispute_is_told() -> None:
    assert truth.seen(ID, a_payment(status="NEW_WORD"), NOW).state is ProviderState.open
    assert truth.seen(ID, a_payment(disputes=[{"status": "PENDING"}]), NOW).disputed
    assert not truth.seen(ID, a_payment(disputes=[{"status": "RESOLVED"}]), NOW).disputed


def test_the_real_address_is_the_default() -> None:
    account = PortOneAccount(api_secret="s", store_id="s", channel_keys={}, webhook_secrets=())
    assert account.base_url == "https://api.portone.io"
    assert account.timeout_s >= 60
