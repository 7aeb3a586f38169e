"""Who may use the routes of an organization's own members.

Reading is for everybody who belongs to it, also while it is suspended; people are managed by the
first role of the organization's function, except at the exchange's operator, whose staff has pages
of its own.
"""

from typing import Final
from uuid import UUID

from marketplace.auth import (
    ROLES_OF,
    Function,
    Policy,
    Principal,
    Role,
    TokenScope,
    holders,
    signed_in,
)
from marketplace.members.organizations.errors import NoOrganization
from marketplace.settings import Settings

_MANAGERS: Final = tuple(
    roles[0] for function, roles in ROLES_OF.items() if function is not Function.exchange_operator
)

READ: Final[Policy] = signed_in(token_scope=TokenScope.organization_read)
MANAGE: Final[Policy] = holders(*_MANAGERS, token_scope=TokenScope.organization_write)
MANAGE_READ: Final[Policy] = holders(*_MANAGERS, token_scope=TokenScope.organization_read)
MANAGE_FRESH: Final[Policy] = holders(*_MANAGERS, fresh=True)
OWNER: Final[Policy] = holders(Role.owner, token_scope=TokenScope.organization_write)
OWNER_READ: Final[Policy] = holders(Role.owner, token_scope=TokenScope.organization_read)
OWNER_FRESH: Final[Policy] = holders(Role.owner, fresh=True)


def own_organization_id(principal: Principal) -> UUID:
    """Return the organization of the person who asks.

    Raises:
        NoOrganization: the person belongs to none
    """
    if principal.organization_id is None:
        raise NoOrganization
    return principal.organization_id


def own_url(settings: Settings) -> str:
    """Return where people reach the exchange, for the links of mails."""
    return settings.public_url.rstrip("/")
