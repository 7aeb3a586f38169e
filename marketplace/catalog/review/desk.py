"""The reviewers' desk over the API: the queue, one request, taking it, writing, deciding (E5)."""

from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets.errors import VersionRevoked
from marketplace.catalog.products.schemas import ContentOut
from marketplace.catalog.review import queries, service
from marketplace.catalog.review.errors import (
    OwnProductReview,
    ReviewDecided,
    ReviewNotFound,
    ReviewReasonMissing,
    SecondLookNeeded,
)
from marketplace.catalog.review.models import ReviewState
from marketplace.catalog.review.prices import price_check
from marketplace.catalog.review.queries import Case
from marketplace.catalog.review.queue import Only, list_requests
from marketplace.catalog.review.schemas import (
    CaseOut,
    CommentIn,
    CommentOut,
    DecisionIn,
    RequestLines,
    ReviewOut,
)
from marketplace.http.cursors import CursorRefused
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    Cursor,
    Limit,
    cursors_of,
    next_cursor,
    position_of,
)
from marketplace.members.oversight.policies import REVIEWERS, REVIEWERS_FRESH
from marketplace.settings import Settings

PATH: Final = "/api/v1/operator/reviews"
ONE: Final = PATH + "/{review_id:uuid}"
LIST_NAME: Final = "operator_reviews"
TAGS: Final = ["operator"]
Text = Annotated[str, QueryParameter(max_length=100)]
OnlyThose = Annotated[Only | None, QueryParameter()]
# "state" is a word of the framework, so the argument has another name than the parameter.
InState = Annotated[ReviewState, QueryParameter(name="state")]
ACTING: Final = (ReviewNotFound, ReviewDecided, OwnProductReview)


@get(PATH, opt=allow(REVIEWERS) | answers(CursorRefused), tags=TAGS)
async def list_reviews(  # noqa: PLR0913, PLR0917 - the parameters of one list
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
    in_state: InState = ReviewState.waiting,
    only: OnlyThose = None,
    text: Text = "",
    limit: Limit = DEFAULT_ROWS,
    cursor: Cursor = "",
) -> RequestLines:
    """List registration requests: waiting ones oldest first, the others newest first."""
    cursors = cursors_of(settings, LIST_NAME)
    rows = await list_requests(
        session, reader_id=principal.user_id, state=in_state, only=only, text=text,
        after=position_of(cursors, cursor), rows_max=limit + 1,
    )  # fmt: skip
    return RequestLines(rows[:limit], next_cursor(cursors, rows, limit))


@get(ONE, opt=allow(REVIEWERS) | answers(ReviewNotFound), tags=TAGS)
async def show_review(review_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> CaseOut:
    """Show a request with its content, the checks as they stand now, and the thread."""
    return await _shown(session, await queries.get_case(session, review_id))


@post(ONE + "/assignment", status_code=200, opt=allow(REVIEWERS) | answers(*ACTING), tags=TAGS)
async def take_review(
    review_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[CaseOut]:
    """Take a request on yourself, so that others see who works on it."""

    async def act(session: AsyncSession) -> CaseOut:
        return await _shown(session, await service.take(session, principal, review_id))

    return await once.answer(act, CaseOut, status=200)


@post(ONE + "/comments", opt=allow(REVIEWERS) | answers(ReviewNotFound), tags=TAGS)
async def comment_on_review(
    review_id: FromPath[UUID],
    data: JSONBody[CommentIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[CommentOut]:
    """Write to the seller; they are told and read it as it stands."""

    async def act(session: AsyncSession) -> CommentOut:
        case = await queries.get_case(session, review_id)
        written = await service.comment(
            session, case, author_id=principal.user_id, by_operator=True,
            about=data.about, text=data.text,
        )  # fmt: skip
        return convert(written, CommentOut, from_attributes=True)

    return await once.answer(act, CommentOut)


@post(
    ONE + "/decision",
    status_code=200,
    opt=allow(REVIEWERS_FRESH)
    | answers(*ACTING, ReviewReasonMissing, SecondLookNeeded, VersionRevoked),
    tags=TAGS,
)
async def decide_review(
    review_id: FromPath[UUID],
    data: JSONBody[DecisionIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[CaseOut]:
    """Approve, return or reject; ``awaits_second`` says that another reviewer must confirm."""

    async def act(session: AsyncSession) -> CaseOut:
        case = await service.decide(
            session, principal, review_id, decision=data.decision, reason=data.reason
        )
        return await _shown(session, case)

    return await once.answer(act, CaseOut, status=200)


async def _shown(session: AsyncSession, case: Case) -> CaseOut:
    review, product = case.review, case.product
    assert product.number is not None, "a saved row has its number"
    assert review.submitted_at is not None, "and its time"
    earlier = await queries.reviews_of(session, product.id)
    comments = await queries.comments_of(session, product.id)
    return CaseOut(
        id=review.id,
        product_id=product.id,
        number=product.number,
        seller_id=product.organization_id,
        seller=case.organization.name,
        price_won=product.price_won,
        state=review.state,
        submitted_at=review.submitted_at,
        due_at=review.due_at,
        assigned_to=review.assigned_to,
        awaits_second=review.state is ReviewState.waiting and review.approved_by_first is not None,
        decided_at=review.decided_at,
        reason=review.reason,
        content=convert(case.content, ContentOut, from_attributes=True),
        checks=await queries.checks_of(session, product, case.content),
        price=await price_check(session, product, case.content),
        earlier=[
            convert(one, ReviewOut, from_attributes=True) for one in earlier if one.id != review.id
        ],
        comments=[convert(one, CommentOut, from_attributes=True) for one in comments],
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_reviews,
    show_review,
    take_review,
    comment_on_review,
    decide_review,
)
