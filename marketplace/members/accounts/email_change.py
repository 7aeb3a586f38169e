"""The mail address of an account: confirmed at sign-up, changed by a link to the new one."""

import time

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.db import Scope, constraint_of, now
from marketplace.errors import FieldError, Invalid
from marketplace.members.accounts.addresses import masked_email, normal_email
from marketplace.members.accounts.attempts import count_mail, count_proof
from marketplace.members.accounts.errors import NewEmailTaken
from marketplace.members.accounts.links import LinkNotUsable, end_links, use_link
from marketplace.members.accounts.models import LinkPurpose, User, UserState
from marketplace.members.accounts.notice_kinds import (
    EMAIL_CHANGE_ASKED,
    EMAIL_CHANGED,
    EMAIL_IN_USE,
)
from marketplace.members.accounts.password_change import answer_evenly, holder_of
from marketplace.members.accounts.signing_in import person_at
from marketplace.members.accounts.telling import mail_link, tell, tell_address
from marketplace.members.accounts.visit import Visit


class EmailUnchanged(Invalid):
    """The new address is the one that the account has."""

    code = "email_unchanged"
    ko = "지금 쓰는 전자우편과 같습니다. 다른 주소를 입력하십시오."
    en = "This is your present e-mail address. Enter another one."

    def __init__(self) -> None:
        super().__init__([FieldError("email", self.code, type(self).ko, type(self).en)])


class SignUpPasswordNotRight(Invalid):
    """The password is not the one of the sign-up that the link belongs to."""

    code = "sign_up_password_not_right"
    ko = "이 가입에서 정한 비밀번호가 아닙니다. 본인이 가입하지 않았거나 비밀번호가 기억나지 않으면 같은 주소로 다시 가입하십시오."
    en = "This is not the password of this sign-up. If it was not yours or you do not remember the password, sign up again with the same address."

    def __init__(self) -> None:
        super().__init__([FieldError("password", self.code, type(self).ko, type(self).en)])


async def ask_email_change(visit: Visit, principal: Principal, *, email: str) -> None:
    """Mail a link to the new address and word to the present one; nothing changes yet.

    Who has the new address already is not told to the asker, but to its holder.

    Raises:
        EmailUnchanged: it is the present one
        TooManyRequests: too many asked for today
    """
    started_s = time.monotonic()
    new = normal_email(email)
    if new == principal.email:
        raise EmailUnchanged
    await count_mail(visit, "change_email", str(principal.user_id))
    async with visit.phases(Scope.system()) as session:
        user = await session.get_one(User, principal.user_id)
        holder = await person_at(session, new)
        if holder is None:
            purpose = LinkPurpose.change_email
            address = visit.rules.public_url
            await mail_link(session, user, purpose, public_url=address, email=new)
        else:
            await tell_address(session, holder, new, EMAIL_IN_USE)
        await record(
            session,
            "account.email_change_asked",
            Thing("user_account", user.id),
            facts={"new": masked_email(new)},
        )
        await tell(session, user, EMAIL_CHANGE_ASKED, new_email=new)
    await answer_evenly(started_s)


async def change_email(visit: Visit, *, token: str) -> None:
    """Change the address by the link sent to the new one; both addresses get mail.

    Raises:
        LinkNotUsable: used, expired, replaced or unknown
        NewEmailTaken: another account got the address meanwhile
    """
    async with visit.phases(Scope.system()) as session:
        link = await use_link(session, token, LinkPurpose.change_email)
        user = await session.get_one(User, link.user_id)
        if link.email is None or user.state is not UserState.active:
            raise LinkNotUsable
        old, new = user.email, link.email
        user.email, user.email_confirmed_at = new, now(session)
        await _flush_or_refuse(session)
        # Links that went to the old address must not open the account any more.
        await end_links(session, user.id)
        await record(
            session,
            "account.email_changed",
            Thing("user_account", user.id),
            facts={"old": masked_email(old), "new": masked_email(new)},
            actor_user_id=user.id,
        )
        await tell(session, user, EMAIL_CHANGED, old_email=old, new_email=new)
        await tell_address(session, user, old, EMAIL_CHANGED, old_email=old, new_email=new)


async def confirm_email(visit: Visit, *, token: str, password: str) -> None:
    """Confirm the address of a new account by the link sent to it; the account is active then.

    The password is asked for, because anybody can sign up with somebody else's address: whoever opens
    the mail must not give life to an account that another knows the password of.

    Raises:
        LinkNotUsable: used, expired, replaced by a later sign-up, or unknown
        TooManyRequests: too many tries
        SignUpPasswordNotRight: it is not the password of this sign-up
    """
    holder = await holder_of(visit, token, LinkPurpose.confirm_email)
    await count_proof(visit, holder.id)
    if not await visit.passwords.verify(password, holder.password_hash):
        async with visit.phases(Scope.system()) as session:
            thing = Thing("user_account", holder.id)
            await record(session, "account.password_not_right", thing)
        raise SignUpPasswordNotRight
    async with visit.phases(Scope.system()) as session:
        link = await use_link(session, token, LinkPurpose.confirm_email)
        user = await session.get_one(User, link.user_id)
        proven = user.password_hash == holder.password_hash
        if user.state is not UserState.unconfirmed or not proven:
            raise LinkNotUsable
        user.state, user.email_confirmed_at = UserState.active, now(session)
        await session.flush()
        thing = Thing("user_account", user.id)
        await record(session, "account.email_confirmed", thing, actor_user_id=user.id)
        await visit.confirmed(session, user.id)


async def _flush_or_refuse(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "uq_user_account_email":
            raise NewEmailTaken from error
        raise
