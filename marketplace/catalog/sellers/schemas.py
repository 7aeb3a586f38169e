"""What crosses the wire about sellers, apart from the tables."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.members.organizations.models import OrganizationKind

Email = Annotated[str, Meta(max_length=254)]
Phone = Annotated[str, Meta(max_length=30)]
Number = Annotated[str, Meta(max_length=40)]
Text = Annotated[str, Meta(max_length=2_000)]


class SellerProfileIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What buyers shall read of the seller; either a number or the exemption."""

    contact_email: Email
    contact_phone: Phone
    mail_order_number: Number = ""
    mail_order_exempt: bool = False
    introduction_ko: Text = ""
    introduction_en: Text = ""


class SellerProfileOut(Struct, frozen=True):
    """What buyers read of the seller."""

    contact_email: str
    contact_phone: str
    mail_order_number: str
    mail_order_exempt: bool
    introduction_ko: str
    introduction_en: str
    saved_at: datetime | None


class SellerCard(Struct, frozen=True, kw_only=True):
    """A seller as the law of mediated sales asks for it.

    Source:
        전자상거래 등에서의 소비자보호에 관한 법률 제20조 제2항, 시행령 제25조: name, representative,
        address, telephone, mail, business number, mail-order number.
    """

    id: UUID
    name: str
    representative: str
    address: str
    business_number: str
    kind: OrganizationKind
    business_type: str
    business_item: str
    contact_email: str
    contact_phone: str
    mail_order_number: str
    introduction_ko: str
    introduction_en: str
