"""The register of the sandbox: the same answer to the same number, without a network.

Every well-formed number is a business in operation, its tax type as its middle digits suggest
(90 to 99 exempt, 82 and 83 non-profit, 89 body with an identification number, else general).
Numbers of the form ``999-81-NNNN?`` (the last digit is the check digit) play the other cases,
by NNNN; :data:`SPECIAL_NUMBERS` lists them all.

========  =========================================================================
NNNN      answer
========  =========================================================================
0002      suspended (휴업)
0003      closed (폐업) on 2025-12-31
0009      not registered
0011-0017 in operation with tax type 01 to 07
0021      in operation, but opening date and representative never match
0028      answers after three seconds
0029      unavailable
========  =========================================================================

``validate`` matches unless the number is 0021's, unknown, the name is empty, or the business
would open after today; today is given by the caller of the constructor.
"""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Final

from marketplace.members.registry.business_number import check_digit
from marketplace.members.registry.errors import RegistryUnavailable
from marketplace.members.registry.port import BusinessState, RegistryMatch, RegistryStatus, TaxType

SLOW_S: Final = 3.0
CLOSED_ON: Final = date(2025, 12, 31)


def special_number(serial: int) -> str:
    """Return the sandbox number ``999-81-NNNN?`` of a serial, without hyphens."""
    first_nine = f"99981{serial:04d}"
    return f"{first_nine}{check_digit(first_nine)}"


SUSPENDED: Final = special_number(2)
CLOSED: Final = special_number(3)
UNKNOWN: Final = special_number(9)
MISMATCHED: Final = special_number(21)
SLOW: Final = special_number(28)
UNAVAILABLE: Final = special_number(29)
BY_TAX_TYPE: Final = {kind: special_number(10 + int(kind)) for kind in TaxType}

#: Name of each special case and its number, for the page and the README of the sandbox.
SPECIAL_NUMBERS: Final = {
    "suspended": SUSPENDED,
    "closed": CLOSED,
    "unknown": UNKNOWN,
    "mismatched": MISMATCHED,
    "slow": SLOW,
    "unavailable": UNAVAILABLE,
    **{f"tax_type_{kind.value}": number for kind, number in BY_TAX_TYPE.items()},
}

_STATES = {
    SUSPENDED: BusinessState.suspended,
    CLOSED: BusinessState.closed,
    UNKNOWN: BusinessState.unknown,
}
_TAX_TYPE_OF = {number: kind for kind, number in BY_TAX_TYPE.items()}
_BY_MIDDLE = {
    "82": TaxType.non_profit,
    "83": TaxType.non_profit,
    "89": TaxType.unincorporated,
}


class SandboxRegistry:
    """Answers as the module says; never used in production.

    Args:
        today: gives the date in Asia/Seoul, asked at each call
        slow_s: how long the slow number takes [s]
    """

    def __init__(self, today: Callable[[], date], *, slow_s: float = SLOW_S) -> None:
        self._today = today
        self._slow_s = slow_s

    async def status(self, number: str) -> RegistryStatus:
        await self._mood(number)
        return _status_of(number)

    async def validate(self, number: str, opening_on: date, representative: str) -> RegistryMatch:
        await self._mood(number)
        status = _status_of(number)
        matched = (
            number != MISMATCHED
            and status.state is not BusinessState.unknown
            and bool(representative.strip())
            and opening_on <= self._today()
        )
        return RegistryMatch(matched=matched, status=status if matched else None)

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    async def _mood(self, number: str) -> None:
        if number == UNAVAILABLE:
            raise RegistryUnavailable(reason="connection")
        if number == SLOW:
            await asyncio.sleep(self._slow_s)


def _status_of(number: str) -> RegistryStatus:
    state = _STATES.get(number, BusinessState.active)
    return RegistryStatus(
        number=number,
        state=state,
        tax_type=None if state is BusinessState.unknown else _tax_type_of(number),
        closed_on=CLOSED_ON if state is BusinessState.closed else None,
    )


def _tax_type_of(number: str) -> TaxType:
    middle = number[3:5]
    if number in _TAX_TYPE_OF:
        return _TAX_TYPE_OF[number]
    if middle >= "90":
        return TaxType.exempt
    return _BY_MIDDLE.get(middle, TaxType.general)
