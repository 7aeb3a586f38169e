"""Sending files: row first, then the upload at the store, then the parts, straight from the browser.

No transaction is open while the store is asked. The store's own list says which parts have arrived,
so a browser, another device or a program continues after a break or a day.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.catalog.datasets import queries
from marketplace.catalog.datasets.errors import (
    FileExists,
    FilesFull,
    FileStateWrong,
    FileTooLarge,
    PartsMissing,
    StorageFull,
    VersionClosed,
)
from marketplace.catalog.datasets.models import DataFile, DatasetVersion, FileState, VersionState
from marketplace.catalog.datasets.paths import shown_path
from marketplace.catalog.datasets.schemas import FileIn, PartAddress, PartWanted
from marketplace.db import Phases, constraint_of, now
from marketplace.jobs import enqueue
from marketplace.members.organizations.queries import organization_for_update
from storage.errors import ObjectMissing, StorageError, UploadMissing
from storage.objects import Bucket, ObjectKey, Upload
from storage.ports import MultipartUploads, ObjectStore

PART_BYTES: Final = 16 * 1024**2
PARTS_MAX: Final = 10_000
ADDRESS_EXPIRES_S: Final = 900
CHANGEABLE: Final = (VersionState.open, VersionState.blocked)


@runtime_checkable
class DataStore(ObjectStore, MultipartUploads, Protocol):
    """The store as uploads need it."""


@dataclass(frozen=True)
class Quarantine:
    """Where files lie until they are examined."""

    store: DataStore
    bucket: Bucket

    def upload_of(self, file: DataFile) -> Upload:
        """Return the upload that a file's row names."""
        assert file.upload_id is not None, "only a file that is being sent has one"
        return Upload(self.bucket, key_of(file.id), file.upload_id)


@dataclass(frozen=True)
class UploadLimits:
    """How much may be uploaded: one file, files of a version, all of an organization."""

    file_bytes: int
    files_most: int
    organization_bytes: int


def key_of(file_id: UUID) -> ObjectKey:
    """Return where a file lies in the quarantine."""
    return ObjectKey(f"uploads/{file_id}")


