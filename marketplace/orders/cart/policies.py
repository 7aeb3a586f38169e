"""Who buys for an organization, and who sees what it buys."""

from typing import Final

from marketplace.auth import Policy, Role, holders

BUY: Final[Policy] = holders(Role.owner, Role.buyer)
BUY_READ: Final[Policy] = holders(Role.owner, Role.buyer, Role.viewer)
