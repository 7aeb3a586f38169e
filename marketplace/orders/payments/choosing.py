"""The gateways of this process, by name; each is made when it is first asked for."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from billing.gateways.choice import GatewayChoice
from billing.gateways.port import PaymentGateway
from billing.gateways.sandbox import SandboxGateway
from marketplace.db import Database
from marketplace.orders.payments.sandbox_rows import DatabaseSandboxStore
from marketplace.settings import Settings

SANDBOX: Final = "sandbox"
SANDBOX_PAY: Final = "/sandbox/pay/{id}"


class Gateways:
    """The gateways by their name, and which serves which way to pay.

    Args:
        choice: the names for each way to pay
        makers: how each gateway is made
        live: real money is expected
    """

    def __init__(
        self,
        choice: GatewayChoice,
        makers: Mapping[str, Callable[[], PaymentGateway]],
        *,
        live: bool = False,
    ) -> None:
        self.choice = choice
        self.live = live
        self._makers = makers
        self._made: dict[str, PaymentGateway] = {}

    def named(self, name: str) -> PaymentGateway:
        """Return a gateway.

        Raises:
            LookupError: none of this name is configured
        """
        if name not in self._made:
            if name not in self._makers:
                raise LookupError(f"no payment gateway {name} is configured")
            self._made[name] = self._makers[name]()
        return self._made[name]

    def knows(self, name: str) -> bool:
        """Whether a gateway of this name is configured."""
        return name in self._makers

    @property
    def sandbox(self) -> SandboxGateway:
        """The sandbox's gateway.

        Raises:
            LookupError: it is not configured
        """
        found = self.named(SANDBOX)
        assert isinstance(found, SandboxGateway), "the name is the sandbox's own"
        return found


def choice_of(settings: Settings) -> GatewayChoice:
    """Return which gateway serves which way to pay."""
    names = GatewayChoice.__struct_fields__
    return GatewayChoice(**{name: getattr(settings, name) for name in names})


def gateways_of(settings: Settings, database: Database) -> Gateways:
    """Choose the gateways that the settings name; each is made, and its library loaded, when it is used."""
    makers: dict[str, Callable[[], PaymentGateway]] = {
        "stripe": lambda: _stripe(settings),
        "portone": lambda: _portone(settings),
        "toss": lambda: _toss(settings),
    }
    wanted = {name: makers[name] for name in makers if _has_keys(settings, name)}
    if settings.sandbox:
        wanted[SANDBOX] = lambda: sandbox_gateway(settings, database)
    return Gateways(choice_of(settings), wanted, live=not settings.sandbox)


def sandbox_gateway(settings: Settings, database: Database) -> SandboxGateway:
    """Return the gateway without money, which keeps its payments in our database."""
    store = DatabaseSandboxStore(database)

    async def clock() -> datetime:
        return await store.now()

    return SandboxGateway(
        store,
        secrets=[sandbox_secret(settings)],
        clock=clock,
        pay_url=settings.public_url.rstrip("/") + SANDBOX_PAY,
    )


def sandbox_secret(settings: Settings) -> str:
    """Return the secret of the sandbox's notifications, which all processes share."""
    seed = f"sandbox webhooks {settings.session_key.get_secret_value()}".encode()
    return "whsec_" + base64.b64encode(hashlib.sha256(seed).digest()).decode()


def _has_keys(settings: Settings, name: str) -> bool:
    return {
        "stripe": settings.stripe_secret_key,
        "portone": settings.portone_api_secret,
        "toss": settings.toss_secret_key,
    }[name] is not None


def _secrets(value: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in value.split(",") if one.strip())


def _stripe(settings: Settings) -> PaymentGateway:
    import httpx  # noqa: PLC0415 - only where it is used

    from billing.gateways.stripe_gateway import StripeAccount, StripeGateway  # noqa: PLC0415

    assert settings.stripe_secret_key is not None, "it is chosen by its key"
    account = StripeAccount(
        api_key=settings.stripe_secret_key.get_secret_value(),
        webhook_secrets=_secrets(settings.stripe_webhook_secrets.get_secret_value()),
        method_types=tuple(settings.stripe_method_types),
        base_url=settings.stripe_base_url,
    )
    return StripeGateway(account, httpx.AsyncClient())


def _portone(settings: Settings) -> PaymentGateway:
    import httpx  # noqa: PLC0415 - only where it is used

    from billing.gateways.facts import Method  # noqa: PLC0415
    from billing.gateways.portone_gateway import PortOneAccount, PortOneGateway  # noqa: PLC0415

    assert settings.portone_api_secret is not None, "it is chosen by its key"
    channels = {Method(name): key for name, key in settings.portone_channel_keys.items()}
    account = PortOneAccount(
        api_secret=settings.portone_api_secret.get_secret_value(),
        store_id=settings.portone_store_id,
        channel_keys=channels,
        webhook_secrets=_secrets(settings.portone_webhook_secrets.get_secret_value()),
    )
    return PortOneGateway(account, httpx.AsyncClient())


def _toss(settings: Settings) -> PaymentGateway:
    import httpx  # noqa: PLC0415 - only where it is used

    from billing.gateways.toss_gateway import TossAccount, TossGateway  # noqa: PLC0415

    assert settings.toss_secret_key is not None, "it is chosen by its key"
    account = TossAccount(
        client_key=settings.toss_client_key,
        secret_key=settings.toss_secret_key.get_secret_value(),
    )
    return TossGateway(account, httpx.AsyncClient())
