"""What leaves the exchange: signed addresses of papers, and the list as CSV."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.clock import SEOUL
from marketplace.members.organizations.models import Paper
from marketplace.members.oversight.acts import required
from marketplace.members.oversight.errors import ExportTooLarge, PaperNotReady
from marketplace.members.oversight.organizations import queries
from marketplace.members.registry.business_number import format_business_number
from marketplace.spreadsheets import csv_of
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectLinks

LINK_EXPIRES_S: Final = 60
EXPORT_ROWS_MAX: Final = 20_000
COLUMNS: Final = (
    "사업자등록번호",
    "상호",
    "대표자",
    "기관 종류",
    "상태",
    "가입 시각(KST)",
    "서류 대기",
    "대표자 확인 대기",
    "사업자 상태 문제",
    "계좌 확인 대기",
)


async def open_paper(
    session: AsyncSession, links: ObjectLinks, bucket: str, paper_of: tuple[UUID, UUID]
) -> str:
    """Return an address that downloads a paper for a minute; each issue is in the trail.

    Args:
        bucket: full name of the private bucket
        paper_of: id of the organization and of its paper

    Raises:
        NotFound: there is no such paper of this organization
        PaperNotReady: the file has not arrived
    """
    organization_id, paper_id = paper_of
    paper: Paper = await queries.get_paper(session, organization_id, paper_id)
    if paper.ready_at is None:
        raise PaperNotReady
    await record(
        session,
        "paper.opened",
        Thing("paper", paper.id, organization_id),
        facts={"kind": paper.kind.value, "sha256": paper.sha256},
    )
    return links.presign_get(
        Bucket(bucket),
        ObjectKey(paper.object_key),
        file_name=paper.file_name,
        expires_s=LINK_EXPIRES_S,
    )


async def export_organizations(
    session: AsyncSession, actor: Principal, wanted: queries.OrganizationFilter, *, reason: str
) -> bytes:
    """Return the list as CSV in UTF-8 with a byte order mark, which spreadsheets need for Hangul.

    Raises:
        ReasonMissing: no reason
        ExportTooLarge: more rows than one file takes
    """
    text = required(reason)
    rows = await queries.list_organizations(session, wanted, rows_max=EXPORT_ROWS_MAX + 1)
    if len(rows) > EXPORT_ROWS_MAX:
        raise ExportTooLarge(rows_max=EXPORT_ROWS_MAX)
    await record(
        session,
        "organization.list_exported",
        Thing("organization", "list", actor.organization_id),
        reason=text,
        facts={"rows": len(rows), "text": wanted.text},
    )
    return csv_of([COLUMNS, *map(_values, rows)])


def _values(row: queries.OrganizationRow) -> list[str]:
    flags = (
        row.papers_waiting,
        row.representative_waiting,
        row.registry_problem,
        row.bank_account_waiting,
    )
    return [
        format_business_number(row.business_number),
        row.name,
        row.representative,
        row.kind.value,
        row.state.value,
        f"{row.created_at.astimezone(SEOUL):%Y-%m-%d %H:%M}",
        *("Y" if flag else "" for flag in flags),
    ]
