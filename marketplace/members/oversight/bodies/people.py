"""New accounts for people who do not sign up themselves, and roles that change with their history."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import ROLES_OF, Role
from marketplace.db import constraint_of, now
from marketplace.members.accounts.links import issue_link
from marketplace.members.accounts.models import LinkPurpose, PersonRole, User, UserState
from marketplace.members.accounts.telling import link_address, recipient_of
from marketplace.members.organizations.models import Membership, Organization, RoleChange
from marketplace.members.oversight import notices
from marketplace.members.oversight.errors import EmailTaken, RolesNotOfBody
from marketplace.notices.service import notify


@dataclass(frozen=True)
class NewPerson:
    """Somebody who gets an account by a link.

    Args:
        email: any case; kept in small letters
        name: any Unicode form; kept composed
    """

    email: str
    name: str

    @property
    def address(self) -> str:
        """The address as it is stored."""
        return unicodedata.normalize("NFC", self.email).strip().lower()

    @property
    def shown_name(self) -> str:
        """The name as it is stored."""
        return " ".join(unicodedata.normalize("NFC", self.name).split())


async def make_account(
    session: AsyncSession, person: NewPerson, *, person_role: PersonRole | None = None
) -> User:
    """Make an account that a link starts; nobody has set its password yet.

    Raises:
        EmailTaken: the address belongs to somebody
    """
    await refuse_taken(session, person.address)
    user = User(
        email=person.address,
        name=person.shown_name,
        state=UserState.unconfirmed,
        person_role=person_role,
        created_at=now(session),
    )
    session.add(user)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "uq_user_account_email":
            raise EmailTaken(email=person.address) from error
        raise
    return user


async def refuse_taken(session: AsyncSession, address: str) -> None:
    """Refuse an address that belongs to somebody.

    Raises:
        EmailTaken: it does
    """
    if await session.scalar(select(col(User.id)).where(col(User.email) == address)):
        raise EmailTaken(email=address)


def checked_roles(organization: Organization, roles: Iterable[Role]) -> list[str]:
    """Return the roles in the order of the function.

    Raises:
        RolesNotOfBody: none, or one that the organization's function does not have
    """
    wanted = set(roles)
    allowed = ROLES_OF[organization.function]
    if not wanted or not wanted.issubset(allowed):
        raise RolesNotOfBody
    return [role.value for role in allowed if role in wanted]


async def join(
    session: AsyncSession,
    user: User,
    organization: Organization,
    roles: list[str],
    *,
    reason: str,
    changed_by: UUID | None,
) -> Membership:
    """Make a person a member with roles and keep the history of it.

    Args:
        roles: of ``checked_roles``
        changed_by: who decided; None on the command line
    """
    membership = Membership(
        user_id=user.id, organization_id=organization.id, roles=roles, joined_at=now(session)
    )
    change = RoleChange(
        user_id=user.id,
        organization_id=organization.id,
        roles_before=[],
        roles_after=roles,
        reason=reason[:200],
        changed_by=changed_by,
        changed_at=now(session),
    )
    session.add_all([membership, change])
    await session.flush()
    return membership


async def send_first_link(
    session: AsyncSession, user: User, *, organization_name: str, public_url: str
) -> None:
    """Mail the link with which a new person chooses a password.

    Args:
        public_url: where people reach the exchange
    """
    secret = await issue_link(session, user.id, LinkPurpose.first_sign_in)
    await notify(
        session,
        recipient_of(user),
        notices.FIRST_SIGN_IN,
        private_link=link_address(public_url, LinkPurpose.first_sign_in, secret),
        organization=organization_name,
        name=user.name,
    )
