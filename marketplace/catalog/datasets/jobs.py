"""What the worker does for data: examine a file, sweep what uploads left."""

from typing import Protocol, cast
from uuid import UUID

from marketplace.catalog.datasets import certifying, processing, sweeping
from marketplace.catalog.datasets.certifying import Issuer
from marketplace.catalog.datasets.clamav import ClamAv
from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.datasets.uploading import DataStore, Quarantine
from marketplace.jobs import JobContext, PeriodicContext, job, periodic
from marketplace.quality_rules import read_rules
from marketplace.settings import Settings
from marketplace.signing import SigningRing
from quality import Limits
from quality.children import Children
from storage.objects import Bucket
from storage.ports import ObjectStore

# A file of 20 GiB is read twice and examined at 10 MiB a second.
PROCESS_LIMIT_S = 6 * 3_600
SWEEP_EVERY_S = 3_600
CERTIFY_EVERY_S = 600
FOLDER = "work"


class DataParts(Protocol):
    """The worker's parts that these jobs use."""

    @property
    def store(self) -> ObjectStore:
        """Where the files lie."""

    @property
    def settings(self) -> Settings:
        """For the buckets, the limits and the worker's folder."""


class ExaminingParts(DataParts, Protocol):
    """The worker's parts that examining uses besides."""

    @property
    def children(self) -> Children:
        """Those that wait to examine a file."""


def shelves_of(parts: DataParts, children: Children | None = None) -> Shelves:
    """Return where files are found and examined, and by whom."""
    settings = parts.settings
    return Shelves(
        store=cast("DataStore", parts.store),
        quarantine=Bucket(settings.bucket("quarantine")),
        published=Bucket(settings.bucket("published")),
        folder=settings.data_dir / FOLDER,
        limits=limits_of(settings),
        children=children,
        scanner=scanner_of(settings),
        rules=read_rules(settings.quality_rules),
    )


def limits_of(settings: Settings) -> Limits:
    """Return what the settings allow a file and the child that examines it."""
    return Limits(
        file_bytes=settings.upload_file_limit_bytes,
        profile_memory_bytes=settings.quality_memory_bytes,
        suite_memory_bytes=settings.quality_suite_memory_bytes,
        cpu_s=settings.quality_cpu_s,
        cpu_s_per_gb=settings.quality_cpu_s_per_gb,
    )


def scanner_of(settings: Settings) -> ClamAv | None:
    """Return the malware scanner that the settings name, if any."""
    if not settings.clamav_address:
        return None
    return ClamAv(settings.clamav_address, settings.clamav_file_limit_bytes)


# Five attempts take seven minutes: a scanner that loads new signatures is back by then.
@job("catalog.process_file", attempts=5, limit_s=PROCESS_LIMIT_S, parked="catalog.give_up_file")
async def process_file(context: JobContext[ExaminingParts], *, file_id: str) -> None:
    """Hash, scan, examine and keep one uploaded file."""
    shelves = shelves_of(context.parts, context.parts.children)
    await processing.process_file(context.phases, shelves, UUID(file_id))


@job("catalog.give_up_file", attempts=5)
async def give_up_file(context: JobContext[DataParts], *, file_id: str) -> None:
    """Mark a file as failed, so that its version goes on without it and its seller is told."""
    await processing.give_up(context.phases, UUID(file_id))


def issuer_of(settings: Settings) -> Issuer:
    """Return who signs certificates, and with which keys.

    Raises:
        ConfigurationError: the setting is not in its form
    """
    given = settings.signing_keys
    ring = SigningRing.parse(given.get_secret_value() if given is not None else "")
    return Issuer(settings.operator_name, settings.public_url.rstrip("/"), ring)


@job("catalog.certify_version", attempts=5)
async def certify_version(context: JobContext[DataParts], *, version_id: str) -> None:
    """Sign the report of a version that is ready."""
    issuer = issuer_of(context.parts.settings)
    await certifying.certify(context.phases, issuer, UUID(version_id))


@periodic("catalog.certify_versions", every_s=CERTIFY_EVERY_S, limit_s=600)
async def certify_versions(context: PeriodicContext[DataParts]) -> None:
    """Publish the keys of the settings, and sign the reports that no key could sign when they were made."""
    await certifying.certify_waiting(context.phases, issuer_of(context.parts.settings))


@periodic("catalog.sweep_uploads", every_s=SWEEP_EVERY_S, limit_s=600)
async def sweep_uploads(context: PeriodicContext[DataParts]) -> None:
    """Remove what uploads left, bytes first."""
    shelves = shelves_of(context.parts)
    await sweeping.sweep(context.phases, Quarantine(shelves.store, shelves.quarantine))
    for bucket, begun_for in (
        (shelves.quarantine, sweeping.UNFINISHED_FOR),
        (shelves.published, sweeping.COPYING_FOR),
    ):
        await sweeping.abort_forgotten(context.phases, shelves.store, bucket, begun_for=begun_for)
