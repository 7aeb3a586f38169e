"""The API of what was bought: the library, downloads, and their receipts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation
from litestar.response import Stream
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets.errors import FileNotFound, VersionWithdrawn
from marketplace.catalog.datasets.models import DataFile
from marketplace.catalog.datasets.queries import files_of
from marketplace.db import Phases, Scope
from marketplace.errors import StoreUnavailable
from marketplace.http.cursors import CursorRefused
from marketplace.http.openapi import answers
from marketplace.idempotency import Once, repeatable
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    Cursor,
    Limit,
    cursors_of,
    number_of,
    position_of,
)
from marketplace.orders.delivery import queries, receipts, service
from marketplace.orders.delivery.answers import (
    link_answer,
    shelf_of,
    taker_of,
    way_to_file,
    whole_answer,
)
from marketplace.orders.delivery.errors import (
    EntitlementEnded,
    EntitlementNotFound,
    WithdrawalNotTold,
)
from marketplace.orders.delivery.policies import DOWNLOAD, SOLD, START
from marketplace.orders.delivery.queries import Owned
from marketplace.orders.delivery.schemas import (
    EntitlementOut,
    Entitlements,
    FileLink,
    NewerVersion,
    OwnedFile,
    ReceiptOut,
    Receipts,
    StartIn,
)
from marketplace.orders.purchases.queries import number_of as order_number_of
from marketplace.settings import Settings
from storage.ports import ObjectLinks, ObjectStore

PATH: Final = "/api/v1/organization/entitlements"
ONE: Final = PATH + "/{entitlement_id:uuid}"
FILE: Final = ONE + "/files/{file_id:uuid}"
SOLD_RECEIPTS: Final = "/api/v1/organization/sold-receipts"
TAGS: Final = ["delivery"]
LIST_NAME: Final = "entitlements"
RECEIPTS_NAME: Final = "receipts"
ENDED: Final = (EntitlementNotFound, EntitlementEnded, VersionWithdrawn)
TAKING: Final = allow(DOWNLOAD) | answers(*ENDED, WithdrawalNotTold, FileNotFound)


def out_of(
    owned: Owned, newer: NewerVersion | None = None, files: Sequence[DataFile] | None = None
) -> EntitlementOut:
    """Shape what was bought as its organization sees it; without files the text of the licence stays away."""
    right, line, version = owned.entitlement, owned.line, owned.version
    assert right.granted_at is not None, "a saved row has its time"
    return EntitlementOut(
        id=right.id, state=owned.state, order_id=owned.order.id,
        order_number=order_number_of(owned.order), product_id=line.product_id,
        product_number=line.product_number, title_ko=line.title_ko, title_en=line.title_en,
        seller_id=line.seller_id, seller_name=line.seller_name, version_number=version.number,
        version_sha256=version.sha256 or "", file_count=version.file_count,
        size_bytes=version.size_bytes, licence_sha256=line.licence_sha256,
        licence_ko="" if files is None else line.licence_ko, granted_at=right.granted_at,
        ends_on=right.ends_on, told_at=right.told_at, first_access_at=right.first_access_at,
        ended_at=right.ended_at, revoked_at=version.revoked_at,
        revoked_reason=version.revoked_reason, newer=newer,
        files=[OwnedFile(id=f.id, path=f.path, size_bytes=f.size_bytes, sha256=f.sha256 or "") for f in files or ()],
    )  # fmt: skip


async def newer_of(session: AsyncSession, owned: Sequence[Owned]) -> dict[UUID, NewerVersion]:
    """Return, by right, the newer version of its product that is on sale."""
    offered = await queries.offered_numbers(session, [one.line.product_id for one in owned])
    found = {}
    for one in owned:
        number, version_id = offered.get(one.line.product_id, (0, one.version.id))
        if number > one.version.number:
            own = one.entitlement.organization_id
            has = await queries.owned_versions(session, own, [version_id])
            found[one.entitlement.id] = NewerVersion(number, bool(has))
    return found


async def whole(session: AsyncSession, owned: Owned) -> EntitlementOut:
    """Return what was bought with its licence and its files."""
    newer = await newer_of(session, [owned])
    files = await files_of(session, owned.version.id)
    return out_of(owned, newer.get(owned.entitlement.id), files)


async def page_of(
    session: AsyncSession, organization_id: UUID, settings: Settings, cursor: str, limit: int
) -> Entitlements:
    """Return a page of what an organization bought.

    Raises:
        CursorRefused: the cursor was not made here
    """
    cursors = cursors_of(settings, LIST_NAME)
    after: tuple[datetime, UUID] | None = position_of(cursors, cursor)
    rows = await queries.list_own(session, organization_id, after=after, most=limit + 1)
    newer = await newer_of(session, rows[:limit])
    items = [out_of(one, newer.get(one.entitlement.id)) for one in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    more = cursors.seal(last.granted_at.isoformat(), str(last.id)) if last else None
    return Entitlements(items, more)


def receipts_page(
    found: list[ReceiptOut], settings: Settings, limit: int, list_name: str
) -> Receipts:
    """Cut a page of receipts that were read with one more."""
    cursors = cursors_of(settings, list_name)
    more = cursors.seal(found[limit - 1].sequence) if len(found) > limit else None
    return Receipts(found[:limit], more)


@get(PATH, opt=allow(DOWNLOAD) | answers(CursorRefused), tags=TAGS)
async def list_entitlements(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: Cursor = "",
    limit: Limit = DEFAULT_ROWS,
) -> Entitlements:
    """List what your organization bought, the newest first, ended rights too."""
    return await page_of(session, own_organization_id(principal), settings, cursor, limit)


@get(ONE, opt=allow(DOWNLOAD) | answers(EntitlementNotFound), tags=TAGS)
async def show_entitlement(
    entitlement_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> EntitlementOut:
    """Show what was bought with the licence as agreed and every file."""
    own = own_organization_id(principal)
    return await whole(session, await queries.get_own(session, own, entitlement_id))


@post(
    ONE + "/start",
    status_code=200,
    opt=allow(START) | answers(*ENDED, WithdrawalNotTold),
    tags=TAGS,
)
async def start_downloading(
    entitlement_id: FromPath[UUID],
    data: JSONBody[StartIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[EntitlementOut]:
    """Confirm that withdrawal ends with the first download; nothing is downloaded before."""
    taker, agreed = taker_of(principal), data.withdrawal_ends

    async def act(session: AsyncSession) -> EntitlementOut:
        owned = await service.start(session, taker, entitlement_id, withdrawal_ends=agreed)
        return await whole(session, owned)

    return await once.answer(act, EntitlementOut, status=200, scope=Scope.system())


@post(
    FILE + "/link",
    status_code=200,
    opt=TAKING | repeatable("each address is issued anew, lives two minutes, and has its receipt"),
    tags=TAGS,
)
async def make_link(
    *,
    entitlement_id: FromPath[UUID],
    file_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    store: NamedDependency[SkipValidation[ObjectLinks]],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> FileLink:
    """Give a signed address that downloads one file for two minutes."""
    wanted = (entitlement_id, file_id)
    return await link_answer(phases, store, shelf_of(settings), taker_of(principal), wanted)


@get(FILE, status_code=303, opt=TAKING, tags=TAGS)
async def go_to_file(
    *,
    entitlement_id: FromPath[UUID],
    file_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    store: NamedDependency[SkipValidation[ObjectLinks]],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Response[Any]:
    """Lead to the signed address of one file, for programs that follow redirects."""
    wanted = (entitlement_id, file_id)
    return await way_to_file(phases, store, shelf_of(settings), taker_of(principal), wanted)


@get(
    ONE + "/all.zip",
    opt=TAKING | answers(*ENDED, WithdrawalNotTold, FileNotFound, StoreUnavailable),
    tags=TAGS,
    media_type="application/zip",
)
async def send_whole(
    entitlement_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    store: NamedDependency[SkipValidation[ObjectStore]],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Stream:
    """Send the whole version as one ZIP with a manifest, made while it is sent."""
    taker = taker_of(principal)
    return await whole_answer(phases, store, shelf_of(settings), taker, entitlement_id)


@get(
    ONE + "/receipts", opt=allow(DOWNLOAD) | answers(EntitlementNotFound, CursorRefused), tags=TAGS
)
async def list_receipts(
    *,
    entitlement_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: Cursor = "",
    limit: Limit = DEFAULT_ROWS,
) -> Receipts:
    """List the downloads of what was bought, the newest first."""
    own = own_organization_id(principal)
    await queries.get_own(session, own, entitlement_id)
    before = number_of(cursors_of(settings, RECEIPTS_NAME), cursor)
    found = await receipts.list_bought(session, own, entitlement_id, before=before, most=limit + 1)
    return receipts_page(found, settings, limit, RECEIPTS_NAME)


@get(SOLD_RECEIPTS, opt=allow(SOLD) | answers(CursorRefused), tags=TAGS)
async def list_sold_receipts(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: Cursor = "",
    limit: Limit = DEFAULT_ROWS,
) -> Receipts:
    """List the downloads of what your organization sold, the newest first."""
    before = number_of(cursors_of(settings, RECEIPTS_NAME), cursor)
    own = own_organization_id(principal)
    found = await receipts.list_sold(session, own, before=before, most=limit + 1)
    return receipts_page(found, settings, limit, RECEIPTS_NAME)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_entitlements,
    show_entitlement,
    start_downloading,
    make_link,
    go_to_file,
    send_whole,
    list_receipts,
    list_sold_receipts,
)
