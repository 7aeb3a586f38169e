"""The first person of the exchange's operator, made on the command line with a one-time link."""

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import Function, Role
from marketplace.clock import seoul_date
from marketplace.db import constraint_of, now
from marketplace.errors import ConfigurationError
from marketplace.members.accounts.links import PAGES, issue_link
from marketplace.members.accounts.models import LinkPurpose, User, UserState
from marketplace.members.organizations.models import (
    Organization,
    OrganizationKind,
    OrganizationSize,
    OrganizationState,
)
from marketplace.members.oversight.bodies import people, queries
from marketplace.members.oversight.errors import BusinessNumberTaken, FirstLinkNotDue
from marketplace.members.oversight.people.queries import find_membership
from marketplace.members.registry.port import TaxType
from marketplace.settings import Settings

REASON: Final = "명령줄에서 실행 (command line)"
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('exchange_operator'))")
_NOT_DIGIT = re.compile(r"[^0-9]")


@dataclass(frozen=True)
class OperatorFacts:
    """Who runs the exchange, as in the footer of every page."""

    name: str
    representative: str
    business_number: str
    address: str
    phone: str
    email: str

    @classmethod
    def of(cls, settings: Settings) -> "OperatorFacts":
        """Take them from the settings.

        Raises:
            ConfigurationError: the business number has not ten digits
        """
        number = _NOT_DIGIT.sub("", settings.operator_business_number)
        if len(number) != 10:
            raise ConfigurationError(
                reason="MARKETPLACE_OPERATOR_BUSINESS_NUMBER has no ten digits"
            )
        return cls(
            name=settings.operator_name,
            representative=settings.operator_representative,
            business_number=number,
            address=settings.operator_address,
            phone=settings.operator_phone,
            email=settings.operator_email,
        )


async def operator_organization(session: AsyncSession, facts: OperatorFacts) -> Organization:
    """Return the exchange's operator, made from the settings when missing.

    Raises:
        BusinessNumberTaken: a business signed up with the operator's number
    """
    await session.execute(_ONE_AT_A_TIME)
    found = await queries.find_operator(session)
    if found is not None:
        return found
    at = now(session)
    made = Organization(
        function=Function.exchange_operator,
        business_number=facts.business_number,
        name=facts.name,
        representative=facts.representative,
        opened_on=seoul_date(at),
        address=facts.address,
        phone=facts.phone,
        invoice_email=facts.email,
        business_type="서비스업",
        business_item="제조데이터 거래소 운영",
        tax_type=TaxType.non_profit.value,
        kind=OrganizationKind.public_institute,
        size=OrganizationSize.non_profit,
        state=OrganizationState.active,
        created_at=at,
    )
    session.add(made)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "uq_organization_business_number":
            raise BusinessNumberTaken(business_number=facts.business_number) from error
        raise
    await record(session, "body.made", Thing("organization", made.id, made.id), reason=REASON)
    return made


async def add_operator(
    session: AsyncSession, person: people.NewPerson, roles: list[Role], facts: OperatorFacts
) -> str:
    """Make a person of the operator and return the path of the one-time first sign-in.

    Whoever may run commands on the machine may do this; it is in the audit trail.

    Raises:
        EmailTaken: the address belongs to somebody, for example from the first use
        RolesNotOfBody: a role that the operator does not have
        BusinessNumberTaken: a business signed up with the operator's number
    """
    operator = await operator_organization(session, facts)
    wanted = people.checked_roles(operator, roles)
    user = await people.make_account(session, person)
    await people.join(session, user, operator, wanted, reason=REASON, changed_by=None)
    await record(
        session,
        "staff.added",
        Thing("user_account", user.id, operator.id),
        reason=REASON,
        facts={"roles": wanted, "email": user.email},
    )
    return await _first_link(session, user)


async def renew_first_link(session: AsyncSession, address: str) -> str:
    """Return a new one-time link for a person of the operator who has never signed in.

    Raises:
        FirstLinkNotDue: no such person, or the account is in use
    """
    operator = await queries.find_operator(session)
    user = await queries.find_by_email(session, people.NewPerson(address, "").address)
    if operator is None or user is None or user.state is not UserState.unconfirmed:
        raise FirstLinkNotDue(email=address)
    found = await find_membership(session, user.id)
    if found is None or found[1].id != operator.id:
        raise FirstLinkNotDue(email=address)
    await record(
        session,
        "staff.link_renewed",
        Thing("user_account", user.id, operator.id),
        reason=REASON,
    )
    return await _first_link(session, user)


async def _first_link(session: AsyncSession, user: User) -> str:
    secret = await issue_link(session, user.id, LinkPurpose.first_sign_in)
    return f"{PAGES[LinkPurpose.first_sign_in]}?token={secret}"
