"""Who looks at what was bought, who downloads it, and who confirms what the first download ends."""

from typing import Final

from marketplace.auth import Policy, Role, TokenScope, holders

# Who uses the data downloads them: the right belongs to the organization.
DOWNLOAD: Final[Policy] = holders(
    Role.owner, Role.buyer, Role.viewer, token_scope=TokenScope.downloads_read
)
# Giving up the withdrawal is a statement of whoever buys for the organization, made by a person.
START: Final[Policy] = holders(Role.owner, Role.buyer)
SOLD: Final[Policy] = holders(
    Role.owner, Role.seller, Role.viewer, token_scope=TokenScope.products_read
)
