"""The answers that give data away: a signed link, the way to it, and the whole version as one stream."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.response import Stream

from marketplace.auth import Principal
from marketplace.catalog.datasets.models import DataFile
from marketplace.db import Phases, Scope
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.delivery import service
from marketplace.orders.delivery.archives import Packed, Sending, archive, manifest_of
from marketplace.orders.delivery.queries import Owned
from marketplace.orders.delivery.schemas import FileLink
from marketplace.orders.delivery.service import LINK_EXPIRES_S, Taker
from marketplace.orders.purchases.queries import number_of
from marketplace.settings import Settings
from storage.disposition import attachment
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectLinks, ObjectStore

# No browser opens what is sent as a page of ours.
_SEALED: Final = "sandbox; default-src 'none'"


def taker_of(principal: Principal) -> Taker:
    """Return who downloads."""
    return Taker(own_organization_id(principal), principal.user_id)


def shelf_of(settings: Settings) -> Bucket:
    """Return where the bytes of versions lie."""
    return Bucket(settings.bucket("published"))


async def link_answer(
    phases: Phases, links: ObjectLinks, bucket: Bucket, taker: Taker, wanted: tuple[UUID, UUID]
) -> FileLink:
    """Check the right, write the receipt, and give a signed address of one file.

    Args:
        wanted: id of the right and of the file

    Raises:
        EntitlementNotFound, EntitlementEnded, VersionWithdrawn, WithdrawalNotTold, FileNotFound: see the service
    """
    async with phases(Scope.system()) as session:
        file = await service.take_file(session, taker, *wanted)
    return FileLink(service.link_to(links, bucket, file), LINK_EXPIRES_S)


async def way_to_file(
    phases: Phases, links: ObjectLinks, bucket: Bucket, taker: Taker, wanted: tuple[UUID, UUID]
) -> Response[Any]:
    """Lead to the signed address of one file; refusals as for the link."""
    link = await link_answer(phases, links, bucket, taker, wanted)
    return Response(b"", status_code=303, headers={"location": link.url})


async def whole_answer(
    phases: Phases, store: ObjectStore, bucket: Bucket, taker: Taker, entitlement_id: UUID
) -> Stream:
    """Check the right, write the receipt, and send the whole version as one archive.

    Raises:
        EntitlementNotFound, EntitlementEnded, VersionWithdrawn, WithdrawalNotTold, FileNotFound: see the service
    """
    async with phases(Scope.system()) as session:
        owned, files = await service.take_whole(session, taker, entitlement_id)

    def read(key: str) -> Iterator[bytes]:
        return store.read(bucket, ObjectKey(key))

    granted_at = owned.entitlement.granted_at
    assert granted_at is not None, "a saved row has its time"
    packed = [_packed(file) for file in files]
    blocks = archive(packed, manifest_of(_facts(owned), packed), read, at=granted_at)
    name = f"{owned.line.title_ko} 판{owned.version.number} ({number_of(owned.order)}).zip"
    return Stream(
        Sending(blocks).stream(),
        media_type="application/zip",
        headers={"content-disposition": attachment(name), "content-security-policy": _SEALED},
    )


def _packed(file: DataFile) -> Packed:
    assert file.sha256 is not None, "a file that is ready has its hash"
    assert file.object_key is not None, "and its key"
    return Packed(file.path, file.size_bytes, file.sha256, file.object_key)


def _facts(owned: Owned) -> dict[str, Any]:
    line, ends_on = owned.line, owned.entitlement.ends_on
    return {
        "order_number": number_of(owned.order),
        "buyer": owned.order.organization_name,
        "seller": line.seller_name,
        "product_id": str(line.product_id),
        "product_number": line.product_number,
        "title_ko": line.title_ko,
        "title_en": line.title_en,
        "version_number": owned.version.number,
        "version_sha256": owned.version.sha256,
        "licence_sha256": line.licence_sha256,
        "ends_on": ends_on.isoformat() if ends_on else None,
    }
