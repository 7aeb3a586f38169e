"""Our id inside the reason of a refund, where a provider has no other place for it."""

import re
from typing import Final
from uuid import UUID

from billing.gateways.errors import KeyReused
from billing.gateways.facts import PaymentSeen, Refund, RefundSeen

MARK: Final = re.compile(r"\[([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]$")


def marked(refund: Refund) -> str:
    """Return the reason with our id at its end."""
    return f"{refund.reason} [{refund.id}]"


def id_in(reason: str) -> UUID | None:
    """Return our id from a reason, None where the refund was made by somebody else."""
    found = MARK.search(reason)
    return UUID(found.group(1)) if found else None


def made_before(gateway: str, seen: PaymentSeen, refund: Refund) -> RefundSeen | None:
    """Return this refund where the provider has it: its keys are forgotten some day.

    Raises:
        KeyReused: it has it with another amount
    """
    for one in seen.refunds:
        if one.refund_id == refund.id:
            if one.amount_won != refund.amount_won:
                raise KeyReused(gateway, f"{refund.id} was {one.amount_won} won")
            return one
    return None
