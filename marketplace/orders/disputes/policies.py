"""Who answers for a seller, and who of the exchange decides disputes."""

from typing import Final

from marketplace.auth import Policy, Role, holders

SELL: Final[Policy] = holders(Role.owner, Role.seller)
SELL_READ: Final[Policy] = holders(Role.owner, Role.seller, Role.viewer)
STAFF_FRESH: Final[Policy] = holders(Role.administrator, Role.reviewer, Role.finance, fresh=True)
