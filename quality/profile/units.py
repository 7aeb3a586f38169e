"""Units in the names of columns: ``Torque [Nm]``, ``온도(℃)``, ``speed_mm_s``."""

import re
from typing import Final

_BRACKETED: Final = re.compile(r"[\[(（]\s*([^\])）]{1,20}?)\s*[\])）]\s*$")
_SUFFIXED: Final = re.compile(
    r"_(mm_s|m_s|kwh|kw|mm|cm|um|kg|rpm|mpa|kpa|bar|psi|hz|khz|ms|sec|min|pct|degc|nm|ma|mv)$",
    re.IGNORECASE,
)


def unit_of(name: str) -> str | None:
    """Return the unit that a name carries at its end, or None."""
    bracketed = _BRACKETED.search(name)
    if bracketed:
        return bracketed[1]
    suffixed = _SUFFIXED.search(name)
    return suffixed[1].replace("_", "/") if suffixed else None
