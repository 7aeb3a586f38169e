"""The API of dataset versions and their files, for browsers and for curl."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets import queries, uploading, versions
from marketplace.catalog.datasets.errors import (
    FileExists,
    FileNotFound,
    FilesFull,
    FileStateWrong,
    FilesUnfinished,
    FileTooLarge,
    NameRefused,
    PartsMissing,
    StorageFull,
    VersionClosed,
    VersionEmpty,
    VersionNotFound,
    VersionOpen,
)
from marketplace.catalog.datasets.models import (
    DataFile,
    DatasetVersion,
    FileStep,
    QualityReport,
    StepName,
)
from marketplace.catalog.datasets.schemas import (
    FileIn,
    FileOut,
    PartsIn,
    PartsOut,
    StepOut,
    VersionIn,
    VersionList,
    VersionOut,
)
from marketplace.catalog.datasets.uploading import DataStore, Quarantine, Uploader, UploadLimits
from marketplace.catalog.products.errors import ProductNotFound
from marketplace.catalog.products.policies import SELL, SELL_READ
from marketplace.catalog.products.queries import get_own
from marketplace.db import Phases
from marketplace.http.openapi import answers
from marketplace.idempotency import Once, repeatable
from marketplace.members.organizations.policies import own_organization_id
from marketplace.settings import Settings
from storage.objects import Bucket

PATH: Final = "/api/v1/organization"
TAGS: Final = ["datasets"]
SAME_FILE: Final = repeatable("the same name in the same version is refused")
SAME_PARTS: Final = repeatable("addresses are only signed; a part sent again replaces itself")
ENDED: Final = repeatable("what has ended stays ended")


def quarantine_of(store: DataStore, settings: Settings) -> Quarantine:
    """Return where uploads go."""
    return Quarantine(store, Bucket(settings.bucket("quarantine")))


def limits_of(settings: Settings) -> UploadLimits:
    """Return how much may be uploaded."""
    return UploadLimits(
        settings.upload_file_limit_bytes,
        settings.upload_files_most,
        settings.upload_organization_limit_bytes,
    )


def file_out(file: DataFile, steps: list[FileStep], received: list[int]) -> FileOut:
    """Shape a file as its seller sees it."""
    assert file.created_at is not None, "a saved row has its time"
    order = list(StepName)
    report: dict[str, Any] = file.report or {}
    return FileOut(
        id=file.id,
        path=file.path,
        size_bytes=file.size_bytes,
        state=file.state,
        part_bytes=file.part_bytes,
        part_count=uploading.part_count_of(file),
        received_parts=received,
        sha256=file.sha256,
        scanned_by=file.scanned_by,
        steps=[
            convert(step, StepOut, from_attributes=True)
            for step in sorted(steps, key=lambda one: order.index(one.name))
        ],
        findings=report.get("findings", []),
        created_at=file.created_at,
        uploaded_at=file.uploaded_at,
        ready_at=file.ready_at,
    )


def between_of(report: QualityReport | None) -> list[dict[str, Any]]:
    """Return what was found between the files of a version."""
    across = report.report.get("across") if report is not None else None
    found: list[dict[str, Any]] = across["findings"] if across else []
    return found


async def version_out(session: AsyncSession, version: DatasetVersion) -> VersionOut:
    """Shape a version with its files."""
    files = await queries.files_of(session, version.id)
    steps = await queries.steps_of(session, [file.id for file in files])
    report = await queries.find_report(session, version.id)
    assert version.created_at is not None, "a saved row has its time"
    return VersionOut(
        id=version.id,
        product_id=version.product_id,
        number=version.number,
        state=version.state,
        note=version.note,
        file_count=len(files),
        size_bytes=sum(file.size_bytes for file in files),
        sha256=version.sha256,
        grade=report.grade if report else None,
        blocker_count=report.blocker_count if report else None,
        warning_count=report.warning_count if report else None,
        created_at=version.created_at,
        closed_at=version.closed_at,
        ready_at=version.ready_at,
        published_at=version.published_at,
        revoked_at=version.revoked_at,
        revoked_reason=version.revoked_reason,
        revoked_by_operator=version.revoked_by_operator,
        findings=between_of(report),
        files=[file_out(file, steps.get(file.id, []), []) for file in files],
    )


@get(
    PATH + "/products/{product_id:uuid}/versions",
    opt=allow(SELL_READ) | answers(ProductNotFound),
    tags=TAGS,
)
async def list_versions(
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> VersionList:
    """List the versions of one of your products, the newest first."""
    own = own_organization_id(principal)
    await get_own(session, own, product_id)
    found = await queries.list_versions(session, own, product_id)
    return VersionList([await version_out(session, version) for version in found])


@post(
    PATH + "/products/{product_id:uuid}/versions",
    opt=allow(SELL) | answers(ProductNotFound, VersionOpen),
    tags=TAGS,
)
async def open_version(
    product_id: FromPath[UUID],
    data: JSONBody[VersionIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[VersionOut]:
    """Open the next version of a product, to which files can be added."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> VersionOut:
        version = await versions.open_version(
            session, own, product_id, note=data.note, actor_id=principal.user_id
        )
        return await version_out(session, version)

    return await once.answer(act, VersionOut)


