"""A business signs up: a person and an organization that count once the mail is confirmed (E1).

The answer is the same whether the address is known or not, and so is the work: the password is
hashed first, then one transaction decides. Until the link of the mail is used, the newest sign-up
of an address replaces the earlier one; what was never confirmed ends after ``UNCONFIRMED_KEPT``.
"""

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace import limits
from marketplace.audit import Thing, record
from marketplace.clock import seoul_date
from marketplace.db import Phases, Scope, now
from marketplace.errors import FieldError, Language
from marketplace.members.accounts.consents import record_consents
from marketplace.members.accounts.links import issue_link
from marketplace.members.accounts.models import LegalKind, LinkPurpose, User, UserState
from marketplace.members.accounts.password_policy import password_reasons
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.members.organizations import queries
from marketplace.members.organizations.models import (
    JoinRequest,
    JoinState,
    Membership,
    Organization,
    OrganizationState,
)
from marketplace.members.organizations.notices import CONFIRM_SIGN_UP, KNOWN_ADDRESS
from marketplace.members.organizations.particulars import (
    Particulars,
    Typed,
    read_particulars,
)
from marketplace.members.organizations.schemas import SignUpIn
from marketplace.members.registry.business_number import format_business_number
from marketplace.notices.service import Recipient, notify

UNCONFIRMED_KEPT: Final = timedelta(days=3)
SIGN_UPS_PER_ADDRESS: Final = 20
SIGN_UPS_WINDOW_S: Final = 3_600
MAILS_PER_EMAIL: Final = 5
MAILS_WINDOW_S: Final = 86_400
# Who founds does everything at first; the owner gives roles away when colleagues join.
FOUNDER_ROLES: Final = ("owner", "seller", "buyer")


@dataclass(frozen=True)
class NewPerson:
    """A person as typed and checked, with the password already hashed."""

    name: str
    email: str
    phone: str
    password_hash: str
    language: Language


async def sign_up(
    phases: Phases,
    given: SignUpIn,
    *,
    passwords: PasswordHashing,
    public_url: str,
    address: str,
) -> None:
    """Take a sign-up; what comes next stands in the mail, whoever asks.

    Args:
        passwords: hashes before the transaction, for known addresses as well
        public_url: where the link of the mail leads
        address: where the request comes from, which is limited

    Raises:
        Invalid: every wrong field
        TooManyRequests: too many sign-ups from this address or for this mail address
        PasswordCheckBusy: too many passwords wait to be hashed
    """
    await limits.count(
        phases, "sign_up", address, most=SIGN_UPS_PER_ADDRESS, window_s=SIGN_UPS_WINDOW_S
    )
    async with phases(Scope.system()) as session:
        today = seoul_date(now(session))
    typed = Typed()
    particulars = read_particulars(given, today=today, typed=typed)
    email = typed.email("email", given.email)
    name = typed.line("person_name", given.person_name)
    phone = typed.phone("person_phone", given.person_phone)
    typed.errors.extend(
        password_reasons(given.password, context=(given.name, name, email, given.representative))
    )
    typed.errors.extend(missing_consents(terms=given.terms, privacy=given.privacy))
    typed.finish()
    await limits.count(phases, "sign_up_mail", email, most=MAILS_PER_EMAIL, window_s=MAILS_WINDOW_S)
    person = NewPerson(name, email, phone, await passwords.hash(given.password), given.language)
    async with phases(Scope.system()) as session:
        await _register(session, person, particulars, public_url)


def missing_consents(*, terms: bool, privacy: bool) -> list[FieldError]:
    """Return the reasons for boxes that were not ticked."""
    return [
        FieldError(
            field,
            "consent_missing",
            f"{ko}에 동의해야 가입할 수 있습니다.",
            f"You can sign up only if you agree to the {en}.",
        )
        for field, given, ko, en in (
            ("terms", terms, "이용약관", "terms of use"),
            ("privacy", privacy, "개인정보 처리방침", "privacy policy"),
        )
        if not given
    ]


