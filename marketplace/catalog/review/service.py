"""Sending a registration request, taking it back, talking about it, deciding on it (E5).

Locks are taken in one order: product, review, content.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.catalog.datasets.errors import VersionRevoked
from marketplace.catalog.datasets.models import DatasetVersion, VersionState
from marketplace.catalog.products.licence.contract import sha256_of, text_of
from marketplace.catalog.products.models import (
    ContentState,
    Product,
    ProductContent,
    ProductState,
)
from marketplace.catalog.products.queries import OwnProduct, get_own_for_update, writable
from marketplace.catalog.review import notices, queries
from marketplace.catalog.review.checks import needs_second_look
from marketplace.catalog.review.errors import (
    NothingSubmitted,
    NotReadyToSubmit,
    OwnProductReview,
    ReviewDecided,
    ReviewReasonMissing,
    SecondLookNeeded,
)
from marketplace.catalog.review.models import Review, ReviewComment, ReviewState
from marketplace.catalog.review.queries import Case
from marketplace.catalog.search.indexing import announce, index_product
from marketplace.db import now
from marketplace.errors import Language
from marketplace.jobs import enqueue
from marketplace.members.accounts.models import User
from marketplace.notices.kinds import NoticeKind
from marketplace.notices.service import Recipient, notify
from marketplace.states import move

# Reading: E5 names no term; the operator's queue counts from here.
DUE_AFTER: Final = timedelta(days=7)
CONTENT: Final = "product_content"
REASON_CHARS_MIN: Final = 2


class Decision(StrEnum):
    """What a reviewer decides."""

    approve = "approve"
    send_back = "return"
    reject = "reject"


async def submit(
    session: AsyncSession, organization_id: UUID, product_id: UUID, *, actor_id: UUID
) -> OwnProduct:
    """Request the registration of the draft; from then on it cannot be edited.

    Raises:
        ProductNotFound: none, or another organization's
        NoDraft: nothing is being written
        NotReadyToSubmit: a check does not hold
    """
    own = await get_own_for_update(session, organization_id, product_id)
    draft = writable(own)
    checks = await queries.checks_of(session, own.product, draft)
    open_count = sum(check.blocking and not check.passed for check in checks)
    if open_count:
        raise NotReadyToSubmit(count=open_count)
    draft.licence_ko = text_of(draft.licence)
    draft.licence_sha256 = sha256_of(draft.licence_ko)
    draft.submitted_at, draft.decided_at = now(session), None
    await _move(session, draft, ContentState.submitted)
    review = Review(
        product_id=product_id,
        content_id=draft.id,
        organization_id=organization_id,
        submitted_by=actor_id,
        submitted_at=now(session),
        due_at=now(session) + DUE_AFTER,
    )
    session.add(review)
    await session.flush()
    facts = {"content": draft.number, "licence_sha256": draft.licence_sha256}
    await record(session, "review.submitted", _thing(review), facts=facts)
    return own


async def recall(session: AsyncSession, organization_id: UUID, product_id: UUID) -> OwnProduct:
    """Take a request back before it is decided; the content can be edited again.

    Raises:
        ProductNotFound: none, or another organization's
        NothingSubmitted: nothing waits
    """
    own = await get_own_for_update(session, organization_id, product_id)
    if own.draft is None or own.draft.state is not ContentState.submitted:
        raise NothingSubmitted
    review = await session.scalar(
        select(Review)
        .where(col(Review.content_id) == own.draft.id, col(Review.state) == ReviewState.waiting)
        .with_for_update()
    )
    assert review is not None, "a submitted content has a review that waits"
    review.state, review.decided_at = ReviewState.recalled, now(session)
    review.approved_by_first = None
    await _move(session, own.draft, ContentState.draft)
    await record(session, "review.recalled", _thing(review))
    return own


async def take(session: AsyncSession, actor: Principal, review_id: UUID) -> Case:
    """Take a request on oneself, so that others see who works on it.

    Raises:
        ReviewNotFound, ReviewDecided, OwnProductReview: as when deciding
    """
    case = await _open_case(session, actor, review_id)
    case.review.assigned_to = actor.user_id
    await session.flush()
    await record(session, "review.taken", _thing(case.review))
    return case


async def comment(
    session: AsyncSession, case: Case, *, author_id: UUID, by_operator: bool, about: str, text: str
) -> ReviewComment:
    """Add to the thread; the other side's words of the operator reach the seller as a notice.

    Args:
        about: name of the field or code of the finding it is about, or empty
    """
    written = ReviewComment(
        review_id=case.review.id,
        product_id=case.product.id,
        organization_id=case.review.organization_id,
        author_id=author_id,
        by_operator=by_operator,
        about=about.strip(),
        body=text.strip(),
        at=now(session),
    )
    session.add(written)
    await session.flush()
    await record(session, "review.commented", _thing(case.review))
    if by_operator:
        await _tell(session, case, notices.COMMENTED, comment=written.body)
    return written


async def decide(
    session: AsyncSession, actor: Principal, review_id: UUID, *, decision: Decision, reason: str
) -> Case:
    """Approve, return or reject a request; an expensive product needs a second reviewer.

    Raises:
        ReviewNotFound, ReviewDecided: there is none that waits
        OwnProductReview: the product is of the reviewer's organization
        ReviewReasonMissing: a return or rejection without a reason
        SecondLookNeeded: the reviewer has approved it already
        VersionRevoked: what is to be approved was revoked meanwhile
    """
    case = await _open_case(session, actor, review_id)
    text = reason.strip()
    if decision is not Decision.approve and len(text) < REASON_CHARS_MIN:
        raise ReviewReasonMissing
    review = case.review
    if decision is Decision.approve:
        await _refuse_revoked(session, case.content)
    if decision is Decision.approve and needs_second_look(case.product):
        if review.approved_by_first == actor.user_id:
            raise SecondLookNeeded
        if review.approved_by_first is None:
            review.approved_by_first = actor.user_id
            await session.flush()
            await record(session, "review.approved_first", _thing(review), reason=text or None)
            return case
    elif decision is not Decision.approve:
        review.approved_by_first = None
    await _carry_out(session, case, actor, decision, text)
    return case


async def _refuse_revoked(session: AsyncSession, content: ProductContent) -> None:
    version = await session.get_one(
        DatasetVersion, content.dataset_version_id, populate_existing=True
    )
    if version.state is VersionState.revoked:
        raise VersionRevoked(number=version.number)


async def _carry_out(
    session: AsyncSession, case: Case, actor: Principal, decision: Decision, reason: str
) -> None:
    review, content = case.review, case.content
    states = {
        Decision.approve: (ReviewState.approved, ContentState.approved, notices.APPROVED),
        Decision.send_back: (ReviewState.returned, ContentState.returned, notices.RETURNED),
        Decision.reject: (ReviewState.rejected, ContentState.rejected, notices.REJECTED),
    }
    review.state, content_state, kind = states[decision]
    review.decided_by, review.decided_at = actor.user_id, now(session)
    review.reason = reason or None
    await session.flush()
    if decision is Decision.approve:
        await _supersede(session, case.product)
        await _publish(session, content)
    content.decided_at = now(session)
    await _move(session, content, content_state, reason=reason or None)
    first = decision is Decision.approve and case.product.state is ProductState.draft
    if first:
        case.product.listed_at = now(session)
        await move(
            session, "product", case.product, ProductState.listed,
            organization_id=review.organization_id,
        )  # fmt: skip
    if decision is Decision.approve:
        await index_product(session, case.product.id)
    if first:
        await announce(session, case.product.id)
    await record(session, f"review.{review.state.value}", _thing(review), reason=reason or None)
    await _tell(session, case, kind, reason=reason)


async def _publish(session: AsyncSession, content: ProductContent) -> None:
    """Let everybody know of the version from its first approval on."""
    version = await session.get_one(DatasetVersion, content.dataset_version_id)
    if version.published_at is None:
        version.published_at = now(session)
        if version.number > 1:
            # Who bought an earlier one is told; what sells lies above this layer, so a job knows them.
            await enqueue(session, "delivery.tell_newer", version_id=str(version.id))


async def _supersede(session: AsyncSession, product: Product) -> None:
    """Let the content that was approved before step back (E6)."""
    before = await session.scalar(
        select(ProductContent).where(
            col(ProductContent.product_id) == product.id,
            col(ProductContent.state) == ContentState.approved,
        )
    )
    if before is not None:
        await _move(session, before, ContentState.superseded)


async def _open_case(session: AsyncSession, actor: Principal, review_id: UUID) -> Case:
    seen = await queries.get_case(session, review_id)
    await session.execute(
        select(col(Product.id)).where(col(Product.id) == seen.product.id).with_for_update()
    )
    case = await queries.get_case(session, review_id, lock=True)
    if case.review.organization_id == actor.organization_id:
        raise OwnProductReview
    if case.review.state is not ReviewState.waiting:
        raise ReviewDecided
    return case


async def _move(
    session: AsyncSession,
    content: ProductContent,
    to: ContentState,
    *,
    reason: str | None = None,
) -> None:
    await move(
        session, CONTENT, content, to, organization_id=content.organization_id, reason=reason
    )


async def _tell(session: AsyncSession, case: Case, kind: NoticeKind, **facts: Any) -> None:
    person = await session.get_one(User, case.review.submitted_by)
    language: Language = "en" if person.language == "en" else "ko"
    await notify(
        session,
        Recipient(person.id, person.email, language),
        kind,
        link=f"/selling/products/{case.product.id}",
        product=case.product.number,
        title=case.content.title_ko,
        **facts,
    )


def _thing(review: Review) -> Thing:
    return Thing("review", review.id, review.organization_id)
