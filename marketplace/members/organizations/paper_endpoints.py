"""The API of an organization's proof files; owners only."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Final
from uuid import UUID

from anyio.to_thread import run_sync
from litestar import Response, delete, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, SkipValidation
from litestar.response import Stream
from litestar.types import ControllerRouterHandler
from msgspec import Struct, convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Phases
from marketplace.errors import StoreUnavailable, TooLarge
from marketplace.http.openapi import answers
from marketplace.idempotency import repeatable
from marketplace.members.organizations import papers
from marketplace.members.organizations.errors import NoOrganization
from marketplace.members.organizations.models import Paper, PaperKind
from marketplace.members.organizations.paper_files import PaperRefused
from marketplace.members.organizations.papers import (
    NewPaper,
    PaperExamined,
    PaperInUse,
    PaperNotFound,
    PapersFull,
    Shelf,
)
from marketplace.members.organizations.policies import (
    OWNER,
    OWNER_READ,
    own_organization_id,
)
from marketplace.members.organizations.schemas import PaperOut, PapersOut
from marketplace.settings import Settings
from storage.disposition import attachment
from storage.objects import Bucket
from storage.ports import ObjectStore

SAME_BYTES: Final = "the same bytes of the same kind are kept once"


class PaperIn(Struct, forbid_unknown_fields=True):
    """A proof file and what it proves."""

    kind: PaperKind
    file: UploadFile


def shelf_of(settings: Settings, store: ObjectStore) -> Shelf:
    """Return where papers lie."""
    return Shelf(store, Bucket(settings.bucket("private")))


async def keep_paper(
    given: PaperIn, *, phases: Phases, shelf: Shelf, principal: Principal, limit_bytes: int
) -> Paper:
    """Read at most one byte more than the limit, and keep the file."""
    content = await given.file.read(limit_bytes + 1)
    return await papers.upload(
        phases,
        shelf,
        own_organization_id(principal),
        NewPaper(given.kind, given.file.filename, content),
        actor_id=principal.user_id,
        limit_bytes=limit_bytes,
    )


@get("/api/v1/organization/papers", opt=allow(OWNER_READ) | answers(NoOrganization))
async def list_papers(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> PapersOut:
    """List the proof files of your organization, the newest first."""
    found = await papers.list_papers(session, own_organization_id(principal))
    return PapersOut([convert(paper, PaperOut, from_attributes=True) for paper in found])


@post(
    "/api/v1/organization/papers",
    opt=allow(OWNER)
    | repeatable(SAME_BYTES)
    | answers(PaperRefused, PapersFull, TooLarge, StoreUnavailable),
)
async def upload_paper(
    data: Annotated[PaperIn, Body(media_type=RequestEncodingType.MULTI_PART)],
    phases: NamedDependency[Phases],
    store: NamedDependency[SkipValidation[ObjectStore]],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> PaperOut:
    """Upload a proof file (PDF, JPG or PNG) as multipart form: `kind` and `file`."""
    paper = await keep_paper(
        data,
        phases=phases,
        shelf=shelf_of(settings, store),
        principal=principal,
        limit_bytes=settings.document_limit_bytes,
    )
    return convert(paper, PaperOut, from_attributes=True)


@get(
    "/api/v1/organization/papers/{paper_id:uuid}/file",
    opt=allow(OWNER_READ) | answers(PaperNotFound, StoreUnavailable),
)
async def download_paper(
    paper_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    store: NamedDependency[SkipValidation[ObjectStore]],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Response[Any]:
    """Download a proof file; who took it is written into the audit trail."""
    return await send_paper(
        phases, shelf_of(settings, store), own_organization_id(principal), paper_id
    )


async def send_paper(
    phases: Phases, shelf: Shelf, organization_id: UUID, paper_id: UUID
) -> Response[Any]:
    """Answer with the bytes as an attachment that no browser opens as a page."""
    paper, chunks = await papers.open_paper(phases, shelf, organization_id, paper_id)
    return Stream(
        _chunks(chunks),
        media_type="application/octet-stream",
        headers={
            "content-disposition": attachment(paper.file_name),
            "content-length": str(paper.size_bytes),
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )


async def _chunks(found: Iterator[bytes]) -> AsyncIterator[bytes]:
    while chunk := await run_sync(next, found, b""):
        yield chunk


@delete(
    "/api/v1/organization/papers/{paper_id:uuid}",
    opt=allow(OWNER) | answers(PaperNotFound, PaperExamined, PaperInUse),
)
async def delete_paper(
    paper_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    store: NamedDependency[SkipValidation[ObjectStore]],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> None:
    """Delete a proof file that has not been examined yet."""
    await papers.remove(phases, shelf_of(settings, store), own_organization_id(principal), paper_id)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_papers,
    upload_paper,
    download_paper,
    delete_paper,
)
