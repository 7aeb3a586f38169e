"""The sandbox gateway in the hands of the contract tests."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from billing.gateways.facts import Intention, ProviderState
from billing.gateways.sandbox import SandboxGateway, signed
from billing.gateways.sandbox_payment import Button, Delivery
from billing.gateways.sandbox_store import MemorySandboxStore
from tests.billing.gateways.harness import Sent

SECRETS = {
    name: "whsec_" + b64encode(f"{name} secret of the tests".encode()).decode()
    for name in ("new", "old", "stranger")
}
BUTTONS = {
    "pay": Button.success,
    "refuse": Button.refusal,
    "abandon": Button.abandonment,
    "account": Button.account,
    "take_back": Button.take_back,
}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    async def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class SandboxHarness:
    """The sandbox with a store in memory."""

    signs = True
    compares = True
    deposits = True
    refused = ProviderState.failed

    def __init__(self) -> None:
        self.clock = Clock()
        self.sandbox = SandboxGateway(
            MemorySandboxStore(),
            secrets=(SECRETS["new"], SECRETS["old"]),
            clock=self.clock,
            pay_url="https://exchange.example/sandbox/{id}",
        )

    @property
    def gateway(self) -> SandboxGateway:
        return self.sandbox

    async def now(self) -> datetime:
        return await self.clock()

    async def buyer(self, intention: Intention, act: str) -> dict[str, str]:
        await self.sandbox.press(intention.id, BUTTONS[act])
        return {}

    async def lose_answer(self) -> None:
        self.sandbox.answers_to_lose = 1

    async def webhooks(self) -> Sequence[Sent]:
        return [Sent(one.headers, one.raw) for one in await self.sandbox.webhooks()]

    def resigned(self, sent: Sent, *, secret: str, at: datetime) -> Sent:
        body = msgspec.json.decode(sent.raw)
        delivery = Delivery(
            event_id=sent.headers["webhook-id"],
            kind=body["type"],
            id=body["data"]["paymentId"],
            due_at=at,
        )
        again = signed(delivery, SECRETS[secret], at)
        return Sent(again.headers, again.raw)
