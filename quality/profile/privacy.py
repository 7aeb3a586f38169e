"""Cells that look like personal data; text alone is searched, never the digits of numbers.

Source:
    주민등록법 시행규칙 제2조: YYMMDD, then a digit 1 to 8 (1 to 4 residents, 5 to 8 foreigners). Numbers
    given out since October 2020 have no check digit, so none is asked for.
"""

from typing import Final

RESIDENT: Final = (
    r"(^|[^0-9-])[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])\s?-\s?[1-8][0-9]{6}($|[^0-9-])"
)
MOBILE: Final = r"(^|[^0-9-])01[016789][- .]?[0-9]{3,4}[- .]?[0-9]{4}($|[^0-9-])"
MAIL: Final = (
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,5}\.[A-Za-z]{2,24}"
)
PATTERNS: Final = (("PII_RRN", RESIDENT), ("PII_CONTACT", f"{MOBILE}|{MAIL}"))
# Any of them, for a first look.
ANY: Final = "|".join(pattern for _, pattern in PATTERNS)


def masked(text: str) -> str:
    """Return a value with all digits and letters but the first three hidden."""
    return text[:3] + "".join("*" if one.isalnum() else one for one in text[3:40])
