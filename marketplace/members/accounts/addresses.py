"""Mail addresses and names as they are compared and stored."""

import unicodedata
from typing import Annotated, Final

import msgspec

ADDRESS_LENGTH_MAX: Final = 254
# One @, a host with a dot, no spaces, no quoting: what every mail server takes without surprises.
ADDRESS_PATTERN: Final = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"
)

EmailAddress = Annotated[str, msgspec.Meta(max_length=ADDRESS_LENGTH_MAX, pattern=ADDRESS_PATTERN)]


def normal_email(typed: str) -> str:
    """Return a mail address as it is stored and compared."""
    return unicodedata.normalize("NFC", typed).strip().lower()


def normal_name(typed: str) -> str:
    """Return a name or label as it is stored: composed Hangul, no space around it."""
    return unicodedata.normalize("NFC", typed).strip()


def masked_email(email: str) -> str:
    """Return enough of an address to recognise it, for records that outlive the account: b•••@example.com."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}•••@{host}"
