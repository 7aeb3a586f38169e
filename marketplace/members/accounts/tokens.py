"""Random secrets that people and programs carry, and the hashes that are stored of them.

All of them have 128 bits or more, so a plain SHA-256 is enough for storage: nobody can try them
out, and a row is found by its hash. Passwords are another matter (``passwords``).
"""

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass, field
from typing import Final

SESSION_ID_BYTES: Final = 32
LINK_TOKEN_BYTES: Final = 16

API_TOKEN_PREFIX: Final = "mdx_"  # noqa: S105 - the recognisable part, not a secret
# 43 signs of an alphabet of 62 carry 256 bits; letters and digits only, so that a double click
# selects the whole token and a scanner of leaked secrets finds it with a simple pattern.
API_TOKEN_RANDOM_LENGTH: Final = 43
API_TOKEN_CHECKSUM_LENGTH: Final = 6
API_TOKEN_PATTERN: Final = r"mdx_[0-9A-Za-z]{49}"  # noqa: S105 - for scanners of leaked secrets
HINT_LENGTH: Final = 8

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_API_TOKEN = re.compile(API_TOKEN_PATTERN, re.ASCII)


@dataclass(frozen=True)
class NewToken:
    """A secret just made: ``text`` goes to its holder once, ``digest`` is stored."""

    text: str = field(repr=False)
    digest: bytes


def new_session_id() -> NewToken:
    """Make the id of a session: 256 bits, 43 signs that fit a cookie."""
    return _stored(secrets.token_urlsafe(SESSION_ID_BYTES))


def new_link_token() -> NewToken:
    """Make the secret of a link sent by mail: 128 bits, 22 signs that fit an address."""
    return _stored(secrets.token_urlsafe(LINK_TOKEN_BYTES))


def new_api_token() -> NewToken:
    """Make a token for programs: ``mdx_``, 256 random bits, six signs of checksum."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(API_TOKEN_RANDOM_LENGTH))
    return _stored(f"{API_TOKEN_PREFIX}{body}{_checksum(body)}")


def digest(text: str) -> bytes:
    """Return the stored form of a secret: SHA-256, 32 bytes.

    Any text is answered, since it comes from outside; a lone surrogate has a digest that no
    stored secret has.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def is_api_token(text: str) -> bool:
    """Whether the text has the form of our tokens and its checksum fits.

    A mistyped or foreign token is refused without asking the database. The checksum proves
    nothing else: anyone can compute it.
    """
    if not _API_TOKEN.fullmatch(text):
        return False
    body = text[len(API_TOKEN_PREFIX) : -API_TOKEN_CHECKSUM_LENGTH]
    return text.endswith(_checksum(body))


def api_token_hint(text: str) -> str:
    """Return the beginning by which a person recognises the own token in a list: ``mdx_Ab12…``."""
    return f"{text[:HINT_LENGTH]}…"


def _stored(text: str) -> NewToken:
    return NewToken(text=text, digest=digest(text))


def _checksum(body: str) -> str:
    value = zlib.crc32(body.encode())
    signs = []
    for _ in range(API_TOKEN_CHECKSUM_LENGTH):
        value, position = divmod(value, len(_ALPHABET))
        signs.append(_ALPHABET[position])
    return "".join(reversed(signs))
