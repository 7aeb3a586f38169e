"""What crosses the wire about what was bought, apart from the tables."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from marketplace.orders.delivery.models import ReceiptKind
from marketplace.orders.delivery.queries import RightState


class StartIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """That withdrawal from the purchase ends with the first download."""

    withdrawal_ends: bool = False


class OwnedFile(Struct, frozen=True, kw_only=True):
    """One file of a version that was bought."""

    id: UUID
    path: str
    size_bytes: int
    sha256: str


class NewerVersion(Struct, frozen=True):
    """A newer version of the product that is on sale."""

    number: int
    owned: bool


class EntitlementOut(Struct, frozen=True, kw_only=True):
    """The right to use a version that was bought; ``licence_ko`` and ``files`` are empty in lists.

    ``ends_on`` is the last day in Seoul. ``told_at``: it was confirmed that withdrawal ends with the first
    download; nothing is downloaded before. Of a revoked version the files are not shown.
    """

    id: UUID
    state: RightState
    order_id: UUID
    order_number: str
    product_id: UUID
    product_number: int
    title_ko: str
    title_en: str
    seller_id: UUID
    seller_name: str
    version_number: int
    version_sha256: str
    file_count: int
    size_bytes: int
    licence_sha256: str
    licence_ko: str
    granted_at: datetime
    ends_on: date | None
    told_at: datetime | None
    first_access_at: datetime | None
    ended_at: datetime | None
    revoked_at: datetime | None
    revoked_reason: str | None
    newer: NewerVersion | None
    files: list[OwnedFile]


class Entitlements(Struct, frozen=True):
    """What the organization bought, the newest first."""

    items: list[EntitlementOut]
    next_cursor: str | None


class FileLink(Struct, frozen=True):
    """A signed address of one file, and for how long it works [s]."""

    url: str
    expires_s: int


class ReceiptOut(Struct, frozen=True, kw_only=True):
    """One download. ``path`` is empty where the whole version was taken; ``person`` is empty to the seller."""

    id: UUID
    number: str
    sequence: int
    entitlement_id: UUID
    order_number: str
    product_id: UUID
    product_number: int
    title_ko: str
    title_en: str
    version_number: int
    buyer_name: str
    buyer_number: str
    seller_name: str
    seller_number: str
    person: str
    address: str
    kind: ReceiptKind
    path: str
    size_bytes: int
    sha256: str
    downloaded_at: datetime


class Receipts(Struct, frozen=True):
    """Receipts of downloads, the newest first."""

    items: list[ReceiptOut]
    next_cursor: str | None
