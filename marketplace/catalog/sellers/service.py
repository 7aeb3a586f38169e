"""Saving what a seller says of itself."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.catalog.sellers.models import SellerProfile
from marketplace.catalog.sellers.queries import find_profile
from marketplace.catalog.sellers.schemas import SellerProfileIn
from marketplace.db import now
from marketplace.errors import FieldError
from marketplace.members.organizations.particulars import Typed


async def save_profile(
    session: AsyncSession, organization_id: UUID, given: SellerProfileIn, *, actor_id: UUID
) -> SellerProfile:
    """Save the public side of a seller; the newest save counts.

    Raises:
        Invalid: names every wrong field
    """
    typed = Typed()
    number = given.mail_order_number.strip()
    if number:
        number = typed.line("mail_order_number", number)
    if bool(number) is given.mail_order_exempt:
        typed.errors.append(_number_or_exemption())
    email = typed.email("contact_email", given.contact_email)
    phone = typed.phone("contact_phone", given.contact_phone)
    typed.finish()
    profile = await find_profile(session, organization_id)
    if profile is None:
        profile = SellerProfile(
            organization_id=organization_id, contact_email=email, contact_phone=phone,
            saved_by=actor_id,
        )  # fmt: skip
        session.add(profile)
    profile.contact_email, profile.contact_phone = email, phone
    profile.mail_order_number, profile.mail_order_exempt = number, given.mail_order_exempt
    profile.introduction_ko = given.introduction_ko.strip()
    profile.introduction_en = given.introduction_en.strip()
    profile.saved_by, profile.saved_at = actor_id, now(session)
    await session.flush()
    thing = Thing("organization", organization_id, organization_id)
    await record(session, "seller.profile_saved", thing)
    return profile


def _number_or_exemption() -> FieldError:
    return FieldError(
        "mail_order_number",
        "mail_order_number",
        "통신판매업 신고번호를 적거나, 신고 면제 대상이면 ‘신고 면제’를 고르십시오. 둘 가운데 하나만 됩니다.",
        "Enter the mail-order report number, or tick the exemption if you need not report; one of the two.",
    )
