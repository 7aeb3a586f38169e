"""The second factor by an authenticator app (TOTP), and the recovery codes that stand in for it.

Pure: the time and the last used step come in, the matched step goes out and is stored by the
caller under a row lock, so that a code works once.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

import pyotp
import qrcode

STEP_S: Final = 30
DIGITS: Final = 6
WINDOW_STEPS: Final = 1
SECRET_LENGTH: Final = 32
RECOVERY_CODES: Final = 10
RECOVERY_CODE_LENGTH: Final = 24
TYPED_LENGTH_MAX: Final = 64

# Crockford's base32: no I, L, O and U, which people misread.
_RECOVERY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110")
_SEPARATORS = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212\u200b\u2060\ufeff]+")
_CODE = re.compile(rf"[0-9]{{{DIGITS}}}", re.ASCII)
_RECOVERY_CODE = re.compile(rf"[{_RECOVERY_ALPHABET}]{{{RECOVERY_CODE_LENGTH}}}", re.ASCII)


@dataclass(frozen=True)
class QrCode:
    """A QR code for a template: ``<svg viewBox="0 0 size size"><path d="path"/></svg>``.

    ``size`` counts modules with the quiet zone of four; the path fills the dark ones. It needs a
    light ground in every theme.
    """

    size: int
    path: str


def new_secret() -> str:
    """Make the secret of an authenticator app: 160 random bits in base32, 32 signs.

    Source:
        RFC 4226 (2005), section 4, R6: 160 bits are recommended.
    """
    return pyotp.random_base32(SECRET_LENGTH)


def provisioning_uri(secret: str, *, account: str, issuer: str) -> str:
    """Return the address that an authenticator app reads (``otpauth://totp/...``).

    Args:
        secret: of ``new_secret``
        account: the person's mail address
        issuer: name of the exchange as the app shows it
    """
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S).provisioning_uri(
        name=account, issuer_name=issuer
    )


def qr_code(text: str) -> QrCode:
    """Draw a text as a QR code without inline style, for a page with a strict policy.

    Args:
        text: a provisioning address; up to about 2,000 bytes fit
    """
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    rows: list[list[bool]] = code.get_matrix()
    return QrCode(size=len(rows), path="".join(_dark_runs(rows)))


def canonical_code(text: str) -> str | None:
    """Return the six ASCII digits of what was typed, or None when it is no code.

    Full-width digits become plain ones; spaces and hyphens go. Done before any comparison, so
    that two spellings of a code are one code.
    """
    plain = _plain(text)
    return plain if plain and _CODE.fullmatch(plain) else None


def verify(secret: str, typed: str, *, at: datetime, last_step: int) -> int | None:
    """Return the step whose code was typed, or None when there is none that is still unused.

    The caller stores the step, with the row locked, before it lets anybody in.

    Args:
        secret: of ``new_secret``
        typed: what the person typed
        at: the time of the database [UTC]
        last_step: the step stored at the last success, 0 at first

    Returns:
        A step within one of now, above ``last_step``.

    Source:
        RFC 6238 (2011), section 5.2: one use, one step of delay each way.
    """
    code = canonical_code(typed)
    if code is None:
        return None
    now_step = step_of(at)
    matched = None
    for step in range(now_step - WINDOW_STEPS, now_step + WINDOW_STEPS + 1):
        if hmac.compare_digest(code_of_step(secret, step), code) and step > last_step:
            matched = step
    return matched


def step_of(at: datetime) -> int:
    """Return the number of the thirty-second step of an aware instant.

    Raises:
        ValueError: the instant has no zone
    """
    if at.tzinfo is None:
        raise ValueError("an instant without a zone has no step")
    return int(at.timestamp()) // STEP_S


def code_of_step(secret: str, step: int) -> str:
    """Return the code of a step; for the demonstration's people and for tests."""
    return pyotp.HOTP(secret, digits=DIGITS).at(step)


def new_recovery_codes() -> list[str]:
    """Make ten recovery codes of 120 bits, in the form shown to the person once.

    Their length is the price of a plain hash: with 112 bits and more a code needs no slow one,
    and ten slow hashes for each try would fill the queue of the passwords.

    Source:
        OWASP ASVS 5.0, 6.5.2.
    """
    return [_new_recovery_code() for _ in range(RECOVERY_CODES)]


def recovery_code_hash(user_id: UUID, typed: str) -> bytes | None:
    """Return the stored form of a recovery code, or None when the text is no such code.

    The person's id is hashed with it, so that a row copied to another person opens nothing. The
    caller marks the found row as used in the transaction that lets the person in.

    Args:
        user_id: whose code it is
        typed: with or without hyphens, spaces, full-width or small letters, O for 0, I and L for 1
    """
    plain = _plain(typed)
    code = plain.upper().translate(_MISREAD) if plain else ""
    if not _RECOVERY_CODE.fullmatch(code):
        return None
    return hashlib.sha256(b"recovery-code\x00" + user_id.bytes + code.encode()).digest()


def _dark_runs(rows: list[list[bool]]) -> Iterator[str]:
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width


def _new_recovery_code() -> str:
    signs = "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(RECOVERY_CODE_LENGTH))
    return "-".join(signs[start : start + 4] for start in range(0, RECOVERY_CODE_LENGTH, 4))


def _plain(typed: str) -> str | None:
    if len(typed) > TYPED_LENGTH_MAX:
        return None
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed))