def part_bytes_for(size_bytes: int) -> int:
    """Return the size of a part: 16 MiB, or whole mebibytes more where 10,000 would not do."""
    needed = -(-size_bytes // PARTS_MAX)
    return max(PART_BYTES, -(-needed // 1024**2) * 1024**2)


def part_count_of(file: DataFile) -> int:
    """Return in how many parts a file is sent."""
    return -(-file.size_bytes // file.part_bytes)


def size_of_part(file: DataFile, number: int) -> int:
    """Return the size of a part; the last one holds the rest."""
    last = part_count_of(file)
    if number < last:
        return file.part_bytes
    return file.size_bytes - (last - 1) * file.part_bytes


@dataclass(frozen=True)
class Uploader:
    """Who uploads, for which organization, within which limits."""

    organization_id: UUID
    actor_id: UUID
    limits: UploadLimits


async def add_file(
    phases: Phases, quarantine: Quarantine, by: Uploader, version_id: UUID, given: FileIn
) -> DataFile:
    """Take note of a file and open its upload.

    Raises:
        VersionNotFound, VersionClosed: none to which files can be added
        NameRefused, FileExists: its name is not usable, or taken
        FileTooLarge, FilesFull, StorageFull: one of the limits
        StorageError: the store does not answer; nothing is to be seen of the file
    """
    path = shown_path(given.path)
    if given.size_bytes > by.limits.file_bytes:
        raise FileTooLarge(limit_bytes=by.limits.file_bytes)
    async with phases() as session:
        file = await _note(session, by, version_id, path, given.size_bytes)
    try:
        upload = await asyncio.to_thread(quarantine.store.begin, quarantine.bucket, key_of(file.id))
    except StorageError:
        async with phases() as session:
            file = await queries.get_file(session, by.organization_id, file.id, lock=True)
            file.state = FileState.removed
            await session.flush()
        raise
    async with phases() as session:
        file = await queries.get_file(session, by.organization_id, file.id, lock=True)
        file.upload_id, file.state = upload.upload_id, FileState.uploading
        await session.flush()
    return file


async def _note(
    session: AsyncSession, by: Uploader, version_id: UUID, path: str, size_bytes: int
) -> DataFile:
    await organization_for_update(session, by.organization_id)
    version = await _changeable(session, by.organization_id, version_id)
    count = await session.scalar(
        select(func.count()).where(
            col(DataFile.version_id) == version_id, col(DataFile.state) != FileState.removed
        )
    )
    if (count or 0) >= by.limits.files_most:
        raise FilesFull(most=by.limits.files_most)
    used = await queries.used_bytes(session, by.organization_id)
    if used + size_bytes > by.limits.organization_bytes:
        raise StorageFull(limit_bytes=by.limits.organization_bytes)
    file = DataFile(
        id=uuid4(),
        version_id=version.id,
        organization_id=by.organization_id,
        position=(count or 0) + 1,
        path=path,
        size_bytes=size_bytes,
        part_bytes=part_bytes_for(size_bytes),
        created_by=by.actor_id,
        created_at=now(session),
    )
    session.add(file)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "uq_data_file_path":
            raise FileExists(path=path) from error
        raise
    return file


async def _changeable(
    session: AsyncSession, organization_id: UUID, version_id: UUID
) -> DatasetVersion:
    version = await queries.get_version(session, organization_id, version_id, lock=True)
    if version.state not in CHANGEABLE:
        raise VersionClosed
    return version


async def received_parts(quarantine: Quarantine, file: DataFile) -> list[int]:
    """Return the numbers of the parts that the store holds; none when the file is not being sent.

    Where a finish had joined the parts and was killed before it could say so, all have arrived: what is
    left to do is to finish again.

    Raises:
        StorageError: the store does not answer
    """
    if file.state is not FileState.uploading:
        return []
    try:
        parts = await asyncio.to_thread(quarantine.store.list_parts, quarantine.upload_of(file))
    except UploadMissing:
        return await _joined_parts(quarantine, file)
    return [part.number for part in parts]


async def _joined_parts(quarantine: Quarantine, file: DataFile) -> list[int]:
    try:
        facts = await asyncio.to_thread(quarantine.store.stat, quarantine.bucket, key_of(file.id))
    except ObjectMissing:
        return []
    joined = facts.size_bytes == file.size_bytes
    return list(range(1, part_count_of(file) + 1)) if joined else []


async def address_parts(
    session: AsyncSession,
    quarantine: Quarantine,
    organization_id: UUID,
    file_id: UUID,
    wanted: Sequence[PartWanted],
) -> list[PartAddress]:
    """Return signed addresses for parts, each for exactly its bytes, for a quarter of an hour.

    Raises:
        FileNotFound: none of this organization
        FileStateWrong: it is not being sent, or has no such part
    """
    file = await queries.get_file(session, organization_id, file_id)
    last = part_count_of(file)
    if file.state is not FileState.uploading or any(one.number > last for one in wanted):
        raise FileStateWrong(state=file.state.value)
    upload = quarantine.upload_of(file)
    made = []
    for one in wanted:
        size_bytes = size_of_part(file, one.number)
        signed = quarantine.store.presign_part(
            upload,
            one.number,
            size_bytes=size_bytes,
            sha256=one.sha256,
            expires_s=ADDRESS_EXPIRES_S,
        )
        made.append(
            PartAddress(
                number=one.number,
                first_byte=(one.number - 1) * file.part_bytes,
                size_bytes=size_bytes,
                method=signed.method,
                url=signed.url,
                headers=signed.headers,
                expires_at=signed.expires_at,
            )
        )
    return made


async def finish_upload(
    phases: Phases, quarantine: Quarantine, organization_id: UUID, file_id: UUID
) -> DataFile:
    """Join the parts and hand the file to its examination; finishing twice changes nothing.

    Raises:
        FileNotFound: none of this organization
        PartsMissing: some have not arrived, or the sizes are not what was said
        FileStateWrong: it was not begun
        StorageError: the store does not answer
    """
    async with phases() as session:
        file = await queries.get_file(session, organization_id, file_id)
    if file.uploaded_at is not None:
        return file
    if file.state is not FileState.uploading:
        raise FileStateWrong(state=file.state.value)
    await _join(quarantine, file)
    async with phases() as session:
        file = await queries.get_file(session, organization_id, file_id, lock=True)
        if file.uploaded_at is None:
            file.state, file.uploaded_at, file.upload_id = FileState.uploaded, now(session), None
            await session.flush()
            await enqueue(
                session, "catalog.process_file", file_id=str(file.id), lock=f"file {file.id}"
            )
            await record(
                session,
                "dataset.file_uploaded",
                Thing("data_file", file.id, organization_id),
                facts={"path": file.path, "size_bytes": file.size_bytes},
            )
    return file


async def _join(quarantine: Quarantine, file: DataFile) -> None:
    upload = quarantine.upload_of(file)
    try:
        parts = await asyncio.to_thread(quarantine.store.list_parts, upload)
    except UploadMissing:
        # A finish whose answer was lost has joined them already.
        facts = await asyncio.to_thread(quarantine.store.stat, quarantine.bucket, key_of(file.id))
        if facts.size_bytes != file.size_bytes:
            raise PartsMissing(
                received_bytes=facts.size_bytes, size_bytes=file.size_bytes
            ) from None
        return
    received = {part.number: part.size_bytes for part in parts}
    expected = {number: size_of_part(file, number) for number in range(1, part_count_of(file) + 1)}
    if received != expected:
        raise PartsMissing(received_bytes=sum(received.values()), size_bytes=file.size_bytes)
    await asyncio.to_thread(quarantine.store.complete, upload, parts)


async def remove_file(
    phases: Phases, quarantine: Quarantine, organization_id: UUID, file_id: UUID
) -> DataFile:
    """Take a file out of a version that is still open; its bytes go with it.

    Raises:
        FileNotFound: none of this organization
        VersionClosed: the version takes no changes any more
        StorageError: the store does not answer; the file is out already, the sweeper takes the bytes
    """
    async with phases() as session:
        seen = await queries.get_file(session, organization_id, file_id)
        await _changeable(session, organization_id, seen.version_id)
        file = await queries.get_file(session, organization_id, file_id, lock=True)
        file.state = FileState.removed
        await session.flush()
        await record(
            session,
            "dataset.file_removed",
            Thing("data_file", file.id, organization_id),
            facts={"path": file.path},
        )
    await forget_bytes(quarantine, file)
    return file


async def forget_bytes(quarantine: Quarantine, file: DataFile) -> None:
    """Remove what lies in the quarantine of a file, finished or not.

    Raises:
        StorageError: the store does not answer
    """
    if file.upload_id is not None:
        await asyncio.to_thread(quarantine.store.abort, quarantine.upload_of(file))
    await asyncio.to_thread(quarantine.store.delete, quarantine.bucket, key_of(file.id))
