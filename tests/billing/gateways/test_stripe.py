"""What only Stripe's adapter does: its library, its keys, its events."""

import importlib
import sys
from datetime import UTC, datetime, timedelta
from subprocess import run
from typing import Any

import httpx
import msgspec
import pytest

from billing.gateways.errors import (
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnreachable,
    KeyReused,
    ResultUnknown,
    WebhookForged,
    WebhookUnreadable,
)
from billing.gateways.facts import Method, ProviderState, Reference
from billing.gateways.stripe_gateway import StripeGateway
from tests.billing.gateways.harness import a_refund, an_intention, begun, paid
from tests.billing.gateways.simulated import Simulated, StripeHarness
from tests.billing.gateways.simulators.stripe import SECRETS, signed_headers
from tests.repository import ROOT


def requests(harness: StripeHarness) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = harness.simulated.control("requests")
    return found


def test_loads_no_library_before_the_first_call() -> None:
    program = "import sys, billing.gateways.stripe_gateway; print('stripe' in sys.modules)"
    answer = run([sys.executable, "-c", program], capture_output=True, check=True, cwd=ROOT)
    assert answer.stdout.strip() == b"False"


async def test_sends_our_id_as_key_and_no_telemetry(stripe: StripeHarness) -> None:
    intention, reference = await paid(stripe)
    refund = a_refund(1_000, of_won=110_000)
    await stripe.gateway.refund(reference, refund)
    await stripe.gateway.look_up(reference)
    mine = requests(stripe)
    keys = [one["headers"].get("idempotency-key") for one in mine if one["method"] == "POST"]
    assert {f"pay:{intention.id}", f"refund:{refund.id}"} <= set(keys)
    assert not any("x-stripe-client-telemetry" in one["headers"] for one in mine)


async def test_won_have_no_minor_unit(stripe: StripeHarness) -> None:
    _, reference = await paid(stripe, amount_won=11_000_000)
    seen = await stripe.gateway.look_up(reference)
    assert (seen.amount_won, seen.currency, seen.provider_status) == (
        11_000_000,
        "KRW",
        "complete/paid",
    )


async def test_a_session_whose_id_was_lost_is_found_by_ours(stripe: StripeHarness) -> None:
    for _ in range(3):
        await begun(stripe)
    intention, reference = await begun(stripe)
    seen = await stripe.gateway.look_up(Reference.of(intention))
    assert seen.provider_key == reference.provider_key


async def test_lists_are_read_to_their_end(stripe: StripeHarness) -> None:
    intention, reference = await begun(stripe)
    for _ in range(7):
        await begun(stripe)
    account = msgspec.structs.replace(stripe.account, page_size=2)
    gateway = StripeGateway(account, stripe.http)
    seen = await gateway.look_up(Reference.of(intention))
    assert seen.provider_key == reference.provider_key
    account = msgspec.structs.replace(account, pages_max=1)
    with pytest.raises(GatewayRefused):
        await StripeGateway(account, stripe.http).look_up(Reference.of(intention))


async def test_another_card_after_a_refusal(stripe: StripeHarness) -> None:
    intention, reference = await begun(stripe)
    await stripe.buyer(intention, "refuse")
    first = await stripe.gateway.look_up(reference)
    assert first.failure is not None
    assert first.failure.code == "insufficient_funds"
    await stripe.buyer(intention, "pay")
    seen = await stripe.gateway.look_up(reference)
    assert (seen.state, seen.failure) == (ProviderState.paid, None)
    assert seen.receipt_url


async def test_the_library_repeats_with_the_same_key(
    stripe_process: Simulated, http: httpx.AsyncClient
) -> None:
    harness = StripeHarness(stripe_process, http, retries=1)
    await harness.lose_answer()
    intention, _ = await begun(harness)
    keys = [one["headers"].get("idempotency-key") for one in requests(harness)]
    assert keys.count(f"pay:{intention.id}") == 2


async def test_a_forgotten_key_makes_no_second_refund(stripe: StripeHarness) -> None:
    _, reference = await paid(stripe)
    refund = a_refund(40_000, of_won=110_000)
    await stripe.gateway.refund(reference, refund)
    before = len([one for one in requests(stripe) if one["path"] == "/v1/refunds"])
    again = await stripe.gateway.refund(reference, refund)
    sent = [one for one in requests(stripe) if one["path"] == "/v1/refunds"][before:]
    assert [one["method"] for one in sent] == ["GET"]
    assert again.amount_won == 40_000


