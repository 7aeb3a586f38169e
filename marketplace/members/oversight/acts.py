"""What every act of the operator needs: a reason, and that nobody acts on themself."""

import unicodedata
from uuid import UUID

from marketplace.auth import Principal
from marketplace.members.oversight.errors import OwnAccount, ReasonMissing

REASON_LENGTH_MIN = 2


def required(reason: str) -> str:
    """Return the reason in composed form without outer spaces.

    Raises:
        ReasonMissing: shorter than two characters
    """
    text = unicodedata.normalize("NFC", reason).strip()
    if len(text) < REASON_LENGTH_MIN:
        raise ReasonMissing
    return text


def refuse_own(
    actor: Principal, *, user_id: UUID | None = None, organization_id: UUID | None = None
) -> None:
    """Refuse an act on the actor's own account or organization.

    Raises:
        OwnAccount: it is the actor's own
    """
    own_user = user_id is not None and user_id == actor.user_id
    if own_user or (organization_id is not None and organization_id == actor.organization_id):
        raise OwnAccount
