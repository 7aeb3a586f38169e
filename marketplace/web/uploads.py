"""The page on which a seller uploads the data of a product and follows each file.

Sending needs a script, because the bytes go straight to the store in parts; everything else works as
links and forms. This page alone may connect to the store's public address (architecture rule 15).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets import queries, uploading, versions
from marketplace.catalog.datasets.changes import changes_of
from marketplace.catalog.datasets.endpoints import quarantine_of, version_out
from marketplace.catalog.datasets.errors import VersionClosed
from marketplace.catalog.datasets.models import DatasetVersion
from marketplace.catalog.datasets.schemas import VersionIn
from marketplace.catalog.datasets.uploading import DataStore
from marketplace.catalog.products.policies import SELL, SELL_READ
from marketplace.catalog.products.queries import get_own
from marketplace.db import Phases
from marketplace.http.headers import content_policy
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render, see_other
from marketplace.web.selling import OWN, PATH

OPEN: Final = ("open", "processing", "blocked")


class FileForm(Struct):
    """The file that is meant."""

    file_id: UUID


@dataclass(frozen=True)
class Place:
    """The page of one product's data, for whoever asks for it."""

    request: AnyRequest
    phases: Phases
    settings: Settings
    principal: Principal
    product_id: UUID

    @property
    def organization_id(self) -> UUID:
        """Whose product it is to be."""
        return own_organization_id(self.principal)

    @property
    def path(self) -> str:
        """The address of the page."""
        return f"{PATH}/{self.product_id}/data"

    async def page(self, form: Form[Any]) -> Page:
        """Show the versions of the product; the open one takes files."""
        async with self.phases() as session:
            own = await get_own(session, self.organization_id, self.product_id)
            rows = await queries.list_versions(session, self.organization_id, self.product_id)
            found = [await version_out(session, one) for one in rows]
        current = next((one for one in found if one.state.value in OPEN), None)
        page = render(
            self.request,
            "selling_data.html",
            status=form.status,
            form=form,
            own=own,
            current=current,
            earlier=[one for one in found if one is not current],
            may_write=bool(SELL.roles & self.principal.roles),
            limit_bytes=self.settings.upload_file_limit_bytes,
            files_most=self.settings.upload_files_most,
        )
        store = self.settings.s3_public_url
        page.headers["content-security-policy"] = content_policy(connect_src=store)
        return page


def provide_place(
    request: AnyRequest,
    product_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Place:
    """Give the page that is asked for."""
    return Place(request, phases, settings, principal, product_id)


PLACE: Final = {"place": Provide(provide_place, sync_to_thread=False)}


@get(OWN + "/data", opt=allow(SELL_READ), include_in_schema=False, dependencies=PLACE)
async def show_data(place: NamedDependency[Place]) -> Page:
    """Show the versions of a product; the open one takes files."""
    return await place.page(EMPTY)


@get(OWN + "/versions/{version_id:uuid}/changes", opt=allow(SELL_READ), include_in_schema=False)
async def show_version_changes(
    request: AnyRequest,
    product_id: FromPath[UUID],
    version_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Show what differs between a version and the one before."""
    organization_id = own_organization_id(principal)
    own = await get_own(session, organization_id, product_id)
    version = await queries.get_version(session, organization_id, version_id)
    changes = await changes_of(session, version)
    return render(request, "selling_changes.html", own=own, changes=changes)


@post(OWN + "/data", opt=allow(SELL), include_in_schema=False, dependencies=PLACE)
async def submit_version(place: NamedDependency[Place], once: NamedDependency[Once]) -> Page:
    """Open the next version."""
    form = await read_form(place.request, VersionIn)
    own, actor_id = place.organization_id, place.principal.user_id

    async def act(content: VersionIn) -> Page:
        async def begin(session: AsyncSession) -> object:
            return await versions.open_version(
                session, own, place.product_id, note=content.note, actor_id=actor_id
            )

        return await once.redirect(form.key, begin, place.path, "version-opened")

    return await submitted(form, act, place.page)


Change = Callable[[AsyncSession, UUID, UUID], Awaitable[DatasetVersion]]


async def _change(place: Place, once: Once, change: Change, done: str) -> Page:
    """Close or give up the open version, or show the page again with the reason."""
    form = await read_form(place.request, Nothing)
    own = place.organization_id

    async def act(_content: Nothing) -> Page:
        async def changed(session: AsyncSession) -> object:
            found = await queries.list_versions(session, own, place.product_id)
            current = next((one for one in found if one.state.value in OPEN), None)
            if current is None:
                raise VersionClosed
            return await change(session, own, current.id)

        return await once.redirect(form.key, changed, place.path, done)

    return await submitted(form, act, place.page)


@post(OWN + "/data/close", opt=allow(SELL), include_in_schema=False, dependencies=PLACE)
async def submit_close(place: NamedDependency[Place], once: NamedDependency[Once]) -> Page:
    """Close the open version."""
    return await _change(place, once, versions.close_version, "version-closed")


@post(OWN + "/data/give-up", opt=allow(SELL), include_in_schema=False, dependencies=PLACE)
async def submit_give_up(place: NamedDependency[Place], once: NamedDependency[Once]) -> Page:
    """Give up the open version with its files."""
    return await _change(place, once, versions.give_up_version, "version-given-up")


@post(OWN + "/data/remove", opt=allow(SELL), include_in_schema=False, dependencies=PLACE)
async def submit_remove(place: NamedDependency[Place], store: NamedDependency[DataStore]) -> Page:
    """Take a file out of the open version."""
    form = await read_form(place.request, FileForm)

    async def act(content: FileForm) -> Page:
        quarantine = quarantine_of(store, place.settings)
        await uploading.remove_file(
            place.phases, quarantine, place.organization_id, content.file_id
        )
        return see_other(place.path, "file-removed")

    return await submitted(form, act, place.page)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_data,
    show_version_changes,
    submit_version,
    submit_close,
    submit_give_up,
    submit_remove,
)
