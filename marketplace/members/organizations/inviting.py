"""Invitations by mail: sent, sent again, withdrawn, accepted. The link is good for seven days."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace import limits
from marketplace.audit import Thing, record
from marketplace.auth import Role
from marketplace.db import Phases, Scope, now
from marketplace.members.accounts.consents import record_consents
from marketplace.members.accounts.links import end_links
from marketplace.members.accounts.models import LegalKind, User, UserState
from marketplace.members.accounts.password_policy import password_reasons
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.members.accounts.tokens import digest, new_link_token
from marketplace.members.organizations import queries
from marketplace.members.organizations.errors import (
    AlreadyMember,
    InvitationForAnother,
    InvitationNeedsSignIn,
    InvitationNotUsable,
    InvitationOpen,
    OrganizationNotActive,
)
from marketplace.members.organizations.membership import add_member, checked_roles
from marketplace.members.organizations.models import (
    Invitation,
    Organization,
    OrganizationState,
)
from marketplace.members.organizations.notices import INVITED, MEMBER_JOINED
from marketplace.members.organizations.particulars import Typed
from marketplace.members.organizations.schemas import AcceptInvitationIn, InvitationIn
from marketplace.members.organizations.signing_up import (
    NewPerson,
    close_unconfirmed,
    missing_consents,
    take_address,
    withdraw_requests,
)
from marketplace.members.organizations.telling import role_words, tell_managers
from marketplace.notices.service import Recipient, notify

INVITATION_KEPT: Final = timedelta(days=7)
INVITATIONS_PER_DAY: Final = 50
ACCEPTS_PER_ADDRESS: Final = 30
ACCEPTS_WINDOW_S: Final = 600
DAY_S: Final = 86_400


@dataclass(frozen=True)
class Offer:
    """An invitation that can be accepted now, as its page shows it."""

    invitation_id: UUID
    organization_id: UUID
    organization_name: str
    email: str
    roles: tuple[Role, ...]
    has_account: bool


async def count_invitation(phases: Phases, organization_id: UUID) -> None:
    """Count one mail of the organization's invitations.

    Raises:
        TooManyRequests: the organization sent as many today as it may
    """
    await limits.count(
        phases, "invitation", str(organization_id), most=INVITATIONS_PER_DAY, window_s=DAY_S
    )


async def invite(
    session: AsyncSession,
    organization_id: UUID,
    wanted: InvitationIn,
    *,
    actor_id: UUID,
    public_url: str,
) -> Invitation:
    """Invite somebody by mail; an expired invitation of the address is replaced.

    Args:
        wanted: address and roles as typed
        public_url: where the link of the mail leads

    Raises:
        Invalid: not a mail address, or roles that the organization does not have
        AlreadyMember: the address belongs to a member
        InvitationOpen: the address has an invitation that still counts
        NoLongerOwner: the actor has lost the role meanwhile
    """
    typed = Typed()
    email = typed.email("email", wanted.email)
    typed.finish()
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    given = checked_roles(organization.function, wanted.roles)
    members = await queries.list_members(session, organization_id)
    if any(member.email == email for member in members):
        raise AlreadyMember(email=email)
    for earlier in await queries.list_open_invitations(session, organization_id):
        if earlier.email == email and earlier.expires_at > now(session):
            raise InvitationOpen(email=email)
        if earlier.email == email:
            earlier.withdrawn_at = now(session)
    await session.flush()
    secret = new_link_token()
    invitation = Invitation(
        organization_id=organization_id,
        email=email,
        roles=given,
        token_hash=secret.digest,
        invited_by=actor_id,
        invited_at=now(session),
        expires_at=now(session) + INVITATION_KEPT,
    )
    session.add(invitation)
    await session.flush()
    await record(
        session,
        "member.invited",
        Thing("invitation", invitation.id, organization_id),
        facts={"email": email, "roles": given},
    )
    await _mail(session, organization, invitation, secret.text, public_url)
    return invitation


async def send_again(
    session: AsyncSession,
    organization_id: UUID,
    invitation_id: UUID,
    *,
    actor_id: UUID,
    public_url: str,
) -> Invitation:
    """Send a new link, good for seven days from now; the earlier link ends.

    Raises:
        InvitationNotFound: accepted, withdrawn, or not of this organization
        NoLongerOwner: the actor has lost the role meanwhile
    """
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    invitation = await queries.invitation_for_update(session, organization_id, invitation_id)
    secret = new_link_token()
    invitation.token_hash = secret.digest
    invitation.invited_by = actor_id
    invitation.expires_at = now(session) + INVITATION_KEPT
    await session.flush()
    await record(
        session, "member.invited_again", Thing("invitation", invitation.id, organization_id)
    )
    await _mail(session, organization, invitation, secret.text, public_url)
    return invitation


async def withdraw(
    session: AsyncSession, organization_id: UUID, invitation_id: UUID, *, actor_id: UUID
) -> None:
    """Withdraw an invitation: its link ends.

    Raises:
        InvitationNotFound: accepted, withdrawn, or not of this organization
        NoLongerOwner: the actor has lost the role meanwhile
    """
    await queries.lock_as_manager(session, organization_id, actor_id)
    invitation = await queries.invitation_for_update(session, organization_id, invitation_id)
    invitation.withdrawn_at = now(session)
    await session.flush()
    await record(
        session,
        "member.invitation_withdrawn",
        Thing("invitation", invitation.id, organization_id),
        facts={"email": invitation.email},
    )


async def look_at(session: AsyncSession, secret: str) -> Offer:
    """Return what a link offers; a look uses nothing up.

    Args:
        session: of the system's scope: the invited person sees no organization yet

    Raises:
        InvitationNotUsable: unknown, over, accepted, withdrawn, or of a suspended organization
    """
    invitation, organization = await _open(session, secret, lock=False)
    state = await session.scalar(select(col(User.state)).where(col(User.email) == invitation.email))
    return Offer(
        invitation_id=invitation.id,
        organization_id=organization.id,
        organization_name=organization.name,
        email=invitation.email,
        roles=queries.ordered(invitation.roles),
        has_account=state is not None and state is not UserState.unconfirmed,
    )


async def accept_as_member(session: AsyncSession, secret: str, *, user_id: UUID) -> Organization:
    """Accept as somebody who is signed in and belongs nowhere.

    Args:
        session: of the system's scope

    Raises:
        InvitationNotUsable: unknown, over, accepted, withdrawn
        InvitationForAnother: signed in under another address
        BelongsElsewhere: the person belongs to an organization
    """
    invitation, organization = await _open(session, secret, lock=True)
    user = await session.get_one(User, user_id)
    if user.email != invitation.email:
        raise InvitationForAnother
    await _join(session, user, invitation, organization)
    return organization


async def accept_as_new(
    phases: Phases,
    given: AcceptInvitationIn,
    *,
    passwords: PasswordHashing,
    address: str,
) -> str:
    """Accept as somebody new: the link proves the mail address, so the account counts at once.

    Args:
        address: where the request comes from, which is limited

    Returns:
        The organization's name.

    Raises:
        Invalid: every wrong field
        InvitationNotUsable: unknown, over, accepted, withdrawn
        InvitationNeedsSignIn: the address has an account
        TooManyRequests: too many tries from this address
    """
    await limits.count(
        phases, "accept_invitation", address, most=ACCEPTS_PER_ADDRESS, window_s=ACCEPTS_WINDOW_S
    )
    async with phases(Scope.system()) as session:
        offer = await look_at(session, given.token)
    typed = Typed()
    name = typed.line("person_name", given.person_name)
    phone = typed.phone("person_phone", given.person_phone)
    typed.errors.extend(
        password_reasons(given.password, context=(offer.organization_name, name, offer.email))
    )
    typed.errors.extend(missing_consents(terms=given.terms, privacy=given.privacy))
    typed.finish()
    person = NewPerson(
        name=name,
        email=offer.email,
        phone=phone,
        password_hash=await passwords.hash(given.password),
        language=given.language,
    )
    async with phases(Scope.system()) as session:
        await _accept_new(session, given.token, person)
    return offer.organization_name


async def _accept_new(session: AsyncSession, secret: str, person: NewPerson) -> None:
    invitation, organization = await _open(session, secret, lock=True)
    user = await take_address(session, person)
    if user is None:
        raise InvitationNeedsSignIn
    await _give_up_sign_up(session, user)
    user.state = UserState.active
    user.email_confirmed_at = now(session)
    await session.flush()
    await record_consents(session, user.id, list(LegalKind))
    await _join(session, user, invitation, organization)


async def _give_up_sign_up(session: AsyncSession, user: User) -> None:
    """End what the address signed up for before and never confirmed."""
    await end_links(session, user.id)
    membership = await queries.find_membership(session, user.id)
    if membership is not None:
        own = await queries.organization_for_update(session, membership.organization_id)
        await close_unconfirmed(session, own, "accepted an invitation")


async def _join(
    session: AsyncSession, user: User, invitation: Invitation, organization: Organization
) -> None:
    await withdraw_requests(session, user.id)
    await add_member(session, user.id, organization, list(invitation.roles), "invitation")
    invitation.accepted_at = now(session)
    await session.flush()
    await record(
        session,
        "member.joined",
        Thing("invitation", invitation.id, organization.id),
        facts={"user_id": str(user.id), "roles": list(invitation.roles)},
        actor_user_id=user.id,
    )
    await tell_managers(
        session,
        organization,
        MEMBER_JOINED,
        link="/organization/members",
        person=user.name,
        email=user.email,
        roles=role_words(invitation.roles, "ko"),
    )


async def _open(
    session: AsyncSession, secret: str, *, lock: bool
) -> tuple[Invitation, Organization]:
    """Return a usable invitation; with ``lock`` the organization's row first, then its own."""
    found: Invitation | None = await session.scalar(
        select(Invitation).where(col(Invitation.token_hash) == digest(secret))
    )
    if found is None:
        raise InvitationNotUsable
    if lock:
        organization = await queries.organization_for_update(session, found.organization_id)
        await session.refresh(found, with_for_update=True)
    else:
        organization = await session.get_one(Organization, found.organization_id)
    over = found.accepted_at or found.withdrawn_at or found.expires_at <= now(session)
    if over or found.token_hash != digest(secret):
        raise InvitationNotUsable
    if organization.state is not OrganizationState.active:
        raise InvitationNotUsable
    return found, organization


async def _mail(
    session: AsyncSession,
    organization: Organization,
    invitation: Invitation,
    secret: str,
    public_url: str,
) -> None:
    if organization.state is not OrganizationState.active:
        raise OrganizationNotActive
    assert invitation.invited_by is not None, "somebody invites"
    inviter = await queries.get_member(session, organization.id, invitation.invited_by)
    await notify(
        session,
        Recipient(None, invitation.email, inviter.recipient.language),
        INVITED,
        private_link=f"{public_url}/invitation?token={secret}",
        inviter=inviter.name,
        organization=organization.name,
        roles=role_words(invitation.roles, inviter.recipient.language),
    )
