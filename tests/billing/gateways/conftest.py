"""Every gateway with its provider in our hands; the contract tests run over each."""

import pytest

from tests.billing.gateways.harness import Harness
from tests.billing.gateways.sandboxed import SandboxHarness


@pytest.fixture(params=["sandbox"])
async def harness(request: pytest.FixtureRequest) -> Harness:
    """One gateway after the other."""
    return SandboxHarness()


@pytest.fixture
def sandbox() -> SandboxHarness:
    """The sandbox alone, for what only it can do."""
    return SandboxHarness()