async def _register(
    session: AsyncSession, person: NewPerson, particulars: Particulars, public_url: str
) -> None:
    user = await take_address(session, person)
    if user is None:
        await notify(
            session,
            Recipient(None, person.email, person.language),
            KNOWN_ADDRESS,
            private_link=f"{public_url}/sign-in",
        )
        return
    await record_consents(session, user.id, list(LegalKind))
    joined = await _found_or_ask(session, user, particulars)
    secret = await issue_link(session, user.id, LinkPurpose.confirm_email)
    await notify(
        session,
        Recipient(None, person.email, person.language),
        CONFIRM_SIGN_UP,
        private_link=f"{public_url}/confirm-email?token={secret}",
        person=person.name,
        organization=particulars.name,
        number=format_business_number(particulars.business_number),
    )
    await record(
        session,
        "organization.signed_up",
        Thing("organization", joined, joined),
        facts={"business_number": particulars.business_number},
        actor_user_id=user.id,
    )


async def take_address(session: AsyncSession, person: NewPerson) -> User | None:
    """Return the unconfirmed person of this address with the new values; None if it is taken.

    Two at the same instant: the unique address lets one insert, and the other finds its row.
    """
    await session.execute(
        insert(User)
        .values(id=uuid4(), email=person.email, name=person.name, phone=person.phone,
                state=UserState.unconfirmed)
        .on_conflict_do_nothing(index_elements=["email"])
    )  # fmt: skip
    user: User | None = await session.scalar(
        select(User)
        .where(col(User.email) == person.email)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert user is not None, "inserted or found"
    if user.state is not UserState.unconfirmed:
        return None
    user.name = person.name
    user.phone = person.phone
    user.language = person.language
    user.password_hash = person.password_hash
    user.password_changed_at = now(session)
    await session.flush()
    return user


async def _found_or_ask(session: AsyncSession, user: User, particulars: Particulars) -> UUID:
    """Found the organization, or ask its owner to join; returns its id."""
    await withdraw_requests(session, user.id)
    own = await _own_unconfirmed(session, user.id)
    if own is not None and own.business_number == particulars.business_number:
        _write(own, particulars)
        own.created_at = own.checksum_passed_at = now(session)
        await session.flush()
        return own.id
    if own is not None:
        await close_unconfirmed(session, own, "replaced by another sign-up")
    founded = await insert_organization(session, particulars)
    if founded is not None:
        session.add(Membership(user_id=user.id, organization_id=founded, roles=list(FOUNDER_ROLES)))
        await session.flush()
        return founded
    known = await queries.find_by_number(session, particulars.business_number)
    assert known is not None, "the unique index says that it exists"
    session.add(JoinRequest(organization_id=known.id, user_id=user.id, asked_at=now(session)))
    await session.flush()
    return known.id


async def insert_organization(session: AsyncSession, particulars: Particulars) -> UUID | None:
    """Insert an unconfirmed organization; None if its number is held already.

    Two at the same instant: the unique index lets one insert, the other waits and gets None.
    """
    values = {field.name: getattr(particulars, field.name) for field in fields(Particulars)}
    row = await session.execute(
        insert(Organization)
        .values(id=uuid4(), **values, state=OrganizationState.unconfirmed, function="business",
                checksum_passed_at=now(session))
        .on_conflict_do_nothing(
            index_elements=["business_number"],
            index_where=col(Organization.state) != OrganizationState.closed,
        )
        .returning(col(Organization.id))
    )  # fmt: skip
    found: UUID | None = row.scalar_one_or_none()
    return found


def _write(organization: Organization, particulars: Particulars) -> None:
    for field in fields(Particulars):
        setattr(organization, field.name, getattr(particulars, field.name))


async def _own_unconfirmed(session: AsyncSession, user_id: UUID) -> Organization | None:
    membership = await queries.find_membership(session, user_id)
    if membership is None:
        return None
    return await queries.organization_for_update(session, membership.organization_id)


async def withdraw_requests(session: AsyncSession, user_id: UUID) -> None:
    """Withdraw what the person asked for before."""
    await session.execute(
        update(JoinRequest)
        .where(col(JoinRequest.user_id) == user_id, col(JoinRequest.state) == JoinState.waiting)
        .values(state=JoinState.withdrawn, answered_at=now(session))
    )


async def close_unconfirmed(session: AsyncSession, organization: Organization, why: str) -> None:
    """Give the number of an organization free that nobody confirmed."""
    assert organization.state is OrganizationState.unconfirmed, "only what never counted"
    organization.state = OrganizationState.closed
    await session.execute(
        update(Membership)
        .where(
            col(Membership.organization_id) == organization.id, col(Membership.left_at).is_(None)
        )
        .values(left_at=now(session), left_reason=why)
    )
    await session.flush()
    await record(
        session,
        "organization.sign_up_ended",
        Thing("organization", organization.id, organization.id),
        reason=why,
    )
