"""Adapters over simulators that run as processes of their own."""

import base64
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from billing.gateways.facts import Intention, Method, ProviderState
from billing.gateways.portone_gateway import PortOneAccount, PortOneGateway
from billing.gateways.stripe_gateway import StripeAccount, StripeGateway
from billing.gateways.toss_gateway import TossAccount, TossGateway
from tests.billing.gateways.harness import Sent
from tests.billing.gateways.simulators import portone as portone_simulator
from tests.billing.gateways.simulators import stripe as stripe_simulator
from tests.billing.gateways.simulators import toss as toss_simulator
from tests.repository import ROOT


class Simulated:
    """A simulator's process, started once for a test run."""

    def __init__(self, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.billing.gateways.simulators.{name}"],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.client = httpx.Client(base_url=self.url)

    def control(self, path: str, **body: object) -> Any:
        answer = self.client.post(f"/_sim/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stop(self) -> None:
        self.client.close()
        self.process.terminate()
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()


class SimulatedHarness:
    """What the three providers have in common for the contract tests."""

    signs = True
    compares = False
    deposits = False
    refused = ProviderState.failed

    def __init__(self, simulated: Simulated, http: httpx.AsyncClient) -> None:
        self.http = http
        self.simulated = simulated
        simulated.control("lose", count=0)
        simulated.control("break", count=0)

    async def now(self) -> datetime:
        return datetime.now(UTC)

    async def buyer(self, intention: Intention, act: str) -> dict[str, str]:
        returned: dict[str, str] = self.simulated.control(
            "buyer",
            id=str(intention.id),
            act=act,
            amount_won=intention.amount_won,
            method=intention.method.value,
        )
        return returned

    async def lose_answer(self) -> None:
        self.simulated.control("lose", count=1)

    async def webhooks(self) -> Sequence[Sent]:
        return [
            Sent(one["headers"], base64.b64decode(one["raw"]))
            for one in self.simulated.control("webhooks")
        ]


class StripeHarness(SimulatedHarness):
    """Stripe's adapter over the simulator of its shape."""

    refused = ProviderState.open
    """The page stays open for another card."""

    def __init__(self, simulated: Simulated, http: httpx.AsyncClient, *, retries: int = 0) -> None:
        super().__init__(simulated, http)
        secrets = stripe_simulator.SECRETS
        self.account = StripeAccount(
            api_key=stripe_simulator.API_KEY,
            webhook_secrets=(secrets["new"], secrets["old"]),
            base_url=simulated.url,
            retries=retries,
        )
        self.stripe = StripeGateway(self.account, http)

    @property
    def gateway(self) -> StripeGateway:
        return self.stripe

    def resigned(self, sent: Sent, *, secret: str, at: datetime) -> Sent:
        key = stripe_simulator.SECRETS[secret]
        headers = stripe_simulator.signed_headers(sent.raw, key, int(at.timestamp()))
        return Sent(headers, sent.raw)


class PortOneHarness(SimulatedHarness):
    """PortOne's adapter over the simulator of its shape."""

    compares = True
    deposits = True

    def __init__(self, simulated: Simulated, http: httpx.AsyncClient) -> None:
        super().__init__(simulated, http)
        secrets = portone_simulator.SECRETS
        self.account = PortOneAccount(
            api_secret=portone_simulator.API_SECRET,
            store_id=portone_simulator.STORE_ID,
            channel_keys={method: f"channel-key-{method}" for method in Method},
            webhook_secrets=(secrets["new"], secrets["old"]),
            base_url=simulated.url,
        )
        self.portone = PortOneGateway(self.account, http)

    @property
    def gateway(self) -> PortOneGateway:
        return self.portone

    def resigned(self, sent: Sent, *, secret: str, at: datetime) -> Sent:
        headers = portone_simulator.signed_headers(
            sent.raw,
            sent.headers["Webhook-Id"],
            portone_simulator.SECRETS[secret],
            int(at.timestamp()),
        )
        return Sent(headers, sent.raw)


class TossHarness(SimulatedHarness):
    """Toss Payments' adapter over the simulator of its shape; its webhooks carry no signature."""

    signs = False
    deposits = True

    def __init__(self, simulated: Simulated, http: httpx.AsyncClient) -> None:
        super().__init__(simulated, http)
        self.account = TossAccount(
            client_key=toss_simulator.CLIENT_KEY,
            secret_key=toss_simulator.SECRET_KEY,
            base_url=simulated.url,
        )
        self.toss = TossGateway(self.account, http)

    @property
    def gateway(self) -> TossGateway:
        return self.toss

    def resigned(self, sent: Sent, *, secret: str, at: datetime) -> Sent:
        del secret, at
        return sent
