"""What a backup holds, and the check of every file against it.

A backup folder has three things: ``manifest.json``, ``database.dump`` (PostgreSQL's custom format)
and ``objects/<bucket>/<sha256>``. The keys of encryption are in none of them: they go into a file
of their own, which is to be kept elsewhere.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from dotenv import dotenv_values

from marketplace.errors import MarketplaceError
from marketplace.settings import BUCKETS, PREFIX, Settings
from storage.objects import ObjectKey

FORMAT: Final = 1
DUMP: Final = "database.dump"
MANIFEST: Final = "manifest.json"
OBJECTS: Final = "objects"
KEY_NAMES: Final = ("ENCRYPTION_KEYS", "SESSION_KEY")
SHA256: Final = re.compile(r"[0-9a-f]{64}")

Say = Callable[[str], None]


class BackupFailed(MarketplaceError):
    """A backup or a restore could not be carried out; nothing that existed was changed."""

    code = "backup_failed"
    ko = "백업 또는 복원을 하지 못했고 있던 것은 그대로입니다: {reason}"
    en = "The backup or restore could not be carried out, and nothing that existed was changed: {reason}"


@dataclass(frozen=True)
class StoredObject:
    """One object of the backup.

    Args:
        bucket: one of ``BUCKETS``, without the installation's prefix
        content_type: as the store gave it
    """

    bucket: str
    key: str
    size_bytes: int
    sha256: str
    content_type: str | None

    def __post_init__(self) -> None:
        ObjectKey(self.key)
        if self.bucket not in BUCKETS or not SHA256.fullmatch(self.sha256):
            raise ValueError(f"{self.bucket}/{self.sha256} is no place of an object")

    def path(self, folder: Path) -> Path:
        """Return where its bytes lie in the backup folder; equal bytes lie there once."""
        return folder / OBJECTS / self.bucket / self.sha256


@dataclass(frozen=True)
class Manifest:
    """What a backup holds.

    Args:
        made_at: [UTC]
        revision: of the dumped schema
        dump_sha256: of the dump's file
        rows: number of rows of every table, counted in the snapshot that was dumped
        keys: fingerprint of each key of encryption by its id
        objects: every object
        notes: what the person restoring should know
    """

    made_at: str
    revision: str
    dump_sha256: str
    rows: dict[str, int]
    keys: dict[str, str]
    objects: list[StoredObject]
    notes: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def summary(self) -> str:
        """How much it holds, in one line."""
        size_mb = sum(each.size_bytes for each in self.objects) / 1e6
        return f"{sum(self.rows.values())} rows, {len(self.objects)} objects ({size_mb:.1f} MB)"

    def write(self, folder: Path) -> None:
        """Write it into a backup folder."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / MANIFEST).write_text(text, encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read a backup's manifest and check every file against it.

    Raises:
        BackupFailed: a file is missing or differs
    """
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        objects = [StoredObject(**each) for each in found.pop("objects")]
        manifest = Manifest(**found, objects=objects)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupFailed(reason=f"{folder / MANIFEST} is missing or damaged") from error
    if manifest.format != FORMAT:
        raise BackupFailed(reason=f"format {manifest.format} is not known here")
    _check(folder / DUMP, manifest.dump_sha256)
    for each in manifest.objects:
        _check(each.path(folder), each.sha256)
    return manifest


def _check(path: Path, sha256: str) -> None:
    if not path.is_file() or sha256_of(path) != sha256:
        raise BackupFailed(reason=f"{path} is missing or differs from the manifest")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_prints(encryption_keys: str) -> dict[str, str]:
    """Return a fingerprint of each key by its id, which tells keys apart and reveals none."""
    pairs = (entry.strip().partition(":") for entry in encryption_keys.split(","))
    return {name: hashlib.sha256(key.encode()).hexdigest()[:16] for name, _, key in pairs}


def save_keys(settings: Settings, path: Path) -> None:
    """Write the keys of encryption into a file of their own, readable by its owner alone.

    Raises:
        FileExistsError: it exists
    """
    values = (settings.encryption_keys, settings.session_key)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(
        "".join(
            f"{PREFIX}{name}='{value.get_secret_value()}'\n"
            for name, value in zip(KEY_NAMES, values, strict=True)
        )
    )


def read_keys(path: Path, manifest: Manifest) -> Mapping[str, str]:
    """Read the keys that ``save_keys`` wrote and see that they are those of the backup.

    Raises:
        BackupFailed: the file is missing, or its keys are others
    """
    if not path.is_file():
        raise BackupFailed(reason=f"the file {path} with the keys of encryption is missing")
    found = dotenv_values(path, interpolate=False)
    values = {name: found.get(PREFIX + name) or "" for name in KEY_NAMES}
    if key_prints(values["ENCRYPTION_KEYS"]) != manifest.keys:
        raise BackupFailed(reason=f"the keys in {path} are not those of this backup")
    return {name: value for name, value in values.items() if value}
