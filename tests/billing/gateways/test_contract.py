"""The promise of the port, held by the sandbox and by every adapter over its simulator."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import msgspec
import pytest

from billing.gateways.errors import (
    GatewayRefused,
    KeyReused,
    NotRefundable,
    RefundOutdated,
    RefundTooMuch,
    ResultUnknown,
    WebhookForged,
    WebhookStale,
)
from billing.gateways.facts import (
    SEOUL,
    Intention,
    Method,
    Movement,
    MovementKind,
    ProviderState,
    Reference,
    RefundState,
)
from tests.billing.gateways.harness import Harness, Sent, a_refund, an_intention, begun, paid


class TestStart:
    async def test_nobody_knows_a_payment_that_was_never_begun(self, harness: Harness) -> None:
        seen = await harness.gateway.look_up(Reference.of(an_intention(now=await harness.now())))
        assert (seen.state, seen.amount_won, seen.refunded_won) == (ProviderState.absent, 0, 0)

    async def test_twice_with_one_id_is_one_payment(self, harness: Harness) -> None:
        intention = an_intention(now=await harness.now())
        first = await harness.gateway.start(intention)
        assert await harness.gateway.start(intention) == first
        returned = await harness.buyer(intention, "pay")
        seen = await harness.gateway.finish(Reference.of(intention, first.provider_key), returned)
        assert (seen.state, seen.amount_won) == (ProviderState.paid, 110_000)
        mine = [m for m in await listed(harness) if m.id == intention.id]
        assert [(m.kind, m.amount_won) for m in mine] == [(MovementKind.paid, 110_000)]

    async def test_tells_how_the_buyer_goes_on_in_one_way(self, harness: Harness) -> None:
        started = await harness.gateway.start(an_intention(now=await harness.now()))
        assert bool(started.redirect_url) != bool(started.kit)

    async def test_an_unknown_result_is_found_by_looking(self, harness: Harness) -> None:
        intention = an_intention(now=await harness.now())
        await harness.lose_answer()
        try:
            started = await harness.gateway.start(intention)
        except ResultUnknown:
            seen = await harness.gateway.look_up(Reference.of(intention))
            assert seen.state in {ProviderState.open, ProviderState.absent}
            started = await harness.gateway.start(intention)
        assert started.redirect_url or started.kit


class TestPaying:
    async def test_a_payment_in_the_buyers_hands_is_not_paid(self, harness: Harness) -> None:
        _, reference = await begun(harness)
        seen = await harness.gateway.look_up(reference)
        assert seen.state in {ProviderState.open, ProviderState.absent}
        assert seen.paid_at is None

    async def test_a_paid_one_says_so_with_amount_and_time(self, harness: Harness) -> None:
        _, reference = await paid(harness, amount_won=37_400)
        seen = await harness.gateway.look_up(reference)
        assert (seen.state, seen.amount_won, seen.refunded_won, seen.currency) == (
            ProviderState.paid,
            37_400,
            0,
            "KRW",
        )
        assert seen.paid_at is not None
        assert abs(seen.paid_at - await harness.now()) < timedelta(minutes=1)
        assert not seen.live

    async def test_finishing_twice_is_one_payment(self, harness: Harness) -> None:
        intention, reference = await begun(harness)
        returned = await harness.buyer(intention, "pay")
        both = await asyncio.gather(
            harness.gateway.finish(reference, returned),
            harness.gateway.finish(reference, returned),
        )
        assert {seen.state for seen in both} <= {ProviderState.paid, ProviderState.open}
        again = await harness.gateway.finish(reference, returned)
        assert again.state is ProviderState.paid
        mine = [m for m in await listed(harness) if m.id == intention.id]
        assert len(mine) == 1

    async def test_a_refusal_takes_nothing_and_gives_the_reason(self, harness: Harness) -> None:
        intention, reference = await begun(harness)
        await harness.buyer(intention, "refuse")
        seen = await harness.gateway.look_up(reference)
        assert seen.state is harness.refused
        assert seen.failure is not None
        assert seen.failure.code
        assert seen.paid_at is None

    async def test_an_abandoned_one_can_be_closed_for_good(self, harness: Harness) -> None:
        intention, reference = await begun(harness)
        await harness.buyer(intention, "abandon")
        seen = await harness.gateway.close(reference)
        assert seen.state in {ProviderState.closed, ProviderState.absent, ProviderState.failed}
        assert seen.paid_at is None

    async def test_closing_what_is_paid_changes_nothing(self, harness: Harness) -> None:
        _, reference = await paid(harness)
        assert (await harness.gateway.close(reference)).state is ProviderState.paid


class TestDeposits:
    async def test_an_account_waits_is_paid_and_may_be_taken_back(self, harness: Harness) -> None:
        if not harness.deposits:
            pytest.skip("this gateway has no virtual accounts")
        intention, reference = await begun(
            harness, method=Method.virtual_account, amount_won=11_000_000
        )
        returned = await harness.buyer(intention, "account")
        waiting = await harness.gateway.finish(reference, returned)
        assert waiting.state is ProviderState.awaiting_deposit
        assert waiting.account is not None
        assert waiting.account.number
        reference = Reference.of(intention, waiting.provider_key)
        await harness.buyer(intention, "pay")
        assert (await harness.gateway.look_up(reference)).state is ProviderState.paid
        await harness.buyer(intention, "take_back")
        seen = await harness.gateway.look_up(reference)
        assert (seen.state, seen.paid_at) == (ProviderState.awaiting_deposit, None)

    async def test_a_waiting_account_can_be_closed(self, harness: Harness) -> None:
        if not harness.deposits:
            pytest.skip("this gateway has no virtual accounts")
        intention, reference = await begun(harness, method=Method.virtual_account)
        returned = await harness.buyer(intention, "account")
        waiting = await harness.gateway.finish(reference, returned)
        seen = await harness.gateway.close(Reference.of(intention, waiting.provider_key))
        assert seen.state is ProviderState.closed


class TestRefunds:
    async def test_a_full_refund(self, harness: Harness) -> None:
        _, reference = await paid(harness)
        refund = a_refund(110_000, of_won=110_000)
        made = await harness.gateway.refund(reference, refund)
        assert (made.refund_id, made.amount_won, made.state) == (
            refund.id,
            110_000,
            RefundState.done,
        )
        seen = await harness.gateway.look_up(reference)
        assert (seen.state, seen.refunded_won) == (ProviderState.refunded, 110_000)
        assert [one.refund_id for one in seen.refunds] == [refund.id]

    async def test_parts_up_to_the_whole_and_not_one_won_more(self, harness: Harness) -> None:
        _, reference = await paid(harness, amount_won=10_000)
        await harness.gateway.refund(reference, a_refund(3_333, of_won=10_000))
        seen = await harness.gateway.look_up(reference)
        assert (seen.state, seen.refunded_won) == (ProviderState.partly_refunded, 3_333)
        with pytest.raises(RefundTooMuch):
            await harness.gateway.refund(reference, a_refund(6_668, of_won=6_667))
        await harness.gateway.refund(reference, a_refund(6_667, of_won=6_667))
        seen = await harness.gateway.look_up(reference)
        assert (seen.state, seen.refunded_won) == (ProviderState.refunded, 10_000)

    async def test_more_than_paid_is_refused_and_nothing_moves(self, harness: Harness) -> None:
        _, reference = await paid(harness)
        with pytest.raises(RefundTooMuch):
            await harness.gateway.refund(reference, a_refund(110_001, of_won=110_000))
        seen = await harness.gateway.look_up(reference)
        assert (seen.state, seen.refunded_won) == (ProviderState.paid, 0)

    async def test_twice_with_one_id_is_one_refund(self, harness: Harness) -> None:
        _, reference = await paid(harness)
        refund = a_refund(50_000, of_won=110_000)
        first = await harness.gateway.refund(reference, refund)
        assert (await harness.gateway.refund(reference, refund)).refund_id == first.refund_id
        assert (await harness.gateway.look_up(reference)).refunded_won == 50_000

    async def test_one_id_with_another_amount_is_refused(self, harness: Harness) -> None:
        _, reference = await paid(harness)
        first = a_refund(50_000, of_won=110_000)
        await harness.gateway.refund(reference, first)
        other = a_refund(40_000, of_won=110_000, refund_id=first.id)
        with pytest.raises(KeyReused):
            await harness.gateway.refund(reference, other)
        assert (await harness.gateway.look_up(reference)).refunded_won == 50_000

    async def test_an_unpaid_one_gives_nothing_back(self, harness: Harness) -> None:
        _, reference = await begun(harness)
        with pytest.raises(NotRefundable):
            await harness.gateway.refund(reference, a_refund(110_000, of_won=110_000))

    async def test_an_unknown_result_is_found_by_looking(self, harness: Harness) -> None:
        _, reference = await paid(harness)
        refund = a_refund(50_000, of_won=110_000)
        await harness.lose_answer()
        with pytest.raises(ResultUnknown):
            await harness.gateway.refund(reference, refund)
        seen = await harness.gateway.look_up(reference)
        assert [(one.refund_id, one.amount_won) for one in seen.refunds] == [(refund.id, 50_000)]
        again = await harness.gateway.refund(reference, refund)
        assert again.refund_id == refund.id
        assert (await harness.gateway.look_up(reference)).refunded_won == 50_000

    async def test_a_refund_made_by_somebody_else_meanwhile(self, harness: Harness) -> None:
        if not harness.compares:
            pytest.skip("this gateway does not compare what is left")
        _, reference = await paid(harness)
        await harness.gateway.refund(reference, a_refund(50_000, of_won=110_000))
        with pytest.raises(RefundOutdated):
            await harness.gateway.refund(reference, a_refund(10_000, of_won=110_000))
        assert (await harness.gateway.look_up(reference)).refunded_won == 50_000

    async def test_many_at_once_never_give_back_more_than_was_paid(self, harness: Harness) -> None:
        _, reference = await paid(harness, amount_won=100_000)
        refunds = [a_refund(30_000, of_won=100_000) for _ in range(8)]
        answers = await asyncio.gather(
            *(harness.gateway.refund(reference, one) for one in refunds), return_exceptions=True
        )
        assert all(isinstance(a, GatewayRefused) for a in answers if isinstance(a, Exception))
        done = [a for a in answers if not isinstance(a, BaseException)]
        seen = await harness.gateway.look_up(reference)
        assert seen.refunded_won == 30_000 * len(done) <= 100_000


class TestWebhooks:
    async def test_each_names_its_payment(self, harness: Harness) -> None:
        _, sent, _ = await told(harness)
        hint = harness.gateway.read_webhook(sent.raw, sent.headers, now=await harness.now())
        assert (hint.gateway, hint.signed) == (harness.gateway.name, harness.signs)
        assert hint.event_id
        assert hint.kind

    async def test_leads_to_the_truth(self, harness: Harness) -> None:
        intention, sent, reference = await told(harness)
        hint = harness.gateway.read_webhook(sent.raw, sent.headers, now=await harness.now())
        assert hint.id == intention.id
        key = hint.provider_key or reference.provider_key
        seen = await harness.gateway.look_up(Reference.of(intention, key))
        assert seen.state is ProviderState.paid

    async def test_sent_again_it_is_the_same_event(self, harness: Harness) -> None:
        _, sent, _ = await told(harness)
        again = harness.resigned(sent, secret="new", at=await harness.now())
        now = await harness.now()
        first = harness.gateway.read_webhook(sent.raw, sent.headers, now=now)
        assert harness.gateway.read_webhook(again.raw, again.headers, now=now) == first

    async def test_names_of_headers_come_in_any_case(self, harness: Harness) -> None:
        _, sent, _ = await told(harness)
        headers = {name.upper(): value for name, value in sent.headers.items()}
        hint = harness.gateway.read_webhook(sent.raw, headers, now=await harness.now())
        assert hint.event_id

    @pytest.mark.parametrize("secret", ["new", "old"])
    async def test_both_secrets_hold_while_they_are_exchanged(
        self, harness: Harness, secret: str
    ) -> None:
        _, sent, _ = await told(harness)
        now = await harness.now()
        again = harness.resigned(sent, secret=secret, at=now)
        assert harness.gateway.read_webhook(again.raw, again.headers, now=now).event_id

    async def test_a_strangers_signature_is_refused(self, harness: Harness) -> None:
        _, sent, _ = await told(harness)
        forged = harness.resigned(sent, secret="stranger", at=await harness.now())
        await refused(harness, forged, WebhookForged)

    async def test_changed_bytes_are_refused(self, harness: Harness) -> None:
        _, sent, _ = await told(harness)
        await refused(harness, Sent(sent.headers, sent.raw + b" "), WebhookForged)
        same = msgspec.json.format(sent.raw, indent=3)
        await refused(harness, Sent(sent.headers, same), WebhookForged)

    async def test_without_headers_it_is_refused(self, harness: Harness) -> None:
        _, sent, _ = await told(harness)
        await refused(harness, Sent({}, sent.raw), WebhookForged)

    @pytest.mark.parametrize("away_s", [-301, 301])
    async def test_a_time_too_far_away_is_refused(self, harness: Harness, away_s: int) -> None:
        _, sent, _ = await told(harness)
        at = await harness.now() + timedelta(seconds=away_s)
        await refused(harness, harness.resigned(sent, secret="new", at=at), WebhookStale)

    @pytest.mark.parametrize("away_s", [-290, 290])
    async def test_a_time_within_bounds_holds(self, harness: Harness, away_s: int) -> None:
        _, sent, _ = await told(harness)
        now = await harness.now()
        near = harness.resigned(sent, secret="new", at=now + timedelta(seconds=away_s))
        assert harness.gateway.read_webhook(near.raw, near.headers, now=now).event_id

    async def test_reading_one_says_nothing_of_the_state(self, harness: Harness) -> None:
        _, sent, _ = await told(harness)
        hint = harness.gateway.read_webhook(sent.raw, sent.headers, now=await harness.now())
        assert not {"state", "amount_won"} & set(hint.__struct_fields__)


class TestListing:
    async def test_a_day_lists_what_was_paid_and_refunded(self, harness: Harness) -> None:
        intention, reference = await paid(harness)
        refund = a_refund(10_000, of_won=110_000)
        await harness.gateway.refund(reference, refund)
        mine = [m for m in await listed(harness) if m.id == intention.id]
        assert [(m.kind, m.amount_won, m.refund_id) for m in mine] == [
            (MovementKind.paid, 110_000, None),
            (MovementKind.refunded, 10_000, refund.id),
        ]

    async def test_another_day_does_not(self, harness: Harness) -> None:
        intention, _ = await paid(harness)
        today = (await harness.now()).astimezone(SEOUL).date()
        for away in (-1, 1):
            there = await harness.gateway.movements(today + timedelta(days=away))
            assert intention.id not in {movement.id for movement in there}

    async def test_what_nobody_paid_is_not_listed(self, harness: Harness) -> None:
        intention, _ = await begun(harness)
        assert intention.id not in {movement.id for movement in await listed(harness)}


async def told(harness: Harness) -> tuple[Intention, Sent, Reference]:
    """Have a payment paid, and return it with the webhook that tells of it."""
    await harness.webhooks()
    intention, reference = await paid(harness)
    sent = await harness.webhooks()
    assert sent
    return intention, sent[-1], reference


async def refused(harness: Harness, sent: Sent, kind: type[Exception]) -> None:
    """Expect a refusal; a provider that signs nothing must at least say so."""
    now = await harness.now()
    if harness.signs:
        with pytest.raises(kind):
            harness.gateway.read_webhook(sent.raw, sent.headers, now=now)
    else:
        with suppress(WebhookForged):
            assert not harness.gateway.read_webhook(sent.raw, sent.headers, now=now).signed


async def listed(harness: Harness) -> list[Movement]:
    """Return the list of today."""
    return await harness.gateway.movements((await harness.now()).astimezone(SEOUL).date())
