"""What a person says about themselves, and how they want to see the exchange."""

from typing import Any, Literal

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.members.accounts.addresses import normal_name
from marketplace.members.accounts.models import User


class ProfileChange(msgspec.Struct, frozen=True):
    """The fields to change; what is left out stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    phone: str | msgspec.UnsetType = msgspec.UNSET
    language: Literal["ko", "en"] | msgspec.UnsetType | None = msgspec.UNSET
    theme: Literal["light", "dark"] | msgspec.UnsetType | None = msgspec.UNSET


async def change_profile(
    session: AsyncSession, principal: Principal, change: ProfileChange
) -> User:
    """Change the person's own details and choices."""
    user = await session.get_one(User, principal.user_id)
    given = {name: getattr(change, name) for name in change.__struct_fields__}
    wanted: dict[str, Any] = {
        name: normal_name(value) if isinstance(value, str) else value
        for name, value in given.items()
        if value is not msgspec.UNSET
    }
    wanted = {name: value for name, value in wanted.items() if value != getattr(user, name)}
    for name, value in wanted.items():
        setattr(user, name, value)
    await session.flush()
    told = sorted(set(wanted) & {"name", "phone"})
    if told:
        thing = Thing("user_account", user.id)
        await record(session, "account.profile_changed", thing, facts={"fields": told})
    return user
