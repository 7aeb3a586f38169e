"""The queue of the operator's reviewers: requests by state, with their conditions."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from marketplace.catalog.products.models import Product, ProductContent
from marketplace.catalog.review.models import Review, ReviewState
from marketplace.catalog.review.schemas import RequestLine
from marketplace.db import now
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization


class Only(StrEnum):
    """What of a state is looked for."""

    mine = "mine"
    unassigned = "unassigned"
    overdue = "overdue"
    second_look = "second_look"


async def list_requests(  # noqa: PLR0913 - the conditions of one list
    session: AsyncSession,
    *,
    reader_id: UUID,
    state: ReviewState = ReviewState.waiting,
    only: Only | None = None,
    text: str = "",
    after: tuple[datetime, UUID] | None = None,
    rows_max: int,
) -> list[RequestLine]:
    """Return requests in a state: waiting ones oldest first, the others newest first; for staff.

    Args:
        reader_id: whose requests ``Only.mine`` means
        text: part of the title or the seller's name, or the product's number
    """
    place = (col(Review.submitted_at), col(Review.id))
    statement = _joined().where(col(Review.state) == state).limit(rows_max)
    if state is ReviewState.waiting:
        statement = statement.order_by(*place)
    else:
        statement = statement.order_by(*(one.desc() for one in place))
    if after is not None:
        behind = tuple_(*place) > after if state is ReviewState.waiting else tuple_(*place) < after
        statement = statement.where(behind)
    if only is not None:
        statement = statement.where(_condition(only, reader_id, now(session)))
    if text.isdigit() and len(text) <= 9:
        statement = statement.where(col(Product.number) == int(text))
    elif text:
        statement = statement.where(
            col(ProductContent.title_ko).icontains(text, autoescape=True)
            | col(Organization.name).icontains(text, autoescape=True)
        )
    at = now(session)
    return [_row(at, *found) for found in await session.execute(statement)]


def _joined() -> Select[Review, Product, str, str, str]:
    assignee = aliased(User)
    seller, person = col(Organization.name), col(assignee.name)
    return (
        select(Review, Product, col(ProductContent.title_ko), seller, person)
        .join(Product, col(Product.id) == col(Review.product_id))
        .join(ProductContent, col(ProductContent.id) == col(Review.content_id))
        .join(Organization, col(Organization.id) == col(Review.organization_id))
        .outerjoin(assignee, col(assignee.id) == col(Review.assigned_to))
    )


def _condition(only: Only, reader_id: UUID, at: datetime) -> Any:
    return {
        Only.mine: col(Review.assigned_to) == reader_id,
        Only.unassigned: col(Review.assigned_to).is_(None),
        Only.overdue: col(Review.due_at) < at,
        Only.second_look: col(Review.approved_by_first).is_not(None),
    }[only]


def _row(
    at: datetime, review: Review, product: Product, title: str, seller: str, name: str | None
) -> RequestLine:
    assert product.number is not None, "a saved row has its number"
    assert review.submitted_at is not None, "and its time"
    waiting = review.state is ReviewState.waiting
    return RequestLine(
        id=review.id,
        product_id=product.id,
        number=product.number,
        title=title,
        seller_id=product.organization_id,
        seller=seller,
        state=review.state,
        price_won=product.price_won,
        created_at=review.submitted_at,
        due_at=review.due_at,
        overdue=waiting and review.due_at < at,
        second_look=waiting and review.approved_by_first is not None,
        assigned_to=review.assigned_to,
        assigned_name=name,
        decided_at=review.decided_at,
    )
