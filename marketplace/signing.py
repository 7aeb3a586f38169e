"""The private keys that sign quality certificates, as the settings give them, each with its time."""

import base64
import binascii
import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from marketplace.errors import ConfigurationError
from quality.keys import KEY_BYTES, SigningKey, encoded, key_id, public_of

_ENTRY: Final = re.compile(
    r"(?P<first>\d{4}-\d\d-\d\d)(?:/(?P<last>\d{4}-\d\d-\d\d))?:(?P<key>[A-Za-z0-9+/_-]+={0,2})"
)


@dataclass(frozen=True)
class Signer:
    """One private key and what is published of it."""

    published: SigningKey
    key: Ed25519PrivateKey = field(repr=False)

    def may_sign(self, at: datetime) -> bool:
        """Whether the time is within the key's."""
        until = self.published.valid_until
        return self.published.valid_from <= at and (until is None or at < until)


@dataclass(frozen=True)
class SigningRing:
    """The keys of this installation; of those whose time it is the one with the latest beginning signs."""

    signers: tuple[Signer, ...]

    @classmethod
    def parse(cls, text: str) -> "SigningRing":
        """Read the setting ``FROM:base64,FROM/UNTIL:base64``; an empty one holds no key.

        Args:
            text: days begin at 00:00 UTC, ``UNTIL`` is the first day that is too late; keys of 32 bytes in
                either alphabet of base64

        Raises:
            ConfigurationError: the form is wrong, or a key occurs twice; the message holds no key
        """
        entries = [entry.strip() for entry in text.split(",") if entry.strip()]
        signers = tuple(_parse_entry(entry, at) for at, entry in enumerate(entries, start=1))
        if len({one.published.id for one in signers}) < len(signers):
            raise ConfigurationError(reason="signing_keys: a key occurs twice")
        return cls(signers)

    def at(self, at: datetime, revoked: Collection[str] = ()) -> Signer | None:
        """Return what signs at a time, if any.

        Args:
            revoked: ids of keys that sign no more
        """
        able = [one for one in self.signers if one.may_sign(at) and one.published.id not in revoked]
        return max(able, key=lambda one: one.published.valid_from, default=None)


def new_signing_key(first: date) -> str:
    """Return one entry for the setting ``signing_keys`` with a new random key.

    Args:
        first: the day from which it signs
    """
    return f"{first.isoformat()}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def _parse_entry(entry: str, position: int) -> Signer:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        reason = f"signing_keys: entry {position} has not the form FROM:base64 or FROM/UNTIL:base64"
        raise ConfigurationError(reason=reason)
    try:
        first, last = _day(found["first"]), _day(found["last"]) if found["last"] else None
        content = base64.b64decode(found["key"].translate(str.maketrans("-_", "+/")) + "==")
    except (ValueError, binascii.Error) as error:
        raise _unusable(position) from error
    if len(content) != KEY_BYTES or (last is not None and last <= first):
        raise _unusable(position)
    key = Ed25519PrivateKey.from_private_bytes(content)
    public = public_of(key)
    published = SigningKey(
        id=key_id(public), public_key=encoded(public), valid_from=first, valid_until=last
    )
    return Signer(published, key)


def _unusable(position: int) -> ConfigurationError:
    reason = f"signing_keys: entry {position} has no {KEY_BYTES} bytes in base64 or no such days"
    return ConfigurationError(reason=reason)


def _day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), UTC)
