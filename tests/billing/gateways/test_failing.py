"""Providers that answer nothing, nonsense or no; values that are refused before anybody is asked."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import httpx
import msgspec
import pytest
from typing_extensions import override

from billing.gateways.errors import (
    GatewayError,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnreachable,
    NotRefundable,
    ResultUnknown,
)
from billing.gateways.facts import Method, Reference
from billing.gateways.json_calls import JsonCalls
from billing.gateways.portone_gateway import PortOneAccount, PortOneGateway
from billing.gateways.sandbox import SandboxGateway
from billing.gateways.sandbox_payment import Button, Delivery, SandboxPayment
from billing.gateways.sandbox_store import MemorySandboxStore
from billing.gateways.toss_gateway import TossAccount, TossGateway
from tests.billing.gateways.harness import a_refund, an_intention
from tests.billing.gateways.sandboxed import SECRETS, Clock

Answering = Callable[[httpx.Request], httpx.Response]
TODAY = datetime.now(UTC).date()


def calls(answering: Answering) -> JsonCalls:
    client = httpx.AsyncClient(transport=httpx.MockTransport(answering))
    return JsonCalls("test", client, base_url="http://provider", headers={}, timeout_s=1)


@pytest.mark.parametrize(
    ("answer", "asking", "changing"),
    [
        (httpx.Response(429, json={}), GatewayUnreachable, GatewayUnreachable),
        (httpx.Response(401, json={}), GatewayMisconfigured, GatewayMisconfigured),
        (httpx.Response(403, text="no"), GatewayMisconfigured, GatewayMisconfigured),
        (httpx.Response(500, json={}), GatewayUnreachable, ResultUnknown),
        (httpx.Response(302, json={}), GatewayUnreachable, ResultUnknown),
        (httpx.Response(200, text="<html>"), GatewayUnreachable, ResultUnknown),
    ],
)
async def test_what_an_answer_means(
    answer: httpx.Response, asking: type[GatewayError], changing: type[GatewayError]
) -> None:
    provider = calls(lambda request: answer)
    with pytest.raises(asking):
        await provider.get("/a")
    with pytest.raises(changing):
        await provider.post("/a", {})


@pytest.mark.parametrize(
    ("failure", "asking", "changing"),
    [
        (httpx.ConnectError("x"), GatewayUnreachable, GatewayUnreachable),
        (httpx.ConnectTimeout("x"), GatewayUnreachable, GatewayUnreachable),
        (httpx.ReadTimeout("x"), GatewayUnreachable, ResultUnknown),
        (httpx.RemoteProtocolError("x"), GatewayUnreachable, ResultUnknown),
        (httpx.WriteError("x"), GatewayUnreachable, ResultUnknown),
    ],
)
async def test_what_no_answer_means(
    failure: httpx.HTTPError, asking: type[GatewayError], changing: type[GatewayError]
) -> None:
    def failing(request: httpx.Request) -> httpx.Response:
        raise failure

    provider = calls(failing)
    with pytest.raises(asking):
        await provider.get("/a")
    with pytest.raises(changing):
        await provider.post("/a", {})


class TestRefusals:
    """A provider that says no to everything, in its own words."""

    async def test_portone(self) -> None:
        account = PortOneAccount(api_secret="s", store_id="s", channel_keys={}, webhook_secrets=())
        gateway = PortOneGateway(account, saying({"type": "INVALID_REQUEST"}))
        with pytest.raises(GatewayRefused, match="INVALID_REQUEST"):
            await gateway.look_up(Reference.of(an_intention()))
        with pytest.raises(GatewayRefused):
            await gateway.movements(TODAY)

    async def test_portones_account_that_cannot_be_closed(self) -> None:
        waiting: dict[str, object] = {
            "status": "VIRTUAL_ACCOUNT_ISSUED",
            "amount": {"total": 110_000},
            "currency": "KRW",
        }
        account = PortOneAccount(api_secret="s", store_id="s", channel_keys={}, webhook_secrets=())
        gateway = PortOneGateway(account, saying({"type": "PG_PROVIDER"}, known=waiting))
        with pytest.raises(GatewayRefused, match="PG_PROVIDER"):
            await gateway.close(Reference.of(an_intention()))

    async def test_toss(self) -> None:
        account = TossAccount(client_key="c", secret_key="s")
        gateway = TossGateway(account, saying({"code": "INVALID_REQUEST"}))
        with pytest.raises(GatewayRefused, match="INVALID_REQUEST"):
            await gateway.look_up(Reference.of(an_intention()))
        with pytest.raises(GatewayRefused):
            await gateway.movements(TODAY)

    @pytest.mark.parametrize(
        ("code", "kind"),
        [("INVALID_API_KEY", GatewayMisconfigured), ("NOT_CANCELABLE_PAYMENT", NotRefundable)],
    )
    async def test_toss_after_it_said_that_it_was_paid(
        self, code: str, kind: type[GatewayError]
    ) -> None:
        done: dict[str, object] = {
            "status": "DONE",
            "paymentKey": "k",
            "totalAmount": 110_000,
            "currency": "KRW",
            "approvedAt": "2026-11-28T09:00:00",
        }
        account = TossAccount(client_key="c", secret_key="s")
        gateway = TossGateway(account, saying({"code": code}, known=done))
        with pytest.raises(kind):
            await gateway.refund(Reference.of(an_intention()), a_refund(1_000, of_won=110_000))

    async def test_tosss_keys_are_wrong_at_the_approval(self) -> None:
        account = TossAccount(client_key="c", secret_key="s")
        gateway = TossGateway(account, saying({"code": "INVALID_API_KEY"}))
        intention = an_intention()
        returned = {"paymentKey": "k", "orderId": str(intention.id), "amount": "110000"}
        with pytest.raises(GatewayMisconfigured):
            await gateway.finish(Reference.of(intention), returned)


def saying(body: dict[str, object], *, known: dict[str, object] | None = None) -> httpx.AsyncClient:
    """Return a provider that refuses everything, and answers questions where it knows something."""

    def answering(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and known is not None:
            return httpx.Response(200, json=known)
        return httpx.Response(400, json=body)

    return httpx.AsyncClient(transport=httpx.MockTransport(answering))


class Contended(MemorySandboxStore):
    """A store in which somebody else is quicker, from a moment on."""

    contended = False

    @override
    async def replace(
        self, before: SandboxPayment, after: SandboxPayment, deliveries: Sequence[Delivery]
    ) -> bool:
        return not self.contended and await super().replace(before, after, deliveries)


async def test_a_store_that_others_always_change_gives_up() -> None:
    store = Contended()
    gateway = SandboxGateway(
        store, secrets=(SECRETS["new"],), clock=Clock(), pay_url="https://x/{id}"
    )
    open_one, paid_one = an_intention(), an_intention()
    await gateway.start(open_one)
    await gateway.start(paid_one)
    await gateway.press(paid_one.id, Button.success)
    store.contended = True
    with pytest.raises(GatewayUnreachable):
        await gateway.press(open_one.id, Button.success)
    with pytest.raises(GatewayUnreachable):
        await gateway.close(Reference.of(open_one))
    with pytest.raises(GatewayUnreachable):
        await gateway.refund(Reference.of(paid_one), a_refund(1, of_won=110_000))


async def test_the_store_keeps_the_first_of_two_changes() -> None:
    store = MemorySandboxStore()
    before = await store.add(SandboxPayment(intention=an_intention(), changed_at=datetime.now(UTC)))
    after = msgspec.structs.replace(before, version=1)
    assert await store.replace(before, after, [])
    assert not await store.replace(before, after, [])


@pytest.mark.parametrize("text", ["", "x" * 101])
def test_texts_have_bounds(text: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        msgspec.structs.replace(an_intention(), title=text).__post_init__()
    with pytest.raises(ValueError, match="characters"):
        msgspec.structs.replace(a_refund(1, of_won=1), reason=text).__post_init__()


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 28)  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        an_intention(now=naive, method=Method.card)
