"""What we tell a gateway and what it tells us, in our own words. Amounts are whole won."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Self, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

SEOUL: Final = ZoneInfo("Asia/Seoul")
TITLE_CHARACTERS_MAX: Final = 100
"""Source: Toss Payments, ``orderName``; the shortest of all gateways."""
AMOUNT_WON_MAX: Final = 10**12

Headers: TypeAlias = Mapping[str, str]


class Method(StrEnum):
    """How a buyer pays."""

    card = "card"
    transfer = "transfer"
    virtual_account = "virtual_account"
    kakaopay = "kakaopay"
    naverpay = "naverpay"
    tosspay = "tosspay"


class ProviderState(StrEnum):
    """What a provider says of a payment, in words that hold for all providers. May regress."""

    absent = "absent"
    """The provider knows nothing of it: the buyer never came, or the call never arrived."""
    open = "open"
    """Begun and not paid; the buyer can still pay."""
    awaiting_deposit = "awaiting_deposit"
    """A virtual account waits for its deposit; also after the bank took a deposit back."""
    paid = "paid"
    partly_refunded = "partly_refunded"
    refunded = "refunded"
    failed = "failed"
    """Refused by card company or bank."""
    closed = "closed"
    """Given up by the buyer, expired, or closed by us before anything was paid."""


class RefundState(StrEnum):
    """What became of a refund at the provider."""

    done = "done"
    pending = "pending"
    failed = "failed"


class MovementKind(StrEnum):
    """The direction of money in a provider's list."""

    paid = "paid"
    refunded = "refunded"


def require_won(amount_won: int, what: str) -> None:
    """Refuse an amount that is no whole, positive number of won.

    Raises:
        ValueError: not an ``int``, below 1 or above ``AMOUNT_WON_MAX``
    """
    if type(amount_won) is not int or not 1 <= amount_won <= AMOUNT_WON_MAX:
        raise ValueError(f"{what} {amount_won!r} is no amount of whole won above 0")


class Payer(Struct, frozen=True, kw_only=True):
    """Who pays, as the gateway's form shows it."""

    name: str
    email: str


class Intention(Struct, frozen=True, kw_only=True):
    """One attempt to take money, stored by the caller before any gateway hears of it.

    Args:
        id: ours; also the idempotency key and the provider's order number
        amount_won: with VAT [won]
        title: what the buyer reads on the gateway's page, 1 to 100 characters
        return_url: where the browser comes back to, whatever happened
        started_at: when the intention was stored [UTC]
        expires_at: when the gateway may stop waiting for the buyer [UTC]
    """

    id: UUID
    amount_won: int
    method: Method
    title: str
    return_url: str
    payer: Payer
    started_at: datetime
    expires_at: datetime

    def __post_init__(self) -> None:
        require_won(self.amount_won, "amount_won")
        if not 1 <= len(self.title) <= TITLE_CHARACTERS_MAX:
            raise ValueError(f"the title has {len(self.title)} characters")
        if self.started_at.tzinfo is None or self.expires_at.tzinfo is None:
            raise ValueError("instants carry their zone")


class Reference(Struct, frozen=True, kw_only=True):
    """What is needed to find a payment again.

    Args:
        id: of the intention
        provider_key: the provider's own id, empty while we do not know it
        started_at: of the intention; bounds the search where the provider's id is not known
    """

    id: UUID
    amount_won: int
    method: Method
    started_at: datetime
    provider_key: str = ""

    @classmethod
    def of(cls, intention: Intention, provider_key: str = "") -> Self:
        """Return the reference of an intention."""
        return cls(
            id=intention.id,
            amount_won=intention.amount_won,
            method=intention.method,
            started_at=intention.started_at,
            provider_key=provider_key,
        )


class BrowserKit(Struct, frozen=True, kw_only=True):
    """A payment that starts in the provider's script, on ``/pay/{attempt}`` alone.

    ``request`` holds public values only and is written into the page as data.
    """

    gateway: str
    script_url: str
    request: dict[str, object]


class Started(Struct, frozen=True, kw_only=True):
    """How the buyer goes on: by a link to the provider, or by its browser kit. One of the two."""

    provider_key: str
    redirect_url: str = ""
    kit: BrowserKit | None = None


