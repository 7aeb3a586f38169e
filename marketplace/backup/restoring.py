"""``marketplace restore``: a backup back into an empty data folder with servers of its own."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import psycopg

from marketplace.backup.manifest import (
    DUMP,
    BackupFailed,
    Manifest,
    Say,
    read_keys,
    read_manifest,
)
from marketplace.backup.programs import row_counts, run_program
from marketplace.embedded.accounts import Place, claim
from marketplace.embedded.generated import GeneratedSettings
from marketplace.embedded.holding import holding
from marketplace.embedded.postgres import DATABASE
from marketplace.embedded.servers import Servers, build_servers, given_settings, origin_of, running
from marketplace.revision import MIGRATIONS, revisions_in
from marketplace.schema import migrate, set_clock
from marketplace.settings import PREFIX, Settings, load_settings
from marketplace.stores import make_buckets, store_connection
from marketplace.supervisor.demonstration import LOADED
from storage.errors import StorageError
from storage.objects import Bucket, ObjectKey
from storage.s3 import S3Store

BINARY = "application/octet-stream"
OWN = {"DATABASE_URL", "S3_ENDPOINT", "ENCRYPTION_KEYS", "SESSION_KEY"}
"""Settings that a restored sandbox has of its own."""


class Examine(Protocol):
    """The doctor, told that no worker runs yet."""

    def __call__(self, settings: Settings, *, worker_expected: bool) -> bool:
        """Examine the restored exchange while its servers run; return whether it is healthy."""


def restore_backup(source: Path, data_dir: Path, keys: Path, *, say: Say, examine: Examine) -> bool:
    """Restore into a data folder that is empty or missing, and prove row counts and objects.

    Args:
        source: folder of a backup
        data_dir: of the new exchange; emptied again when the restore fails
        keys: file with the keys of encryption that the backup was made under
        say: told about each step
        examine: looks at the result while the servers still run

    Returns:
        What ``examine`` found.

    Raises:
        BackupFailed: the folder is not empty, a file differs, keys do not fit, counts differ
    """
    data_dir = data_dir.absolute()
    given = given_settings()
    _refuse_wrong_place(data_dir, given)
    say("files of the backup")
    manifest = read_manifest(source)
    found = read_keys(keys, manifest)
    if manifest.revision not in revisions_in(MIGRATIONS / "versions"):
        raise BackupFailed(reason=f"made by a newer version, at revision {manifest.revision}")
    place = claim(data_dir)
    _keep(found, place)
    servers = build_servers(place, given=given, origin=origin_of(given))
    restored = False
    try:
        with holding(place.data_dir), running(servers):
            settings = load_settings(place.data_dir)
            _restore(source, manifest, servers, settings, say)
            (place.data_dir / LOADED).touch()  # nothing fictitious is added to what people made
            restored = True
            return examine(settings, worker_expected=False)
    except BaseException as error:
        if not restored:
            _empty(place)
        if isinstance(error, OSError | StorageError | psycopg.Error):
            raise BackupFailed(reason=str(error).strip()) from error
        raise


def _refuse_wrong_place(data_dir: Path, given: Mapping[str, str]) -> None:
    if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
        raise BackupFailed(reason=f"{data_dir} is not empty; restore needs an empty data folder")
    if given.get("ENV") == "production":
        raise BackupFailed(reason="MARKETPLACE_ENV=production has no servers of its own")
    if outside := ", ".join(sorted(PREFIX + name for name in OWN & given.keys())):
        raise BackupFailed(reason=f"unset {outside}: these come from the backup or are made new")


def _keep(found: Mapping[str, str], place: Place) -> None:
    generated = GeneratedSettings(place.data_dir)
    for name, value in found.items():
        generated.put(name, value)
    generated.save()


def _restore(
    source: Path, manifest: Manifest, servers: Servers, settings: Settings, say: Say
) -> None:
    say("database")
    _restore_rows(source, manifest, servers)
    _bring_up_to_date(settings)
    say("objects")
    _restore_objects(source, manifest, settings)
    say(manifest.summary)
    for note in manifest.notes:
        say(note)


def _restore_rows(source: Path, manifest: Manifest, servers: Servers) -> None:
    assert servers.postgres is not None, "nothing was given, so it is embedded"
    address = servers.postgres.dsn(DATABASE)
    run_program("pg_restore", address, "--exit-on-error", str(source / DUMP))
    with psycopg.connect(address) as connection:
        counts = row_counts(connection)
        connection.execute("analyze")
    wrong = {t: (n, counts.get(t)) for t, n in manifest.rows.items() if counts.get(t) != n}
    if wrong:
        raise BackupFailed(reason=f"rows differ (in the backup, restored): {wrong}")


def _bring_up_to_date(settings: Settings) -> None:
    """Migrate what an older version dumped, and decide again what the clock may do here."""
    assert settings.database_owner_url is not None, "it was generated"
    url = settings.database_owner_url.get_secret_value()
    migrate(url)
    set_clock(url, sandbox=settings.sandbox)


def _restore_objects(source: Path, manifest: Manifest, settings: Settings) -> None:
    make_buckets(settings)
    store = S3Store(store_connection(settings))
    for each in manifest.objects:
        bucket = Bucket(settings.bucket(each.bucket))
        with each.path(source).open("rb") as file:
            facts = store.put(
                bucket, ObjectKey(each.key), file, content_type=each.content_type or BINARY
            )
        if facts.sha256 != each.sha256:
            raise BackupFailed(reason=f"object {each.key} differs after the restore")


def _empty(place: Place) -> None:
    """Take away what a failed restore made in the folder that was empty before."""
    if place.moved:
        shutil.rmtree(place.servers, ignore_errors=True)
    for entry in place.data_dir.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
