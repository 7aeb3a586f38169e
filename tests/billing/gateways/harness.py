"""What the contract tests need of a gateway: a buyer to play, and webhooks to look at.

Each gateway has one harness. A harness presses the buttons that a buyer would press at the
provider, and fetches what the provider would send.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from billing.gateways.facts import Intention, Method, Payer, ProviderState, Reference, Refund
from billing.gateways.port import PaymentGateway

PAYER = Payer(name="한빛정밀(시험)", email="buyer@example.com")


@dataclass(frozen=True)
class Sent:
    """A webhook as it left the provider."""

    headers: dict[str, str]
    raw: bytes


class Harness(Protocol):
    """A gateway with its provider in our hands."""

    signs: bool
    """Its webhooks carry a signature."""
    compares: bool
    """It refuses a refund when another amount is left than we believed."""
    deposits: bool
    """It has virtual accounts."""
    refused: ProviderState
    """What a payment is after the card company refused it once."""

    @property
    def gateway(self) -> PaymentGateway:
        """Return the gateway under test."""

    async def now(self) -> datetime:
        """Return the provider's time."""

    async def buyer(self, intention: Intention, act: str) -> dict[str, str]:
        """Play the buyer: pay, refuse, abandon, account, take_back; return what comes back."""

    async def lose_answer(self) -> None:
        """Have the next change done and its answer lost."""

    async def webhooks(self) -> Sequence[Sent]:
        """Take what was sent since the last time."""

    def resigned(self, sent: Sent, *, secret: str, at: datetime) -> Sent:
        """Return the same event signed anew: ``old``, ``new`` or ``stranger`` is the secret."""


def an_intention(
    *, amount_won: int = 110_000, method: Method = Method.card, now: datetime | None = None
) -> Intention:
    begun = now or datetime.now(UTC)
    return Intention(
        id=uuid4(),
        amount_won=amount_won,
        method=method,
        title="사출성형 공정 데이터 외 1건",
        return_url="https://exchange.example/pay/return",
        payer=PAYER,
        started_at=begun,
        expires_at=begun + timedelta(hours=1),
    )


def a_refund(amount_won: int, *, of_won: int, refund_id: UUID | None = None) -> Refund:
    return Refund(
        id=refund_id or uuid4(), amount_won=amount_won, refundable_won=of_won, reason="주문 취소"
    )


async def begun(harness: Harness, **wanted: object) -> tuple[Intention, Reference]:
    """Start a payment and return how to find it."""
    intention = an_intention(now=await harness.now(), **wanted)  # type: ignore[arg-type]
    started = await harness.gateway.start(intention)
    return intention, Reference.of(intention, started.provider_key)


async def paid(harness: Harness, **wanted: object) -> tuple[Intention, Reference]:
    """Start a payment and have the buyer pay it."""
    intention, reference = await begun(harness, **wanted)
    returned = await harness.buyer(intention, "pay")
    seen = await harness.gateway.finish(reference, returned)
    assert seen.state is ProviderState.paid
    return intention, Reference.of(intention, seen.provider_key)
