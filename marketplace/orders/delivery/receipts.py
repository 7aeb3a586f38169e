"""Receipts of downloads (수령 기록): each side reads and exports its own."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.clock import SEOUL
from marketplace.members.accounts.models import User
from marketplace.orders.delivery.models import DownloadReceipt, Entitlement
from marketplace.orders.delivery.schemas import ReceiptOut
from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.purchases.queries import number_of
from marketplace.spreadsheets import csv_of

# The newest that a file holds; a paper of more pages is printed by nobody.
CSV_ROWS_MOST: Final = 10_000
PAPER_ROWS_MOST: Final = 1_000
COLUMNS: Final = (
    "수령 번호", "내려받은 때(KST)", "주문 번호", "상품 번호", "상품명", "판", "구매자", "판매자", "내려받은 사람", "접속 주소",
    "파일", "크기(바이트)", "SHA-256",
)  # fmt: skip


def receipt_number(receipt: DownloadReceipt) -> str:
    """Return the number that people read out: the year and the running number."""
    assert receipt.downloaded_at is not None, "a saved row has its time"
    return f"D{receipt.downloaded_at.astimezone(SEOUL).year}-{receipt.sequence:06d}"


def _whole() -> Select[*tuple[Any, ...]]:
    # Somebody of another organization cannot be read by name: the party of the contract is the organization.
    return (
        select(
            DownloadReceipt,
            Order,
            OrderLine,
            func.coalesce(col(User.name), "").label("person"),
            func.host(col(DownloadReceipt.address)).label("host"),
        )
        .join(Entitlement, col(Entitlement.id) == col(DownloadReceipt.entitlement_id))
        .join(OrderLine, col(OrderLine.id) == col(Entitlement.order_line_id))
        .join(Order, col(Order.id) == col(OrderLine.order_id))
        .outerjoin(User, col(User.id) == col(DownloadReceipt.user_id))
    )


async def list_bought(
    session: AsyncSession,
    organization_id: UUID,
    entitlement_id: UUID,
    *,
    before: int | None,
    most: int,
) -> list[ReceiptOut]:
    """Return receipts of one right of an organization, the newest first.

    Args:
        before: only those with a smaller running number
        most: how many
    """
    statement = _whole().where(
        col(DownloadReceipt.organization_id) == organization_id,
        col(DownloadReceipt.entitlement_id) == entitlement_id,
    )
    return await _listed(session, statement, before, most)


async def list_sold(
    session: AsyncSession, seller_id: UUID, *, before: int | None, most: int
) -> list[ReceiptOut]:
    """Return receipts of what a seller sold, the newest first; persons of the buyers are not named."""
    statement = _whole().where(col(DownloadReceipt.seller_id) == seller_id)
    return await _listed(session, statement, before, most)


async def _listed(
    session: AsyncSession, statement: Select[*tuple[Any, ...]], before: int | None, most: int
) -> list[ReceiptOut]:
    if before is not None:
        statement = statement.where(col(DownloadReceipt.sequence) < before)
    rows = await session.execute(
        statement.order_by(col(DownloadReceipt.sequence).desc()).limit(most)
    )
    return [_shaped(*row) for row in rows]


def _shaped(
    receipt: DownloadReceipt, order: Order, line: OrderLine, person: str, host: str | None
) -> ReceiptOut:
    assert receipt.downloaded_at is not None, "a saved row has its time"
    assert receipt.sequence is not None, "and its number"
    return ReceiptOut(
        id=receipt.id, number=receipt_number(receipt), sequence=receipt.sequence,
        entitlement_id=receipt.entitlement_id, order_number=number_of(order),
        product_id=line.product_id, product_number=line.product_number,
        title_ko=line.title_ko, title_en=line.title_en, version_number=line.version_number,
        buyer_name=order.organization_name, buyer_number=order.organization_number,
        seller_name=line.seller_name, seller_number=line.seller_number,
        person=person, address=host or "", kind=receipt.kind, path=receipt.path,
        size_bytes=receipt.size_bytes, sha256=receipt.sha256, downloaded_at=receipt.downloaded_at,
    )  # fmt: skip


def as_csv(receipts: Iterable[ReceiptOut]) -> bytes:
    """Return receipts as CSV in UTF-8 with a byte order mark, which spreadsheets need for Hangul. Pure."""
    return csv_of([COLUMNS, *map(_cells, receipts)])


def _cells(one: ReceiptOut) -> Sequence[str | int]:
    return (
        one.number, in_seoul(one.downloaded_at), one.order_number, one.product_number, one.title_ko,
        one.version_number, one.buyer_name, one.seller_name, one.person, one.address,
        one.path or "판 전체", one.size_bytes, one.sha256,
    )  # fmt: skip


def in_seoul(at: datetime) -> str:
    """Return a time as it stands on papers."""
    return f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}"
