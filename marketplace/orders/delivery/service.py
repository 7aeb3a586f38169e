"""Downloading what was bought: the statement before the first time, and a fresh check each time (B4)."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.catalog.datasets.errors import FileNotFound
from marketplace.catalog.datasets.models import DataFile, FileState
from marketplace.catalog.datasets.queries import files_of
from marketplace.catalog.market.versions import withdrawn
from marketplace.db import now, request_facts
from marketplace.orders.delivery.errors import EntitlementEnded, WithdrawalNotTold
from marketplace.orders.delivery.models import DownloadReceipt, Entitlement, ReceiptKind
from marketplace.orders.delivery.queries import Owned, RightState, get_own
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectLinks

# What is checked when a link is given out may have changed when it is used: it lives no longer than this [s].
LINK_EXPIRES_S: Final = 120


@dataclass(frozen=True)
class Taker:
    """Who downloads, and for which organization."""

    organization_id: UUID
    user_id: UUID


async def start(
    session: AsyncSession, taker: Taker, entitlement_id: UUID, *, withdrawal_ends: bool
) -> Owned:
    """Confirm that withdrawal ends with the first download. Confirming twice changes nothing.

    Args:
        session: of the exchange itself; the right is looked for by its organization
        withdrawal_ends: the box was ticked

    Raises:
        EntitlementNotFound: none of this organization
        EntitlementEnded, VersionWithdrawn: it can be used no more
        WithdrawalNotTold: the box was not ticked

    Source:
        전자상거래법 제17조 제2항 제5호, 제6항: withdrawal from digital content ends when its provision begins,
        where the buyer was told so clearly.
    """
    owned = await get_own(session, taker.organization_id, entitlement_id, lock=True)
    _refuse_ended(owned)
    if not withdrawal_ends:
        raise WithdrawalNotTold
    entitlement = owned.entitlement
    if entitlement.told_at is None:
        entitlement.told_at, entitlement.told_by = now(session), taker.user_id
        await session.flush()
        await record(session, "entitlement.told", _thing(entitlement))
    return owned


async def take_file(
    session: AsyncSession, taker: Taker, entitlement_id: UUID, file_id: UUID
) -> DataFile:
    """Let one file be downloaded now, and write the receipt.

    Args:
        session: of the exchange itself; the right is looked for by its organization

    Raises:
        EntitlementNotFound: none of this organization
        EntitlementEnded, VersionWithdrawn: it can be used no more
        WithdrawalNotTold: nobody has confirmed what the first download ends
        FileNotFound: the version has no such file
    """
    owned = await get_own(session, taker.organization_id, entitlement_id, lock=True)
    _refuse_unusable(owned)
    file = await session.get(DataFile, file_id)
    if file is None or file.version_id != owned.version.id or file.state is not FileState.ready:
        raise FileNotFound
    await _accessed(session, owned.entitlement)
    await _write_receipt(session, taker, owned, ReceiptKind.file, [file])
    return file


async def take_whole(
    session: AsyncSession, taker: Taker, entitlement_id: UUID
) -> tuple[Owned, list[DataFile]]:
    """Let the whole version be downloaded now, and write the receipt.

    Args:
        session: of the exchange itself; the right is looked for by its organization

    Returns:
        The right, and the files of the version in their order.

    Raises:
        EntitlementNotFound, EntitlementEnded, VersionWithdrawn, WithdrawalNotTold: as for one file
        FileNotFound: the version holds none
    """
    owned = await get_own(session, taker.organization_id, entitlement_id, lock=True)
    _refuse_unusable(owned)
    files = [
        one for one in await files_of(session, owned.version.id) if one.state is FileState.ready
    ]
    if not files:
        raise FileNotFound
    await _accessed(session, owned.entitlement)
    await _write_receipt(session, taker, owned, ReceiptKind.whole, files)
    return owned, files


def link_to(links: ObjectLinks, bucket: Bucket, file: DataFile) -> str:
    """Return the signed address that downloads one file under its own name."""
    assert file.object_key is not None, "a file that is ready lies in the store"
    name = PurePosixPath(file.path).name
    return links.presign_get(
        bucket, ObjectKey(file.object_key), file_name=name, expires_s=LINK_EXPIRES_S
    )


def _refuse_ended(owned: Owned) -> None:
    if owned.state is RightState.revoked:
        raise withdrawn(owned.version)
    if owned.state is not RightState.in_force:
        raise EntitlementEnded(state=owned.state.value)


def _refuse_unusable(owned: Owned) -> None:
    _refuse_ended(owned)
    if owned.entitlement.told_at is None:
        raise WithdrawalNotTold


async def _accessed(session: AsyncSession, entitlement: Entitlement) -> None:
    """Provision of the content begins with the first access; the row is locked."""
    if entitlement.first_access_at is None:
        entitlement.first_access_at = now(session)
        await session.flush()
        await record(session, "entitlement.first_accessed", _thing(entitlement))


async def _write_receipt(
    session: AsyncSession, taker: Taker, owned: Owned, kind: ReceiptKind, files: list[DataFile]
) -> None:
    request, one = request_facts(session), kind is ReceiptKind.file
    receipt = DownloadReceipt(
        organization_id=taker.organization_id, seller_id=owned.entitlement.seller_id,
        entitlement_id=owned.entitlement.id, user_id=taker.user_id, kind=kind,
        address=request.address if request else None,
        file_id=files[0].id if one else None, path=files[0].path if one else "",
        size_bytes=sum(file.size_bytes for file in files),
        sha256=(files[0].sha256 if one else owned.version.sha256) or "",
        downloaded_at=now(session),
    )  # fmt: skip
    session.add(receipt)
    await session.flush()
    facts = {
        "kind": kind.value, "path": receipt.path, "size_bytes": receipt.size_bytes,
        "sha256": receipt.sha256, "receipt_id": str(receipt.id),
    }  # fmt: skip
    await record(session, "entitlement.downloaded", _thing(owned.entitlement), facts=facts)


def _thing(entitlement: Entitlement) -> Thing:
    return Thing("entitlement", entitlement.id, entitlement.organization_id)
