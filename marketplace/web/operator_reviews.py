"""The operator's desk of registration requests: the queue, one request, the decision."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets import queries as datasets
from marketplace.catalog.datasets.changes import changes_of
from marketplace.catalog.datasets.models import DatasetVersion
from marketplace.catalog.matches.queries import matches_of
from marketplace.catalog.products.licence.contract import clauses
from marketplace.catalog.review import queries, service
from marketplace.catalog.review.checks import needs_second_look
from marketplace.catalog.review.desk import LIST_NAME
from marketplace.catalog.review.models import ReviewState
from marketplace.catalog.review.prices import price_check
from marketplace.catalog.review.queue import Only, list_requests
from marketplace.catalog.review.schemas import CommentIn, DecisionIn
from marketplace.catalog.rules.queries import find_run, shown_run
from marketplace.catalog.rules.shaping import first_places
from marketplace.catalog.samples.service import sample_of
from marketplace.db import Phases, now
from marketplace.idempotency import Once
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    cursors_of,
    next_cursor,
    position_of,
)
from marketplace.members.oversight.policies import REVIEWERS, REVIEWERS_FRESH
from marketplace.settings import Settings
from marketplace.states import history
from marketplace.web.filters import address, read_filter
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.operator_acts import desk_of
from marketplace.web.pages import AnyRequest, Page, render

BASE: Final = "/operator/reviews"


class QueueFilter(Struct, forbid_unknown_fields=True):
    """The conditions of the queue."""

    text: Annotated[str, Meta(max_length=100)] = ""
    state: ReviewState = ReviewState.waiting
    only: Only | None = None


@get(BASE, opt=allow(REVIEWERS), include_in_schema=False)
async def show_queue(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Page:
    """Show the requests that fit; those that wait, the oldest first."""
    given = read_filter(request, QueueFilter)
    cursors = cursors_of(settings, LIST_NAME)
    rows = await list_requests(
        session, reader_id=principal.user_id, state=given.state, only=given.only, text=given.text,
        after=position_of(cursors, request.query_params.get("cursor", "")),
        rows_max=DEFAULT_ROWS + 1,
    )  # fmt: skip
    more = next_cursor(cursors, rows, DEFAULT_ROWS)
    return render(
        request,
        "operator/reviews.html",
        rows=rows[:DEFAULT_ROWS],
        given=given,
        states=list(ReviewState),
        narrowed=given != QueueFilter(),
        at=now(session),
        next_href=address(BASE, given, cursor=more) if more else "",
    )


@get(BASE + "/{review_id:uuid}", opt=allow(REVIEWERS), include_in_schema=False)
async def show_review(
    request: AnyRequest, review_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Show everything about one request in one place."""
    return await _page(request, phases, review_id, "", EMPTY)


async def _page(
    request: AnyRequest, phases: Phases, review_id: UUID, failed: str, form: Form[Any]
) -> Page:
    async with phases() as session:
        case = await queries.get_case(session, review_id)
        version = await session.get(DatasetVersion, case.content.dataset_version_id)
        files = await datasets.files_of(session, version.id) if version is not None else []
        report = await datasets.find_report(session, version.id) if version is not None else None
        return render(
            request,
            "operator/review.html",
            status=form.status,
            form=form,
            failed=failed,
            case=case,
            version=version,
            files=files,
            report=report,
            changes=await changes_of(session, version) if version is not None else None,
            sample=sample_of(case.content),
            matches=await matches_of(session, version) if version is not None else None,
            rules=await shown_run(session, case.content, case.content.dataset_version_id),
            rule_examples=first_places(await find_run(session, case.content)),
            checks=await queries.checks_of(session, case.product, case.content),
            price=await price_check(session, case.product, case.content),
            clauses=clauses(case.content.licence),
            comments=await queries.comments_of(session, case.product.id),
            earlier=[
                one
                for one in await queries.reviews_of(session, case.product.id)
                if one.id != review_id
            ],
            steps=await history(session, case.content.id),
            second_look=needs_second_look(case.product),
            **desk_of(request, session),
        )


@post(BASE + "/{review_id:uuid}/take", opt=allow(REVIEWERS), include_in_schema=False)
async def submit_take(
    request: AnyRequest,
    review_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Take a request on oneself."""
    form = await read_form(request, Nothing)

    async def act(_content: Nothing) -> Page:
        async def take(session: AsyncSession) -> object:
            return await service.take(session, principal, review_id)

        return await once.redirect(form.key, take, f"{BASE}/{review_id}", "review-taken")

    async def again(wrong: Form[Nothing]) -> Page:
        return await _page(request, phases, review_id, "take", wrong)

    return await submitted(form, act, again)


@post(BASE + "/{review_id:uuid}/comments", opt=allow(REVIEWERS), include_in_schema=False)
async def submit_comment(
    request: AnyRequest,
    review_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Write to the seller."""
    form = await read_form(request, CommentIn)

    async def act(content: CommentIn) -> Page:
        async def write(session: AsyncSession) -> object:
            case = await queries.get_case(session, review_id)
            return await service.comment(
                session, case, author_id=principal.user_id, by_operator=True,
                about=content.about, text=content.text,
            )  # fmt: skip

        return await once.redirect(form.key, write, f"{BASE}/{review_id}", "comment-sent")

    async def again(wrong: Form[CommentIn]) -> Page:
        return await _page(request, phases, review_id, "comment", wrong)

    return await submitted(form, act, again)


@post(BASE + "/{review_id:uuid}/decision", opt=allow(REVIEWERS_FRESH), include_in_schema=False)
async def submit_decision(
    request: AnyRequest,
    review_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Approve, return or reject."""
    form = await read_form(request, DecisionIn)

    async def act(content: DecisionIn) -> Page:
        async def decide(session: AsyncSession) -> object:
            return await service.decide(
                session, principal, review_id, decision=content.decision, reason=content.reason
            )

        return await once.redirect(form.key, decide, f"{BASE}/{review_id}", "review-decided")

    async def again(wrong: Form[DecisionIn]) -> Page:
        return await _page(request, phases, review_id, "decision", wrong)

    return await submitted(form, act, again)


HANDLERS = (show_queue, show_review, submit_take, submit_comment, submit_decision)
