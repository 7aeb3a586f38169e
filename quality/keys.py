"""Keys that sign certificates: their ids, when each may sign, and the published list of them. Pure."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from msgspec import Meta, Struct

from quality.errors import KeysUnreadable

KEY_BYTES: Final = 32
# Half of a SHA-256: nobody finds a second key with the same id.
ID_DIGITS: Final = 32

Instant = Annotated[datetime, Meta(tz=True)]


class SigningKey(Struct, frozen=True, kw_only=True):
    """A public key as its owner publishes it.

    Args:
        id: the first 32 digits of the SHA-256 of the key's 32 bytes
        public_key: Ed25519, 32 bytes in base64
        valid_from, valid_until: what it signs outside of this time is refused; no end where none is set
        revoked_at: what it signs from then on is refused
    """

    id: str
    public_key: str
    valid_from: Instant
    valid_until: Instant | None = None
    revoked_at: Instant | None = None


class SigningKeys(Struct, frozen=True):
    """The published list: every key that ever signed."""

    items: tuple[SigningKey, ...]


def key_id(public: bytes) -> str:
    """Return the id of a public key."""
    return hashlib.sha256(public).hexdigest()[:ID_DIGITS]


def public_of(key: Ed25519PrivateKey) -> bytes:
    """Return the 32 bytes of the public half."""
    return key.public_key().public_bytes_raw()


def encoded(content: bytes) -> str:
    """Return bytes in base64."""
    return base64.b64encode(content).decode()


def decoded(text: str) -> bytes | None:
    """Return the bytes of a base64 that is written in its one way; None for anything else."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if encoded(content) == text else None


def loaded(text: str) -> Ed25519PublicKey | None:
    """Return the public key of a base64; None where it is none."""
    content = decoded(text)
    if content is None or len(content) != KEY_BYTES:
        return None
    return Ed25519PublicKey.from_public_bytes(content)


def read_keys(content: bytes) -> Mapping[str, SigningKey]:
    """Read a published list, keys by id.

    Raises:
        KeysUnreadable: it is none, an id stands twice, or is not the hash of its key
    """
    try:
        found = msgspec.json.decode(content, type=SigningKeys).items
    except (msgspec.DecodeError, RecursionError) as error:
        raise KeysUnreadable(str(error)) from error
    for one in found:
        public = decoded(one.public_key)
        if public is None or len(public) != KEY_BYTES or key_id(public) != one.id:
            raise KeysUnreadable(f"{one.id} is not the id of its key")
    by_id = {one.id: one for one in found}
    if len(by_id) < len(found):
        raise KeysUnreadable("an id stands twice")
    return by_id
