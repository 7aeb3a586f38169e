"""The pages of an organization's proof files: list and upload, download, deletion."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from marketplace.auth import Principal, allow
from marketplace.db import Phases
from marketplace.members.organizations import papers
from marketplace.members.organizations.models import PaperKind
from marketplace.members.organizations.paper_endpoints import (
    PaperIn,
    keep_paper,
    send_paper,
    shelf_of,
)
from marketplace.members.organizations.paper_files import ACCEPTED
from marketplace.members.organizations.policies import OWNER, OWNER_READ, own_organization_id
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render, see_other
from storage.ports import ObjectStore

PAPERS = "/organization/papers"
Store = NamedDependency[SkipValidation[ObjectStore]]


class PaperForm(Struct):
    """A proof file and what it proves."""

    kind: PaperKind
    file: UploadFile


async def _papers_page(request: AnyRequest, phases: Phases, form: Form[PaperForm]) -> Page:
    principal: Principal = request.scope["state"]["principal"]
    settings: Settings = request.app.state["settings"]
    async with phases() as session:
        found = await papers.list_papers(session, own_organization_id(principal))
    return render(
        request,
        "papers.html",
        status=form.status,
        form=form,
        papers=found,
        accepted=ACCEPTED,
        limit_bytes=settings.document_limit_bytes,
    )


@get(PAPERS, opt=allow(OWNER_READ), include_in_schema=False)
async def show_papers(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show the proof files and the form to send one."""
    return await _papers_page(request, phases, EMPTY)


@post(PAPERS, opt=allow(OWNER), include_in_schema=False)
async def submit_paper(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    store: Store,
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Page:
    """Keep a proof file; the same file twice is kept once."""
    form = await read_form(request, PaperForm)
    limit_bytes, shelf = settings.document_limit_bytes, shelf_of(settings, store)

    async def act(content: PaperForm) -> Page:
        given = PaperIn(content.kind, content.file)
        await keep_paper(
            given, phases=phases, shelf=shelf, principal=principal, limit_bytes=limit_bytes
        )
        return see_other(PAPERS, "paper-kept")

    async def again(wrong: Form[PaperForm]) -> Page:
        return await _papers_page(request, phases, wrong)

    return await submitted(form, act, again)


@get(f"{PAPERS}/{{paper_id:uuid}}/file", opt=allow(OWNER_READ), include_in_schema=False)
async def download_paper(
    paper_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    store: Store,
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Response[Any]:
    """Download a proof file."""
    own = own_organization_id(principal)
    return await send_paper(phases, shelf_of(settings, store), own, paper_id)


async def _delete_page(
    request: AnyRequest, phases: Phases, paper_id: UUID, form: Form[Nothing]
) -> Page:
    principal: Principal = request.scope["state"]["principal"]
    async with phases() as session:
        found = await papers.get_paper(session, own_organization_id(principal), paper_id)
    return render(request, "paper_delete.html", status=form.status, form=form, paper=found)


@get(f"{PAPERS}/{{paper_id:uuid}}/delete", opt=allow(OWNER), include_in_schema=False)
async def confirm_deletion(
    request: AnyRequest, paper_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Ask whether a proof file is really deleted."""
    return await _delete_page(request, phases, paper_id, EMPTY)


@post(f"{PAPERS}/{{paper_id:uuid}}/delete", opt=allow(OWNER), include_in_schema=False)
async def delete_paper(
    request: AnyRequest,
    paper_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    store: Store,
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Page:
    """Delete a proof file that nobody has examined."""
    form = await read_form(request, Nothing)
    own, shelf = own_organization_id(principal), shelf_of(settings, store)

    async def act(_content: Nothing) -> Page:
        await papers.remove(phases, shelf, own, paper_id)
        return see_other(PAPERS, "paper-deleted")

    async def again(wrong: Form[Nothing]) -> Page:
        return await _delete_page(request, phases, paper_id, wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_papers,
    submit_paper,
    download_paper,
    confirm_deletion,
    delete_paper,
)
