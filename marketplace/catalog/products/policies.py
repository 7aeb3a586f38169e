"""Who may write and see the products of an organization."""

from typing import Final

from marketplace.auth import Policy, Role, TokenScope, holders

SELL: Final[Policy] = holders(Role.owner, Role.seller, token_scope=TokenScope.products_write)
SELL_READ: Final[Policy] = holders(
    Role.owner, Role.seller, Role.viewer, token_scope=TokenScope.products_read
)
