"""Reads of a version's reports and of the orders to examine it again; for staff."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.datasets.models import DatasetVersion, QualityCertificate, QualityReport
from marketplace.catalog.datasets.queries import find_report
from marketplace.catalog.profiles.errors import EarlierReportNotFound
from marketplace.catalog.profiles.models import EarlierReport, ProfileOrder, ProfileState
from marketplace.catalog.profiles.schemas import OrderLine, ProfilesOut, ReportLine
from marketplace.clock import SEOUL

ORDERS_MOST = 20
# Of the column; a larger number is none that we gave.
NUMBER_MOST = 2**31 - 1


async def earlier_reports(session: AsyncSession, version_id: UUID) -> list[EarlierReport]:
    """Return the reports that were replaced, the first one first."""
    rows = await session.scalars(
        select(EarlierReport)
        .where(col(EarlierReport.version_id) == version_id)
        .order_by(col(EarlierReport.number))
    )
    return list(rows)


async def get_earlier(session: AsyncSession, version_id: UUID, number: int) -> EarlierReport:
    """Return one of them.

    Raises:
        EarlierReportNotFound: no such number
    """
    found: EarlierReport | None = None
    if number <= NUMBER_MOST:
        found = await session.get(EarlierReport, (version_id, number))
    if found is None:
        raise EarlierReportNotFound
    return found


async def first_day(session: AsyncSession, version_id: UUID) -> date | None:
    """Return the day in Korea on which the first report of a version was made."""
    earlier = await earlier_reports(session, version_id)
    first = earlier[0] if earlier else await find_report(session, version_id)
    return None if first is None or first.made_at is None else _day(first.made_at)


def _day(at: datetime) -> date:
    return at.astimezone(SEOUL).date()


async def profiles_of(session: AsyncSession, version: DatasetVersion) -> ProfilesOut:
    """Return the reports of a version and the newest orders."""
    earlier = await earlier_reports(session, version.id)
    newest = await find_report(session, version.id)
    orders = await session.scalars(
        select(ProfileOrder)
        .where(col(ProfileOrder.version_id) == version.id)
        .order_by(col(ProfileOrder.ordered_at).desc(), col(ProfileOrder.id))
        .limit(ORDERS_MOST)
    )
    certified = set(
        await session.scalars(
            select(col(QualityCertificate.report_sha256)).where(
                col(QualityCertificate.version_id) == version.id
            )
        )
    )
    lines = [_line(one, one.number, certified) for one in earlier]
    if newest is not None:
        lines.append(_line(newest, len(earlier) + 1, certified))
    told = [_order(one) for one in orders]
    return ProfilesOut(
        version_id=version.id,
        first_on=await first_day(session, version.id),
        waiting=any(one.state is ProfileState.waiting for one in told),
        reports=lines[::-1],
        orders=told,
    )


def _line(one: QualityReport | EarlierReport, number: int, certified: set[str]) -> ReportLine:
    assert one.made_at is not None, "a saved row has its time"
    return ReportLine(
        number=number,
        engine=one.engine,
        rules=one.report.get("rules", ""),
        grade=one.grade,
        blocker_count=one.blocker_count,
        warning_count=one.warning_count,
        row_count=one.row_count,
        as_of=_as_of(one.report),
        sha256=one.sha256,
        certified=one.sha256 in certified,
        made_at=one.made_at,
        replaced_at=one.replaced_at if isinstance(one, EarlierReport) else None,
    )


def _as_of(report: Mapping[str, Any]) -> date | None:
    said = next((file["as_of"] for file in report.get("files", ()) if file.get("as_of")), None)
    return None if said is None else date.fromisoformat(said)


def _order(one: ProfileOrder) -> OrderLine:
    assert one.ordered_at is not None, "a saved row has its time"
    return OrderLine(
        id=one.id,
        state=one.state,
        reason=one.reason,
        as_of=one.as_of,
        ordered_by=one.ordered_by,
        ordered_at=one.ordered_at,
        ended_at=one.ended_at,
    )
