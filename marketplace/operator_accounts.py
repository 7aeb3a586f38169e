"""Accounts of the exchange's operator from the command line; works in sandbox and in production."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import ROLES_OF, Function, Role
from marketplace.db import Database, RequestFacts, Scope
from marketplace.errors import ConfigurationError
from marketplace.members.oversight.bodies import first_operator
from marketplace.members.oversight.bodies.reading import read_person
from marketplace.members.oversight.bodies.schemas import PersonIn
from marketplace.settings import Settings

COMMAND_LINE = RequestFacts("command-line")


@asynccontextmanager
async def _transaction(settings: Settings) -> AsyncIterator[AsyncSession]:
    database = Database(settings.database_url.get_secret_value(), pool_size=1)
    try:
        async with database.transaction(Scope.system(), request=COMMAND_LINE) as session:
            yield session
    finally:
        await database.dispose()


async def add_operator(
    settings: Settings, email: str, name: str = "", roles: Sequence[str] | None = None
) -> str:
    """Make a person of the operator and return the address of the first sign-in.

    Args:
        name: the part before the @ when empty
        roles: administrator when empty

    Raises:
        ConfigurationError: a role is none of the operator's
        Invalid: the address or the name is not usable
        EmailTaken: the address belongs to somebody, for example from the first use
        DatabaseUnavailable: the database does not answer
    """
    person = read_person(PersonIn(email=email, name=name.strip() or email.partition("@")[0]))
    wanted = roles_of(roles or [Role.administrator.value])
    facts = first_operator.OperatorFacts.of(settings)
    async with _transaction(settings) as session:
        path = await first_operator.add_operator(session, person, wanted, facts)
    return settings.public_url.rstrip("/") + path


async def renew_link(settings: Settings, email: str) -> str:
    """Return a new first sign-in for a person of the operator who has never signed in.

    Raises:
        FirstLinkNotDue: no such person, or the account is in use
        DatabaseUnavailable: the database does not answer
    """
    async with _transaction(settings) as session:
        path = await first_operator.renew_first_link(session, email)
    return settings.public_url.rstrip("/") + path


def roles_of(names: Sequence[str]) -> list[Role]:
    """Return the roles with these names.

    Raises:
        ConfigurationError: one is none of the operator's
    """
    known = {role.value: role for role in ROLES_OF[Function.exchange_operator]}
    if unknown := [name for name in names if name not in known]:
        reason = f"--role {unknown[0]}: choose of {', '.join(known)}"
        raise ConfigurationError(reason=reason)
    return [known[name] for name in names]
