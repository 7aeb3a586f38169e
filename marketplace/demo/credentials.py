"""Passwords and second factors of the demonstration, made once for each installation.

They lie in ``demo.json`` of the data folder, readable by its owner alone.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from marketplace.errors import ConfigurationError
from marketplace.members.accounts.totp import new_secret
from marketplace.settings import Settings

FILE: Final = "demo.json"
_LOCK: Final = "demo.lock"
# Easy to type: twelve of 30 syllables and four digits carry 72 bits.
_SYLLABLES: Final = (
    "ba be bi bo bu da de di do du ga ge gi go gu ka ke ki ko ku ma me mi mo mu na ne ni no nu"
)
_WORDS: Final = 4


class DemonstrationRefused(ConfigurationError):
    """The demonstration was asked for in production."""

    code = "demonstration_refused"
    ko = "시연 자료는 시험 환경에서만 씁니다. MARKETPLACE_ENV를 확인하십시오."
    en = "The demonstration is for the sandbox only. Check MARKETPLACE_ENV."


class Credential(msgspec.Struct, frozen=True):
    """What one person of the demonstration signs in with."""

    password: str
    secret: str


def require_sandbox(settings: Settings) -> None:
    """Refuse the demonstration in production.

    Raises:
        DemonstrationRefused: the settings are those of production
    """
    if not settings.sandbox:
        raise DemonstrationRefused


def read_or_make(data_dir: Path, emails: Sequence[str]) -> dict[str, Credential]:
    """Return the credentials of these people; missing ones are made and kept.

    Args:
        data_dir: folder with the data of the installation

    Raises:
        ConfigurationError: the file cannot be read or written
    """
    try:
        with _locked(data_dir):
            known = _read(data_dir / FILE)
            missing = [email for email in emails if email not in known]
            if missing:
                known.update((email, _new()) for email in missing)
                _write(data_dir / FILE, known)
            return {email: known[email] for email in emails}
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationError(reason=f"{data_dir / FILE}: {error}") from error


def find(data_dir: Path, email: str) -> Credential | None:
    """Return the credential of one person, or None before the demonstration was loaded.

    Raises:
        ConfigurationError: the file cannot be read
    """
    try:
        return _read(data_dir / FILE).get(email)
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationError(reason=f"{data_dir / FILE}: {error}") from error


@contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    data_dir.mkdir(parents=True, exist_ok=True)
    handle = os.open(data_dir / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _read(path: Path) -> dict[str, Credential]:
    if not path.exists():
        return {}
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Credential])


def _write(path: Path, known: dict[str, Credential]) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(known)))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _new() -> Credential:
    syllables = _SYLLABLES.split()
    words = ["".join(secrets.choice(syllables) for _ in range(3)) for _ in range(_WORDS)]
    return Credential(
        password="-".join([*words, f"{secrets.randbelow(10_000):04d}"]), secret=new_secret()
    )
