"""Encryption of single values at rest: AES-256-GCM, bound to their place, with a key id each.

For second-factor secrets and account numbers. Whole disks and backups are protected elsewhere.
"""

import base64
import binascii
import os
import re
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from marketplace.errors import ConfigurationError, MarketplaceError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
FORMAT: Final = 1

_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
_DOMAIN = b"marketplace.encryption.1"


class DecryptionFailed(MarketplaceError):
    """A stored value was changed, moved to another row, or is not ours: an incident."""

    code = "decryption_failed"
    ko = "저장된 값을 해독하지 못했습니다. 운영자에게 알려 주십시오."
    en = "A stored value cannot be decrypted. Please tell the operator."


class EncryptionKeyMissing(MarketplaceError):
    """The value names a key that the settings no longer hold."""

    code = "encryption_key_missing"
    ko = "저장된 값을 해독할 키 {key_id}이(가) 없습니다. 설정 encryption_keys를 확인하십시오."
    en = "The key {key_id} of a stored value is missing. Check the setting encryption_keys."


@dataclass(frozen=True)
class Place:
    """Where a value is stored; a value copied to another place cannot be read there."""

    table: str
    column: str
    row_id: UUID

    def associated_data(self, header: bytes) -> bytes:
        """Return the bytes that bind a value to this place and to its header."""
        parts = (_DOMAIN, header, self.table.encode(), self.column.encode(), self.row_id.bytes)
        return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


@dataclass(frozen=True)
class Keyring:
    """The keys of this installation; the first encrypts, all of them decrypt.

    A sealed value is: format (1 byte), length of the key id (1), key id, nonce (12), ciphertext,
    tag (16). The nonce is random: change the key before 2**32 values were sealed with it.

    Source:
        NIST SP 800-38D (2007), section 8.3, for the 2**32 limit of random 96-bit nonces.
    """

    current_id: str
    _ciphers: dict[str, AESGCM] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """Read the setting ``id:base64,id:base64``; the first key is the current one.

        Args:
            text: ids of 1 to 32 signs, keys of 32 bytes in either alphabet of base64

        Raises:
            ConfigurationError: the form is wrong, an id occurs twice, or a key has not 32
                bytes; the message never holds a part of a key
        """
        ciphers: dict[str, AESGCM] = {}
        for position, entry in enumerate(text.split(","), start=1):
            key_id, key = _parse_entry(entry.strip(), position)
            if key_id in ciphers:
                raise ConfigurationError(reason=f"encryption_keys: id {key_id} occurs twice")
            ciphers[key_id] = AESGCM(key)
        return cls(current_id=next(iter(ciphers)), _ciphers=ciphers)

    def seal(self, value: bytes, place: Place) -> bytes:
        """Encrypt a value with the current key for one place.

        Args:
            value: any length; twice the same value gives two different results
            place: table, column and row that will hold it
        """
        header = _header(self.current_id)
        nonce = os.urandom(NONCE_BYTES)
        cipher = self._ciphers[self.current_id]
        return header + nonce + cipher.encrypt(nonce, value, place.associated_data(header))

    def unseal(self, sealed: bytes, place: Place) -> bytes:
        """Decrypt a value that was sealed for this place.

        Raises:
            EncryptionKeyMissing: its key is not in the settings
            DecryptionFailed: changed, of another place, or not a sealed value
        """
        key_id, header, rest = _split(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise EncryptionKeyMissing(key_id=key_id)
        nonce, body = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, body, place.associated_data(header))
        except InvalidTag as error:
            raise DecryptionFailed from error

    def needs_rewrap(self, sealed: bytes) -> bool:
        """Whether the value is under an older key, and a job should seal it again.

        Raises:
            DecryptionFailed: not a sealed value
        """
        return _split(sealed)[0] != self.current_id

    def rewrap(self, sealed: bytes, place: Place) -> bytes:
        """Return the value under the current key; the same bytes when it is there already.

        Raises:
            EncryptionKeyMissing: its key is not in the settings
            DecryptionFailed: changed, of another place, or not a sealed value
        """
        if not self.needs_rewrap(sealed):
            return sealed
        return self.seal(self.unseal(sealed, place), place)


def new_key(key_id: str) -> str:
    """Return one entry for the setting ``encryption_keys`` with a new random key.

    Args:
        key_id: 1 to 32 letters, digits, dots, hyphens, underscores; a date serves well
    """
    assert _KEY_ID.fullmatch(key_id), "an id as the setting takes it"
    return f"{key_id}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def _parse_entry(entry: str, position: int) -> tuple[str, bytes]:
    key_id, separator, encoded = entry.partition(":")
    if not separator or not _KEY_ID.fullmatch(key_id):
        reason = f"encryption_keys: entry {position} has not the form id:base64"
        raise ConfigurationError(reason=reason)
    plain = encoded.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        key = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        reason = f"encryption_keys: key {key_id} is not {KEY_BYTES} bytes in base64"
        raise ConfigurationError(reason=reason)
    return key_id, key


def _header(key_id: str) -> bytes:
    name = key_id.encode()
    return bytes([FORMAT, len(name)]) + name


def _split(sealed: bytes) -> tuple[str, bytes, bytes]:
    """Return key id, header and the rest of a sealed value."""
    if len(sealed) < 2 or sealed[0] != FORMAT:
        raise DecryptionFailed
    end = 2 + sealed[1]
    header, rest = sealed[:end], sealed[end:]
    try:
        key_id = header[2:].decode("ascii")
    except UnicodeDecodeError as error:
        raise DecryptionFailed from error
    if not _KEY_ID.fullmatch(key_id) or len(rest) < NONCE_BYTES + TAG_BYTES:
        raise DecryptionFailed
    return key_id, header, rest