class DepositAccount(Struct, frozen=True, kw_only=True):
    """A virtual account that waits for one deposit of the exact amount."""

    bank: str
    number: str
    holder: str
    due_at: datetime | None


class Failure(Struct, frozen=True, kw_only=True):
    """Why a payment did not come about, in the provider's words."""

    code: str
    message: str


class RefundAccount(Struct, frozen=True, kw_only=True):
    """Where the money of a virtual account goes back to; ``bank`` is the code of the interbank network."""

    bank: str
    number: str
    holder: str


class Refund(Struct, frozen=True, kw_only=True):
    """One refund, stored by the caller before any gateway hears of it.

    Args:
        id: ours; also the idempotency key
        amount_won: what goes back [won]
        refundable_won: what we believe is left of the payment before this refund [won]; a gateway
            that can compare it does, and refuses when somebody else refunded meanwhile
        reason: read by the buyer on some providers' receipts, 1 to 100 characters
        account: for a virtual account
    """

    id: UUID
    amount_won: int
    refundable_won: int
    reason: str
    account: RefundAccount | None = None

    def __post_init__(self) -> None:
        require_won(self.amount_won, "amount_won")
        require_won(self.refundable_won, "refundable_won")
        if not 1 <= len(self.reason) <= TITLE_CHARACTERS_MAX:
            raise ValueError(f"the reason has {len(self.reason)} characters")


class RefundSeen(Struct, frozen=True, kw_only=True):
    """A refund as the provider tells it. ``refund_id`` is ours, or None where it is not ours."""

    refund_id: UUID | None
    provider_key: str
    amount_won: int
    state: RefundState
    refunded_at: datetime | None = None


class PaymentSeen(Struct, frozen=True, kw_only=True):
    """The provider's truth about one payment at one instant.

    Args:
        state: in our words; ``provider_status`` is the provider's own word, kept apart
        amount_won: what the provider believes is to be paid [won]; 0 where it is absent
        refunded_won: refunds that are done or under way [won]
        live: real money; False for a test channel or key
        disputed: the payer's bank contests the payment
        asked_at: when the provider was asked [UTC]
    """

    gateway: str
    id: UUID
    state: ProviderState
    provider_status: str
    provider_key: str
    amount_won: int
    refunded_won: int
    live: bool
    asked_at: datetime
    currency: str = "KRW"
    paid_at: datetime | None = None
    receipt_url: str = ""
    account: DepositAccount | None = None
    failure: Failure | None = None
    refunds: tuple[RefundSeen, ...] = ()
    disputed: bool = False


def absent(gateway: str, reference: Reference, asked_at: datetime) -> PaymentSeen:
    """Return the truth where the provider knows nothing."""
    return PaymentSeen(
        gateway=gateway,
        id=reference.id,
        state=ProviderState.absent,
        provider_status="",
        provider_key="",
        amount_won=0,
        refunded_won=0,
        live=False,
        asked_at=asked_at,
    )


class Movement(Struct, frozen=True, kw_only=True):
    """One line of a provider's list of a day; ``id`` is None where it is not one of ours."""

    kind: MovementKind
    id: UUID | None
    provider_key: str
    amount_won: int
    moved_at: datetime
    refund_id: UUID | None = None


class WebhookHint(Struct, frozen=True, kw_only=True):
    """What a webhook is about. It is a hint: the truth is asked for afterwards.

    Args:
        event_id: of this event, the same when it is sent again
        kind: the provider's word
        id: of our intention, where the body names it
        signed: False where the provider signs nothing; then even the hint is anybody's
    """

    gateway: str
    event_id: str
    kind: str
    id: UUID | None
    provider_key: str
    signed: bool


def day_in_seoul(day: date) -> tuple[datetime, datetime]:
    """Return the first instant of a day in Seoul and of the next."""
    begin = datetime.combine(day, time.min, SEOUL)
    return begin, begin + timedelta(days=1)


def state_of_refunds(paid_won: int, refunded_won: int) -> ProviderState:
    """Return the state of something paid by what went back of it."""
    if refunded_won <= 0:
        return ProviderState.paid
    return ProviderState.refunded if refunded_won >= paid_won else ProviderState.partly_refunded


def our_id(text: object) -> UUID | None:
    """Return the id that a provider gives back, or None where it is not one of ours."""
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
