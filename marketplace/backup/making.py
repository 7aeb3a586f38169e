"""``marketplace backup``: everything into a new folder, while the exchange works.

The rows are counted in the snapshot that is dumped. Objects are copied afterwards; they never
change, so every object that the dump names is among them.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from marketplace.backup.manifest import (
    DUMP,
    BackupFailed,
    Manifest,
    Say,
    StoredObject,
    key_prints,
    save_keys,
    sha256_of,
)
from marketplace.backup.programs import revision_of, row_counts, run_program
from marketplace.errors import ConfigurationError
from marketplace.settings import BUCKETS, PREFIX, Settings, libpq_url
from marketplace.stores import store_connection
from storage.errors import ObjectMissing, StorageError
from storage.objects import Bucket, ObjectKey
from storage.s3 import S3Store

PAGE_COUNT = 1_000


def make_backup(settings: Settings, target: Path, keys: Path, *, say: Say) -> Manifest:
    """Back everything up.

    Args:
        settings: of a running exchange
        target: a folder that does not exist yet; it appears when the backup is whole
        keys: a file that does not exist yet, outside the folder, for the keys of encryption
        say: told about each step

    Raises:
        BackupFailed: target or keys exist, a program or a server failed
        ConfigurationError: no address for the backup role
    """
    url = settings.database_backup_url
    if url is None:
        raise ConfigurationError(reason=f"{PREFIX}DATABASE_BACKUP_URL is not set")
    target, keys = target.absolute(), keys.absolute()
    _refuse_existing(target, keys)
    half = target.with_name(f"{target.name}.half")
    try:
        half.mkdir(parents=True, mode=0o700)
        manifest = _fill(settings, libpq_url(url), half, say)
        save_keys(settings, keys)
        os.sync()  # the folder gets its name when its bytes are safe from a power failure
        half.rename(target)
    except BaseException as error:
        shutil.rmtree(half, ignore_errors=True)
        if isinstance(error, OSError | StorageError | psycopg.Error):
            raise BackupFailed(reason=str(error).strip()) from error
        raise
    say(manifest.summary)
    return manifest


def _refuse_existing(target: Path, keys: Path) -> None:
    if keys == target or target in keys.parents:
        raise BackupFailed(reason=f"{keys} must lie outside the backup, it opens what is in there")
    for path in (target, keys):
        if path.exists():
            raise BackupFailed(reason=f"{path} exists already; name a new one")


def _fill(settings: Settings, address: str, folder: Path, say: Say) -> Manifest:
    say("database")
    with psycopg.connect(address, connect_timeout=5) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row is not None, "the function returns one row"
        options = ("--format=custom", f"--snapshot={row[0]}", f"--file={folder / DUMP}")
        run_program("pg_dump", address, *options)
        rows, revision = row_counts(connection), revision_of(connection)
    notes: list[str] = []
    objects = list(_copy_objects(settings, folder, notes, say))
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        revision=revision,
        dump_sha256=sha256_of(folder / DUMP),
        rows=rows,
        keys=key_prints(settings.encryption_keys.get_secret_value()),
        objects=objects,
        notes=notes,
    )
    manifest.write(folder)
    return manifest


def _copy_objects(
    settings: Settings, folder: Path, notes: list[str], say: Say
) -> Iterator[StoredObject]:
    store = S3Store(store_connection(settings))
    for name in BUCKETS:
        bucket = Bucket(settings.bucket(name))
        say(f"objects of {bucket.name}")
        after = ""
        while page := store.list_objects(bucket, after=after, limit_count=PAGE_COUNT):
            for facts in page:
                try:
                    yield _copy_object(store, bucket, name, facts.key, folder)
                except ObjectMissing:
                    notes.append(f"{name}/{facts.key.value} was removed during the backup")
            after = page[-1].key.value


def _copy_object(
    store: S3Store, bucket: Bucket, name: str, key: ObjectKey, folder: Path
) -> StoredObject:
    digest, size_bytes = hashlib.sha256(), 0
    content_type = store.stat(bucket, key).content_type
    arriving = folder / "arriving"
    with arriving.open("wb") as file:
        for chunk in store.read(bucket, key):
            digest.update(chunk)
            size_bytes += file.write(chunk)
    copied = StoredObject(name, key.value, size_bytes, digest.hexdigest(), content_type)
    copied.path(folder).parent.mkdir(parents=True, exist_ok=True)
    arriving.rename(copied.path(folder))
    return copied
