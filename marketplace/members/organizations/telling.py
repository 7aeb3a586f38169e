"""Telling the owners of an organization, and the words for roles in a person's language."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Function, Role
from marketplace.errors import Language
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations import queries
from marketplace.members.organizations.models import Organization
from marketplace.notices.kinds import NoticeKind
from marketplace.notices.service import notify

ROLE_WORDS: Final[dict[Role, tuple[str, str]]] = {
    Role.owner: ("대표 관리자", "Owner"),
    Role.seller: ("판매 담당", "Seller"),
    Role.buyer: ("구매 담당", "Buyer"),
    Role.viewer: ("조회", "Viewer"),
    Role.administrator: ("거래소 관리자", "Exchange administrator"),
    Role.reviewer: ("등록심사 담당", "Reviewer"),
    Role.finance: ("정산 담당", "Finance"),
    Role.agency_manager: ("사업 운영기관 관리자", "Agency manager"),
    Role.agency_officer: ("사업 운영기관 담당", "Agency officer"),
    Role.promoter_manager: ("추진기관 관리자", "Promoting agency manager"),
    Role.promoter_officer: ("추진기관 담당", "Promoting agency officer"),
    Role.ministry_publisher: ("부처 공고 담당", "Ministry publisher"),
    Role.ministry_reader: ("부처 조회", "Ministry reader"),
    Role.assessor_manager: ("원가계산기관 관리자", "Cost assessor manager"),
    Role.assessor: ("원가계산 담당", "Cost assessor"),
    Role.supervisor_manager: ("감리기관 관리자", "Supervision manager"),
    Role.supervisor: ("감리 담당", "Supervisor"),
    Role.evaluator: ("평가위원", "Evaluator"),
    Role.expert: ("전문가", "Expert"),
}


def role_word(role: str, language: Language) -> str:
    """Return what a role is called."""
    return ROLE_WORDS[Role(role)][0 if language == "ko" else 1]


def role_words(roles: Iterable[str], language: Language) -> str:
    """Return what several roles are called, in one line."""
    return ", ".join(role_word(role, language) for role in roles)


async def tell_people(
    session: AsyncSession,
    roles: Iterable[Role],
    kind: NoticeKind,
    *,
    link: str,
    organization_id: UUID | None = None,
    function: Function | None = None,
    **facts: Any,
) -> None:
    """Tell the active persons who hold one of the roles.

    Args:
        session: of the exchange itself
        link: page that the notice leads to
        organization_id: of this organization only
        function: of organizations with this function only
        facts: values of the kind's templates
    """
    people = await queries.people_with(
        session, roles, organization_id=organization_id, function=function
    )
    for person in people:
        await notify(session, recipient_of(person), kind, link=link, **facts)


async def tell_managers(
    session: AsyncSession,
    organization: Organization,
    kind: NoticeKind,
    *,
    link: str = "/organization",
    **facts: Any,
) -> None:
    """Tell everybody who manages the organization's people.

    Args:
        facts: values of the kind's templates besides ``organization``
    """
    for member in await queries.managers_of(session, organization.id):
        await notify(
            session, member.recipient, kind, link=link, organization=organization.name, **facts
        )
