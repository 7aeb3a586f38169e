"""Telling the other side: the seller's people of a question, the asker of the answer."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from marketplace.auth import Role
from marketplace.catalog.inquiries.models import Inquiry
from marketplace.catalog.inquiries.notices import ANSWERED, ASKED
from marketplace.catalog.products.models import ContentState, Product, ProductContent
from marketplace.jobs import JobContext, job
from marketplace.members.accounts.models import User, UserState
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.queries import people_with
from marketplace.notices.service import notify

SELLING: Final = (Role.owner, Role.seller)


@job("inquiries.tell", attempts=5, limit_s=60)
async def tell(context: JobContext[object], *, inquiry_id: str) -> None:
    """Tell the seller's people of an open inquiry, or the asker of its answer."""
    async with context.phases() as session:
        inquiry = await session.get(Inquiry, UUID(inquiry_id))
        if inquiry is None or inquiry.hidden_at is not None:
            return
        product = await session.get_one(Product, inquiry.product_id)
        title = await session.scalar(
            select(col(ProductContent.title_ko)).where(
                col(ProductContent.product_id) == product.id,
                col(ProductContent.state) == ContentState.approved,
            )
        )
        facts: dict[str, Any] = {"product": product.number, "title": title or ""}
        if inquiry.answer is None:
            for person in await people_with(
                session, SELLING, organization_id=inquiry.organization_id
            ):
                await notify(
                    session, recipient_of(person), ASKED, link="/selling/inquiries",
                    body=inquiry.body, **facts,
                )  # fmt: skip
            return
        asker = await session.get_one(User, inquiry.asked_by)
        if asker.state is UserState.active:
            link = f"/products/{product.id}#inquiries"
            await notify(
                session, recipient_of(asker), ANSWERED, link=link, body=inquiry.answer, **facts
            )
