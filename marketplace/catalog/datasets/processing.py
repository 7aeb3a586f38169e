"""What happens to a file after its upload: hash, malware, examination, its place in the store.

Each step is a row that pages show. A worker that dies leaves the rows as they are; the next attempt
begins again, because every step gives the same answer twice: the bytes do not change, and their place
is named by their hash (each step is killed in tests/marketplace/catalog/test_killed_pipeline.py). No
transaction is open while bytes are read.
"""

import asyncio
import contextlib
import hashlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import Function, Role
from marketplace.catalog.datasets.clamav import Scan
from marketplace.catalog.datasets.declaring import settings_of
from marketplace.catalog.datasets.errors import WorkerDiskFull
from marketplace.catalog.datasets.folders import own_folder
from marketplace.catalog.datasets.models import (
    DataFile,
    DatasetVersion,
    FilePreview,
    FileState,
    FileStep,
    StepName,
    StepState,
)
from marketplace.catalog.datasets.notices import MALWARE
from marketplace.catalog.datasets.uploading import DataStore, key_of
from marketplace.catalog.datasets.versions import settle
from marketplace.catalog.products.models import Product
from marketplace.db import Phases, now
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.queries import people_with
from marketplace.notices.service import notify
from marketplace.quality_rules import QualityRules
from quality import FileReport, Limits, examine
from quality.children import Children
from storage.errors import ObjectExists
from storage.objects import Bucket, ObjectKey

# Room that a file must leave on the worker's disk [bytes].
DISK_LEFT_BYTES: Final = 1_000_000_000
NOT_SCANNED: Final = {
    "ko": "악성코드 검사 프로그램이 없어 검사하지 않았습니다.",
    "en": "There is no malware scanner, so the file was not scanned.",
}
TOO_LARGE: Final = {
    "ko": "악성코드 검사 프로그램이 받는 크기보다 커서 검사하지 않았습니다.",
    "en": "The file is larger than the malware scanner takes, so it was not scanned.",
}


class Scanner(Protocol):
    """A malware scanner."""

    def scan(self, path: Path) -> Scan:
        """Return what it says of a file; blocks.

        Raises:
            ScannerUnavailable: nothing it could stand for
        """


@dataclass(frozen=True)
class Shelves:
    """The store with its two buckets of data, the worker's own folder, and what examines.

    Args:
        children: who examine; None starts one for each file
        scanner: None where there is none; the step is then shown as skipped
        rules: how the exchange judges data
    """

    store: DataStore
    quarantine: Bucket
    published: Bucket
    folder: Path
    limits: Limits
    children: Children | None = None
    scanner: Scanner | None = None
    rules: QualityRules = field(default_factory=QualityRules)


@dataclass(frozen=True)
class Outcome:
    """What a file came to: its hash, its report where it was examined, its place where it is ready."""

    sha256: str
    report: FileReport | None = None
    key: ObjectKey | None = None
    scan: Scan | None = None


async def process_file(phases: Phases, shelves: Shelves, file_id: UUID) -> None:
    """Take a file through its steps; what is done already is not done again.

    Raises:
        WorkerDiskFull: no room for the file here; tried again later
        StorageError: the store does not answer; tried again later
        ScannerUnavailable: the scanner does not answer; tried again later
    """
    file = await _begin(phases, file_id)
    if file is None:
        return
    async with own_folder(shelves.folder) as folder:
        _need_room(folder, file.size_bytes)
        path = folder / "upload"
        async with _step(phases, file, StepName.hash) as facts:
            sha256 = await asyncio.to_thread(_fetch, shelves, file, path)
            facts["sha256"] = sha256
        scan = await _scan(phases, shelves, file, path)
        if scan is not None and scan.found:
            await _end(phases, file, FileState.blocked, Outcome(sha256, scan=scan))
            return
        async with _step(phases, file, StepName.examine) as facts:
            async with phases() as session:
                said = await settings_of(session, file, shelves.rules)
            report = await asyncio.to_thread(
                examine, path, name=file.path, limits=shelves.limits, settings=said,
                children=shelves.children,
            )  # fmt: skip
            facts["findings"], facts["declared"] = len(report.findings), len(said.columns)
        if report.blocked:
            await _end(phases, file, FileState.blocked, Outcome(sha256, report, scan=scan))
            return
        async with _step(phases, file, StepName.store) as facts:
            key = await asyncio.to_thread(_publish, shelves, file, sha256)
            facts["object_key"] = key.value
        await _end(phases, file, FileState.ready, Outcome(sha256, report, key, scan))


async def _begin(phases: Phases, file_id: UUID) -> DataFile | None:
    """Mark the file as being processed and its steps as waiting; None when nothing is to be done."""
    async with phases() as session:
        file = await session.get(DataFile, file_id, with_for_update=True, populate_existing=True)
        if file is None or file.state not in (FileState.uploaded, FileState.processing):
            return None
        file.state = FileState.processing
        for name in StepName:
            row = {
                "file_id": file_id,
                "name": name,
                "organization_id": file.organization_id,
                "state": StepState.waiting,
                "done_bytes": 0,
                "attempt": 1,
                "facts": {},
            }
            again = {"state": StepState.waiting, "attempt": FileStep.attempt + 1, "facts": {}}
            await session.execute(
                insert(FileStep)
                .values(row)
                .on_conflict_do_update(index_elements=["file_id", "name"], set_=again)
            )
        return file


def _need_room(folder: Path, size_bytes: int) -> None:
    if shutil.disk_usage(folder).free < size_bytes + DISK_LEFT_BYTES:
        raise WorkerDiskFull(size_bytes=size_bytes, retry_after_s=60)