async def test_one_id_with_another_amount_is_refused(stripe: StripeHarness) -> None:
    intention, _ = await begun(stripe)
    with pytest.raises(KeyReused):
        await stripe.gateway.start(msgspec.structs.replace(intention, amount_won=5_000))


async def test_takes_cards_alone_and_not_less_than_a_hundred(stripe: StripeHarness) -> None:
    with pytest.raises(GatewayRefused):
        await stripe.gateway.start(an_intention(method=Method.transfer))
    with pytest.raises(GatewayRefused):
        await stripe.gateway.start(an_intention(amount_won=99))


async def test_a_wrong_key_is_for_the_operator(stripe: StripeHarness) -> None:
    account = msgspec.structs.replace(stripe.account, api_key="sk_test_other")
    gateway = StripeGateway(account, stripe.http)
    with pytest.raises(GatewayMisconfigured):
        await gateway.start(an_intention())


async def test_nobody_listens(stripe: StripeHarness) -> None:
    account = msgspec.structs.replace(stripe.account, base_url="http://127.0.0.1:1")
    gateway = StripeGateway(account, stripe.http)
    with pytest.raises(GatewayUnreachable):
        await gateway.start(an_intention())
    with pytest.raises(GatewayUnreachable):
        await gateway.look_up(Reference.of(an_intention()))


async def test_a_broken_provider_may_have_done_it_or_only_been_asked(
    stripe: StripeHarness,
) -> None:
    _, reference = await begun(stripe)
    stripe.simulated.control("break", count=1)
    with pytest.raises(ResultUnknown):
        await stripe.gateway.start(an_intention())
    stripe.simulated.control("break", count=1)
    with pytest.raises(GatewayUnreachable):
        await stripe.gateway.look_up(reference)


async def test_an_id_that_the_provider_forgot_is_absent(stripe: StripeHarness) -> None:
    reference = Reference.of(an_intention(), "cs_test_unknown")
    assert (await stripe.gateway.look_up(reference)).state is ProviderState.absent
    assert (await stripe.gateway.close(reference)).state is ProviderState.absent


def test_the_librarys_own_signatures_hold(stripe: StripeHarness) -> None:
    library = importlib.import_module("stripe")
    raw = b'{"id":"evt_1","type":"x","data":{"object":{"id":"ch_1","object":"charge"}}}'
    header = library.WebhookSignature.generate_signature_header(raw.decode(), SECRETS["old"])
    hint = stripe.gateway.read_webhook(raw, {"stripe-signature": header}, now=datetime.now(UTC))
    assert (hint.event_id, hint.kind, hint.id, hint.provider_key) == ("evt_1", "x", None, "")


def test_two_signatures_in_one_header_hold_if_one_is_ours(stripe: StripeHarness) -> None:
    raw = b'{"id":"evt_1","type":"x","data":{"object":{"id":"ch_1","object":"charge"}}}'
    now = datetime.now(UTC)
    stamp = int(now.timestamp())
    ours = signed_headers(raw, SECRETS["new"], stamp)["Stripe-Signature"]
    both = ours.replace(",v1=", f",v1={'0' * 64},v1=")
    assert stripe.gateway.read_webhook(raw, {"Stripe-Signature": both}, now=now).signed


@pytest.mark.parametrize(
    "header", ["", "t=,v1=", "t=x,v1=00", "v1=00", "t=1", "t=1,t=2,v1=00", "t=1,v0=00", "t=٣,v1=0"]
)
def test_a_header_of_another_shape_is_forged(stripe: StripeHarness, header: str) -> None:
    with pytest.raises(WebhookForged):
        stripe.gateway.read_webhook(b"{}", {"Stripe-Signature": header}, now=datetime.now(UTC))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"id":1}', b"x" * (256 * 1024 + 1)])
def test_signed_nonsense_is_unreadable(stripe: StripeHarness, raw: bytes) -> None:
    now = datetime.now(UTC)
    headers = signed_headers(raw, SECRETS["new"], int(now.timestamp()))
    with pytest.raises(WebhookUnreadable):
        stripe.gateway.read_webhook(raw, headers, now=now)


async def test_parameters_do_not_depend_on_when_they_are_sent(stripe: StripeHarness) -> None:
    now = datetime.now(UTC)
    for expires_in in (timedelta(minutes=1), timedelta(days=7)):
        intention = msgspec.structs.replace(an_intention(now=now), expires_at=now + expires_in)
        first = await stripe.gateway.start(intention)
        assert await stripe.gateway.start(intention) == first
