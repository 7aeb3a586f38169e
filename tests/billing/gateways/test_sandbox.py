"""What only the sandbox can do: its pay page, lateness, repeated and shuffled webhooks."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from billing.gateways.errors import GatewayRefused, KeyReused, WebhookUnreadable
from billing.gateways.facts import Method, ProviderState, Reference, our_id
from billing.gateways.sandbox import DeliveryPlan
from billing.gateways.sandbox_payment import Button, ButtonUnknown
from billing.gateways.signatures import standard_signature
from tests.billing.gateways.harness import a_refund, an_intention, begun, paid
from tests.billing.gateways.sandboxed import SECRETS, SandboxHarness


async def test_the_page_offers_what_can_happen_and_nothing_after_it(
    sandbox: SandboxHarness,
) -> None:
    intention, _ = await begun(sandbox)
    page = await sandbox.gateway.page(intention.id)
    assert page is not None
    assert page.buttons == (
        Button.success,
        Button.late,
        Button.twice,
        Button.refusal,
        Button.abandonment,
    )
    assert (await sandbox.gateway.press(intention.id, Button.success)).buttons == ()
    with pytest.raises(ButtonUnknown):
        await sandbox.gateway.press(intention.id, Button.success)


async def test_the_page_of_an_account(sandbox: SandboxHarness) -> None:
    intention, _ = await begun(sandbox, method=Method.virtual_account)
    waiting = await sandbox.gateway.press(intention.id, Button.account)
    assert waiting.buttons == (Button.success, Button.late, Button.twice)
    deposited = await sandbox.gateway.press(intention.id, Button.success)
    assert deposited.buttons == (Button.take_back,)
    taken = await sandbox.gateway.press(intention.id, Button.take_back)
    assert taken.payment.taken_back_at is not None
    again = await sandbox.gateway.press(intention.id, Button.success)
    assert again.payment.state is ProviderState.paid


async def test_late_money_arrives_after_the_buyer_came_back(sandbox: SandboxHarness) -> None:
    intention, reference = await begun(sandbox)
    await sandbox.gateway.press(intention.id, Button.late)
    assert (await sandbox.gateway.look_up(reference)).state is ProviderState.open
    assert await sandbox.webhooks() == []
    sandbox.clock.ahead = timedelta(seconds=91)
    assert (await sandbox.gateway.look_up(reference)).state is ProviderState.paid
    assert len(await sandbox.webhooks()) == 1


async def test_twice_sends_one_event_twice(sandbox: SandboxHarness) -> None:
    intention, _ = await begun(sandbox)
    await sandbox.gateway.press(intention.id, Button.twice)
    sent = await sandbox.webhooks()
    assert len(sent) == 2
    assert len({one.headers["webhook-id"] for one in sent}) == 1


@pytest.mark.parametrize("order", ["kept", "reversed", "shuffled"])
async def test_the_plan_repeats_and_reorders(sandbox: SandboxHarness, order: str) -> None:
    sandbox.gateway.plan = DeliveryPlan(times=3, order=order, seed=1)  # type: ignore[arg-type]
    _, reference = await paid(sandbox)
    for left_won in (110_000, 100_000, 90_000):
        await sandbox.gateway.refund(reference, a_refund(10_000, of_won=left_won))
    ids = [one.headers["webhook-id"] for one in await sandbox.webhooks()]
    assert len(ids) == 12
    assert len(set(ids)) == 4
    assert (ids == sorted(ids)) == (order == "kept")
    assert (ids == sorted(ids, reverse=True)) == (order == "reversed")


async def test_what_nobody_pays_expires(sandbox: SandboxHarness) -> None:
    intention, reference = await begun(sandbox)
    sandbox.clock.ahead = timedelta(hours=1)
    assert (await sandbox.gateway.look_up(reference)).state is ProviderState.closed
    page = await sandbox.gateway.page(intention.id)
    assert page is not None
    assert page.buttons == ()


async def test_a_closed_one_takes_no_late_money(sandbox: SandboxHarness) -> None:
    intention, reference = await begun(sandbox)
    await sandbox.gateway.press(intention.id, Button.late)
    await sandbox.gateway.close(reference)
    sandbox.clock.ahead = timedelta(minutes=5)
    assert (await sandbox.gateway.look_up(reference)).state is ProviderState.closed


async def test_one_button_pressed_by_many_happens_once(sandbox: SandboxHarness) -> None:
    intention, _ = await begun(sandbox)
    answers = await asyncio.gather(
        *(sandbox.gateway.press(intention.id, Button.success) for _ in range(10)),
        return_exceptions=True,
    )
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    assert len(await sandbox.webhooks()) == 1


async def test_an_id_begun_with_another_amount_is_refused(sandbox: SandboxHarness) -> None:
    intention, _ = await begun(sandbox)
    with pytest.raises(KeyReused):
        await sandbox.gateway.start(msgspec.structs.replace(intention, amount_won=5))


async def test_nothing_is_there_under_an_unknown_id(sandbox: SandboxHarness) -> None:
    stranger = an_intention()
    assert await sandbox.gateway.page(stranger.id) is None
    assert (await sandbox.gateway.close(Reference.of(stranger))).state is ProviderState.absent
    with pytest.raises(GatewayRefused):
        await sandbox.gateway.press(stranger.id, Button.success)


async def test_signed_nonsense_is_unreadable(sandbox: SandboxHarness) -> None:
    now = await sandbox.now()
    stamp = int(now.timestamp())
    for raw in (b"", b"[]", b'{"type":1}', b"x" * (256 * 1024 + 1)):
        headers = {
            "webhook-id": "e1",
            "webhook-timestamp": str(stamp),
            "webhook-signature": standard_signature(SECRETS["new"], "e1", stamp, raw),
        }
        with pytest.raises(WebhookUnreadable):
            sandbox.gateway.read_webhook(raw, headers, now=now)


def test_ids_that_are_not_ours() -> None:
    assert our_id("order-7") is None
    assert our_id(7) is None
    assert our_id(None) is None
