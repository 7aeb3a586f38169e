"""Running bodies with their first managers, and the accounts of evaluators and experts."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import ROLES_OF, Function, Principal
from marketplace.db import constraint_of, now
from marketplace.errors import NotFound
from marketplace.members.accounts.models import PersonRole, User
from marketplace.members.organizations.models import Organization, OrganizationState
from marketplace.members.organizations.particulars import Particulars
from marketplace.members.oversight.bodies import people, queries
from marketplace.members.oversight.errors import BusinessNumberTaken

# Businesses sign up themselves; the exchange's operator is made on the command line.
MADE_HERE = frozenset(Function) - {Function.business, Function.exchange_operator}


@dataclass(frozen=True)
class NewBody:
    """A body to be made, with the person who will manage its people."""

    function: Function
    particulars: Particulars
    manager: people.NewPerson


async def make_body(
    session: AsyncSession, actor: Principal, body: NewBody, *, public_url: str
) -> Organization:
    """Make a running body and invite its first manager by mail.

    Args:
        public_url: where people reach the exchange

    Raises:
        BusinessNumberTaken: another organization carries the number
        EmailTaken: the manager's address belongs to somebody
    """
    assert body.function in MADE_HERE, "the schema lets no other function through"
    organization = Organization(
        function=body.function,
        state=OrganizationState.active,
        created_at=now(session),
        checksum_passed_at=now(session),
        **asdict(body.particulars),
    )
    session.add(organization)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "uq_organization_business_number":
            number = body.particulars.business_number
            raise BusinessNumberTaken(business_number=number) from error
        raise
    await record(
        session,
        "body.made",
        Thing("organization", organization.id, organization.id),
        facts={"function": body.function.value, "name": organization.name},
    )
    await _add_manager(session, actor, organization, body.manager, public_url=public_url)
    return organization


async def add_manager(
    session: AsyncSession,
    actor: Principal,
    organization_id: UUID,
    person: people.NewPerson,
    *,
    public_url: str,
) -> User:
    """Invite another manager of a running body, for example when the only one is gone.

    Args:
        public_url: where people reach the exchange

    Raises:
        NotFound: no running body; the operator's own people need a second administrator
        EmailTaken: the address belongs to somebody
    """
    organization = await queries.get_body(session, organization_id)
    if organization.function not in MADE_HERE:
        raise NotFound
    return await _add_manager(session, actor, organization, person, public_url=public_url)


async def _add_manager(
    session: AsyncSession,
    actor: Principal,
    organization: Organization,
    person: people.NewPerson,
    *,
    public_url: str,
) -> User:
    user = await people.make_account(session, person)
    role = ROLES_OF[organization.function][0].value
    await people.join(
        session, user, organization, [role], reason="first manager", changed_by=actor.user_id
    )
    await record(
        session,
        "body.manager_added",
        Thing("user_account", user.id, organization.id),
        facts={"role": role, "email": user.email},
    )
    await people.send_first_link(
        session, user, organization_name=organization.name, public_url=public_url
    )
    return user


@dataclass(frozen=True)
class Invitation:
    """What the first mail says besides the name.

    Args:
        organization_name: who invites
        public_url: where people reach the exchange
    """

    organization_name: str
    public_url: str


async def add_person(
    session: AsyncSession, person: people.NewPerson, role: PersonRole, invitation: Invitation
) -> User:
    """Make the account of an evaluator or an expert and mail the first link.

    Raises:
        EmailTaken: the address belongs to somebody
    """
    user = await people.make_account(session, person, person_role=role)
    await record(
        session,
        "person.added",
        Thing("user_account", user.id),
        facts={"role": role.value, "email": user.email},
    )
    await people.send_first_link(
        session,
        user,
        organization_name=invitation.organization_name,
        public_url=invitation.public_url,
    )
    return user