@get(
    PATH + "/versions/{version_id:uuid}",
    opt=allow(SELL_READ) | answers(VersionNotFound),
    tags=TAGS,
)
async def show_version(
    version_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> VersionOut:
    """Show a version with its files, their steps and their findings."""
    own = own_organization_id(principal)
    return await version_out(session, await queries.get_version(session, own, version_id))


@post(
    PATH + "/versions/{version_id:uuid}/close",
    status_code=200,
    opt=allow(SELL) | answers(VersionNotFound, VersionClosed, VersionEmpty, FilesUnfinished),
    tags=TAGS,
)
async def close_version(
    version_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[VersionOut]:
    """Close a version; it is ready, and immutable, when every file has been examined."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> VersionOut:
        return await version_out(session, await versions.close_version(session, own, version_id))

    return await once.answer(act, VersionOut, status=200)


@post(
    PATH + "/versions/{version_id:uuid}/give-up",
    status_code=200,
    opt=allow(SELL) | answers(VersionNotFound, VersionClosed),
    tags=TAGS,
)
async def give_up_version(
    version_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[VersionOut]:
    """Give up a version that is not ready, with all its files."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> VersionOut:
        found = await versions.give_up_version(session, own, version_id)
        return await version_out(session, found)

    return await once.answer(act, VersionOut, status=200)


@post(
    PATH + "/versions/{version_id:uuid}/files",
    opt=allow(SELL)
    | SAME_FILE
    | answers(
        VersionNotFound,
        VersionClosed,
        NameRefused,
        FileExists,
        FileTooLarge,
        FilesFull,
        StorageFull,
    ),
    tags=TAGS,
)
async def add_file(
    version_id: FromPath[UUID],
    data: JSONBody[FileIn],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    store: NamedDependency[DataStore],
    settings: NamedDependency[Settings],
) -> FileOut:
    """Name a file and open its upload; ask for the addresses of its parts next."""
    by = Uploader(own_organization_id(principal), principal.user_id, limits_of(settings))
    file = await uploading.add_file(phases, quarantine_of(store, settings), by, version_id, data)
    return file_out(file, [], [])


@get(PATH + "/files/{file_id:uuid}", opt=allow(SELL_READ) | answers(FileNotFound), tags=TAGS)
async def show_file(
    file_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    store: NamedDependency[DataStore],
    settings: NamedDependency[Settings],
) -> FileOut:
    """Show a file; while it is being sent, with the parts that have arrived."""
    async with phases() as session:
        file = await queries.get_file(session, own_organization_id(principal), file_id)
        steps = await queries.steps_of(session, [file_id])
    received = await uploading.received_parts(quarantine_of(store, settings), file)
    return file_out(file, steps.get(file_id, []), received)


@post(
    PATH + "/files/{file_id:uuid}/parts",
    status_code=200,
    opt=allow(SELL) | SAME_PARTS | answers(FileNotFound, FileStateWrong),
    tags=TAGS,
)
async def address_parts(
    file_id: FromPath[UUID],
    data: JSONBody[PartsIn],
    principal: NamedDependency[Principal],
    session: NamedDependency[AsyncSession],
    store: NamedDependency[DataStore],
    settings: NamedDependency[Settings],
) -> PartsOut:
    """Get signed addresses for up to 50 parts; each takes exactly its bytes, for 15 minutes."""
    own, quarantine = own_organization_id(principal), quarantine_of(store, settings)
    made = await uploading.address_parts(session, quarantine, own, file_id, data.parts)
    return PartsOut(made)


@post(
    PATH + "/files/{file_id:uuid}/finish",
    status_code=200,
    opt=allow(SELL) | ENDED | answers(FileNotFound, FileStateWrong, PartsMissing),
    tags=TAGS,
)
async def finish_upload(
    file_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    store: NamedDependency[DataStore],
    settings: NamedDependency[Settings],
) -> FileOut:
    """Join the parts; the file is hashed, examined and kept by a job."""
    own = own_organization_id(principal)
    file = await uploading.finish_upload(phases, quarantine_of(store, settings), own, file_id)
    return file_out(file, [], [])


@post(
    PATH + "/files/{file_id:uuid}/remove",
    status_code=200,
    opt=allow(SELL) | ENDED | answers(FileNotFound, VersionNotFound, VersionClosed),
    tags=TAGS,
)
async def remove_file(
    file_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    store: NamedDependency[DataStore],
    settings: NamedDependency[Settings],
) -> FileOut:
    """Take a file out of a version that is still open."""
    own = own_organization_id(principal)
    file = await uploading.remove_file(phases, quarantine_of(store, settings), own, file_id)
    return file_out(file, [], [])


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_versions,
    open_version,
    show_version,
    close_version,
    give_up_version,
    add_file,
    show_file,
    address_parts,
    finish_upload,
    remove_file,
)