@asynccontextmanager
async def _step(phases: Phases, file: DataFile, name: StepName) -> AsyncIterator[dict[str, Any]]:
    """Show a step as running, then as done with its facts, or as failed."""
    facts: dict[str, Any] = {}
    async with phases() as session:
        await _mark(session, file, name, StepState.running)
    try:
        yield facts
    except Exception as error:
        async with phases() as session:
            await _mark(session, file, name, StepState.failed, {"error": type(error).__name__})
        raise
    async with phases() as session:
        await _mark(session, file, name, StepState.done, facts)


async def _mark(
    session: AsyncSession,
    file: DataFile,
    name: StepName,
    state: StepState,
    facts: dict[str, Any] | None = None,
) -> None:
    step = await session.get_one(FileStep, (file.id, name), populate_existing=True)
    step.state = state
    if state is StepState.running:
        step.started_at, step.ended_at = now(session), None
    else:
        step.ended_at, step.facts = now(session), facts or {}
        step.done_bytes = file.size_bytes if state is StepState.done else 0
    await session.flush()


def _fetch(shelves: Shelves, file: DataFile, path: Path) -> str:
    """Read the file back from the quarantine onto our disk and hash it (E17)."""
    digest = hashlib.sha256()
    with path.open("wb") as target:
        for chunk in shelves.store.read(shelves.quarantine, key_of(file.id)):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


async def _scan(phases: Phases, shelves: Shelves, file: DataFile, path: Path) -> Scan | None:
    """Have the file scanned, or show that it was not; None where nothing was scanned."""
    if shelves.scanner is None:
        async with phases() as session:
            await _mark(session, file, StepName.malware, StepState.skipped, NOT_SCANNED)
        return None
    async with _step(phases, file, StepName.malware) as facts:
        scan = await asyncio.to_thread(shelves.scanner.scan, path)
        facts["by"] = scan.by
    if not scan.found and not scan.too_large:
        return scan
    async with phases() as session:
        if scan.too_large:
            await _mark(session, file, StepName.malware, StepState.skipped, TOO_LARGE)
            return None
        told = {"by": scan.by, "found": scan.found}
        await _mark(session, file, StepName.malware, StepState.blocked, told)
    return scan


def _publish(shelves: Shelves, file: DataFile, sha256: str) -> ObjectKey:
    """Copy the file to the key that its hash names, and prove the copy by reading it."""
    key = ObjectKey(f"sha256/{sha256[:2]}/{sha256}")
    # The same bytes may lie there already, from an earlier attempt or another file.
    with contextlib.suppress(ObjectExists):
        shelves.store.copy(
            shelves.quarantine, key_of(file.id), shelves.published, key, only_new=True
        )
    found = shelves.store.sha256_of(shelves.published, key)
    assert found == sha256, "the store keeps what was copied"
    return key


async def _end(phases: Phases, file: DataFile, state: FileState, outcome: Outcome) -> None:
    """Write the outcome, and move the version on where it waited for this file."""
    async with phases() as session:
        # The same order of locks as a seller's acts: version, then file.
        version = await session.get_one(
            DatasetVersion, file.version_id, with_for_update=True, populate_existing=True
        )
        found = await session.get_one(
            DataFile, file.id, with_for_update=True, populate_existing=True
        )
        if found.state is not FileState.processing:
            return  # taken out of the version meanwhile
        scan, key = outcome.scan, outcome.key
        found.state, found.sha256 = state, outcome.sha256
        found.scanned_by = scan.by if scan else None
        if key is not None:
            found.object_key, found.ready_at = key.value, now(session)
        if outcome.report is not None:
            await keep_report(session, found, outcome.report)
        await session.flush()
        if scan is not None and scan.found:
            await _tell_of_malware(session, version, found, scan)
        await settle(session, version)


async def _tell_of_malware(
    session: AsyncSession, version: DatasetVersion, file: DataFile, scan: Scan
) -> None:
    """Record it, and tell the operator's administrators, who alone read the audit trail."""
    thing = Thing("dataset_version", version.id, version.organization_id)
    facts = {"file": file.path, "found": scan.found, "by": scan.by}
    await record(session, "dataset.malware_found", thing, facts=facts)
    product = await session.get_one(Product, version.product_id)
    administrators = (Role.administrator,)
    for person in await people_with(session, administrators, function=Function.exchange_operator):
        link = "/operator/audit?action=dataset.malware_found"
        await notify(
            session, recipient_of(person), MALWARE, link=link,
            product=product.number, file=file.path, found=scan.found,
        )  # fmt: skip


async def keep_report(session: AsyncSession, file: DataFile, report: FileReport) -> None:
    """Keep a file's report with it, and its first rows apart, which are for its seller and the operator alone."""
    file.report = msgspec.to_builtins(msgspec.structs.replace(report, previews=()))
    known = await session.get(FilePreview, file.id)
    if known is None:
        known = FilePreview(file_id=file.id, organization_id=file.organization_id)
        session.add(known)
    known.tables = msgspec.to_builtins(report.previews)


async def give_up(phases: Phases, file_id: UUID) -> None:
    """Mark a file whose examination failed for good, so that its version does not wait for ever."""
    async with phases() as session:
        file = await session.get(DataFile, file_id)
        if file is None:
            return
        version = await session.get_one(DatasetVersion, file.version_id, with_for_update=True)
        file = await session.get_one(
            DataFile, file_id, with_for_update=True, populate_existing=True
        )
        if file.state in (FileState.uploaded, FileState.processing):
            file.state = FileState.failed
            await session.flush()
            await settle(session, version)
