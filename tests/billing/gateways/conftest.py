"""Every gateway with its provider in our hands; the contract tests run over each."""

from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest

from tests.billing.gateways.harness import Harness
from tests.billing.gateways.sandboxed import SandboxHarness
from tests.billing.gateways.simulated import PortOneHarness, Simulated, StripeHarness, TossHarness


@pytest.fixture(scope="session")
def stripe_process() -> Iterator[Simulated]:
    """The simulator of Stripe's shape."""
    simulated = Simulated("stripe")
    yield simulated
    simulated.stop()


@pytest.fixture(scope="session")
def portone_process() -> Iterator[Simulated]:
    """The simulator of PortOne's shape."""
    simulated = Simulated("portone")
    yield simulated
    simulated.stop()


@pytest.fixture(scope="session")
def toss_process() -> Iterator[Simulated]:
    """The simulator of Toss Payments' shape."""
    simulated = Simulated("toss")
    yield simulated
    simulated.stop()


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """The client that the composition root would make."""
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture(params=["sandbox", "stripe", "portone", "toss"])
async def harness(request: pytest.FixtureRequest, http: httpx.AsyncClient) -> Harness:
    """One gateway after the other."""
    if request.param == "sandbox":
        return SandboxHarness()
    kinds: dict[str, Callable[[Simulated, httpx.AsyncClient], Harness]] = {
        "stripe": StripeHarness,
        "portone": PortOneHarness,
        "toss": TossHarness,
    }
    process: Simulated = request.getfixturevalue(f"{request.param}_process")
    return kinds[request.param](process, http)


@pytest.fixture
def sandbox() -> SandboxHarness:
    """The sandbox alone, for what only it can do."""
    return SandboxHarness()


@pytest.fixture
def stripe(stripe_process: Simulated, http: httpx.AsyncClient) -> StripeHarness:
    """Stripe alone."""
    return StripeHarness(stripe_process, http)


@pytest.fixture
def portone(portone_process: Simulated, http: httpx.AsyncClient) -> PortOneHarness:
    """PortOne alone."""
    return PortOneHarness(portone_process, http)


@pytest.fixture
def toss(toss_process: Simulated, http: httpx.AsyncClient) -> TossHarness:
    """Toss Payments alone."""
    return TossHarness(toss_process, http)
