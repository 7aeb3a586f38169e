"""Who asks for data, who takes part in a thread, and whose rights count on what everybody reads."""

from typing import Final

from marketplace.auth import Policy, Principal, Role, holders

ASK: Final[Policy] = holders(Role.owner, Role.seller, Role.buyer)
TAKE_PART: Final[Policy] = holders(Role.owner, Role.seller, Role.buyer, Role.viewer)


def in_person(visitor: Principal | None) -> Principal | None:
    """Return who reads with rights of their own.

    Where everybody may read, a token has no scope for more, and a due second factor or consent
    stands between a person and their roles.
    """
    if visitor is None or visitor.token_id is not None or visitor.held_up:
        return None
    return visitor
