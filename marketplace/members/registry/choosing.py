"""Which register is asked: the tax office where a key is set; the composition roots call this."""

from datetime import UTC, date, datetime

from marketplace.clock import seoul_date
from marketplace.members.registry.port import BusinessRegistry
from marketplace.members.registry.sandbox import SandboxRegistry
from marketplace.members.registry.tax_office import TaxOfficeRegistry
from marketplace.settings import Settings


def registry_of(settings: Settings) -> BusinessRegistry:
    """Return the tax office where a key is set, else the sandbox's register."""
    if settings.registry_key is not None:
        return TaxOfficeRegistry(settings.registry_key.get_secret_value())
    return SandboxRegistry(_today)


def _today() -> date:
    return seoul_date(datetime.now(UTC))
