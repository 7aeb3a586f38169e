"""The operator's pages of organizations: the list with waiting work, one organization, decisions."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, Role, allow
from marketplace.db import Phases
from marketplace.http.dependencies import provide_phases
from marketplace.http.files import file_answer
from marketplace.idempotency import Once
from marketplace.members.organizations.queries import people_with
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    cursors_of,
    next_cursor,
    position_of,
)
from marketplace.members.oversight.organizations import bank_accounts, files, queries, service
from marketplace.members.oversight.organizations.bank_account_endpoints import provide_rules
from marketplace.members.oversight.organizations.endpoints import LIST_NAME
from marketplace.members.oversight.organizations.queries import OrganizationFilter
from marketplace.members.oversight.organizations.schemas import (
    BankAccountNumberIn,
    ExportIn,
    OrganizationsFilterIn,
    PaperDecisionIn,
)
from marketplace.members.oversight.policies import (
    ADMINISTRATORS_FRESH,
    FINANCE_FRESH,
    REVIEWERS,
    REVIEWERS_FRESH,
    STAFF,
)
from marketplace.members.oversight.schemas import ReasonIn
from marketplace.members.oversight.trail.queries import list_events, of_organization
from marketplace.settings import Settings
from marketplace.web.filters import address, read_filter
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.operator_acts import ReasonAct, desk_of, handler_of
from marketplace.web.pages import AnyRequest, Page, render
from storage.ports import ObjectLinks

BASE = "/operator/organizations"
TRAIL_ROWS = 20


def _filter_of(given: OrganizationsFilterIn) -> OrganizationFilter:
    return OrganizationFilter(given.text, given.function, given.state, given.kind, given.waiting)


async def _list_page(
    request: AnyRequest, phases: Phases, given: OrganizationsFilterIn, form: Form[Any] = EMPTY
) -> Page:
    settings: Settings = request.app.state["settings"]
    cursors = cursors_of(settings, LIST_NAME)
    after = position_of(cursors, request.query_params.get("cursor", ""))
    async with phases() as session:
        rows = await queries.list_organizations(
            session, _filter_of(given), after=after, rows_max=DEFAULT_ROWS + 1
        )
        more = next_cursor(cursors, rows, DEFAULT_ROWS)
        return render(
            request,
            "operator/organizations.html",
            status=form.status,
            rows=rows[:DEFAULT_ROWS],
            counts=await queries.count_waiting(session),
            given=given,
            form=form,
            next_href=address(BASE, given, cursor=more) if more else "",
            **desk_of(request, session),
        )


@get(BASE, opt=allow(STAFF), include_in_schema=False)
async def list_page(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show the organizations that fit, with the work that waits."""
    return await _list_page(request, phases, read_filter(request, OrganizationsFilterIn))


@post(f"{BASE}/exports", opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def export(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Send the list as a file; the reason goes into the audit trail."""
    form = await read_form(request, ExportIn)

    async def act(given: ExportIn) -> Page:
        async with phases() as session:
            content = await files.export_organizations(
                session, principal, _filter_of(given), reason=given.reason
            )
        return file_answer(content, "text/csv", "organizations.csv")

    again = OrganizationsFilterIn()
    return await submitted(form, act, lambda refused: _list_page(request, phases, again, refused))


async def _detail_page(
    request: AnyRequest,
    phases: Phases,
    organization_id: UUID,
    *,
    failed: str = "",
    form: Form[Any] = EMPTY,
) -> Page:
    async with phases() as session:
        found = await queries.get_organization(session, organization_id)
        owners = await people_with(session, (Role.owner,), organization_id=organization_id)
        return render(
            request,
            "operator/organization.html",
            status=form.status,
            organization=found,
            papers=await queries.list_papers(session, organization_id),
            accounts=await queries.list_bank_accounts(session, organization_id),
            members=await queries.list_members(session, organization_id),
            owner_count=len(owners),
            events=await list_events(
                session, of_organization(organization_id), rows_max=TRAIL_ROWS
            ),
            failed=failed,
            form=form,
            **desk_of(request, session),
        )


async def _again(request: AnyRequest, thing_id: UUID, failed: str, form: Form[Any]) -> Page:
    phases = provide_phases(request)
    return await _detail_page(request, phases, thing_id, failed=failed, form=form)


@get(f"{BASE}/{{organization_id:uuid}}", opt=allow(STAFF), include_in_schema=False)
async def detail_page(
    request: AnyRequest, phases: NamedDependency[Phases], organization_id: FromPath[UUID]
) -> Page:
    """Show one organization with everything that is decided about it."""
    return await _detail_page(request, phases, organization_id)


@get(
    f"{BASE}/{{organization_id:uuid}}/papers/{{paper_id:uuid}}",
    opt=allow(STAFF),
    include_in_schema=False,
)
async def open_paper(
    session: NamedDependency[AsyncSession],
    store: NamedDependency[SkipValidation[ObjectLinks]],
    settings: NamedDependency[Settings],
    organization_id: FromPath[UUID],
    paper_id: FromPath[UUID],
) -> Page:
    """Lead to the file's signed address, which lives a minute."""
    bucket = settings.bucket("private")
    target = await files.open_paper(session, store, bucket, (organization_id, paper_id))
    return Response(b"", status_code=303, headers={"location": target})


@post(
    f"{BASE}/{{organization_id:uuid}}/papers/{{paper_id:uuid}}/decision",
    opt=allow(REVIEWERS),
    include_in_schema=False,
)
async def decide_paper(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    organization_id: FromPath[UUID],
    paper_id: FromPath[UUID],
) -> Page:
    """Accept a paper or return it."""
    form = await read_form(request, PaperDecisionIn)

    async def act(session: AsyncSession) -> object:
        paper_of, given = (organization_id, paper_id), form.data
        return await service.examine_paper(
            session, principal, paper_of, accepted=given.accepted, reason=given.reason
        )

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, f"{BASE}/{organization_id}", "paper-decided"),
        lambda refused: _again(request, organization_id, str(paper_id), refused),
    )


@post(
    f"{BASE}/{{organization_id:uuid}}/bank-accounts/{{account_id:uuid}}/confirmation",
    opt=allow(FINANCE_FRESH),
    include_in_schema=False,
)
async def confirm_account(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    organization_id: FromPath[UUID],
    account_id: FromPath[UUID],
) -> Page:
    """Confirm a bank account by the number typed from the bankbook."""
    form = await read_form(request, BankAccountNumberIn)
    state = request.app.state
    rules = provide_rules(state["keyring"], state["settings"])

    async def act(session: AsyncSession) -> object:
        return await bank_accounts.confirm_bank_account(
            session, principal, (organization_id, account_id), number=form.data.number, rules=rules
        )

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, f"{BASE}/{organization_id}", "account-decided"),
        lambda refused: _again(request, organization_id, "confirmation", refused),
    )


@post(
    f"{BASE}/{{organization_id:uuid}}/bank-accounts/{{account_id:uuid}}/refusal",
    opt=allow(FINANCE_FRESH),
    include_in_schema=False,
)
async def refuse_account(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    organization_id: FromPath[UUID],
    account_id: FromPath[UUID],
) -> Page:
    """Refuse a bank account with a reason."""
    form = await read_form(request, ReasonIn)

    async def act(session: AsyncSession) -> object:
        return await bank_accounts.refuse_bank_account(
            session, principal, (organization_id, account_id), reason=form.data.reason
        )

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, f"{BASE}/{organization_id}", "account-decided"),
        lambda refused: _again(request, organization_id, "refusal", refused),
    )


ACTS = (
    ReasonAct("suspension", service.suspend, ADMINISTRATORS_FRESH, "suspended"),
    ReasonAct("reinstatement", service.reinstate, ADMINISTRATORS_FRESH, "reinstated"),
    ReasonAct(
        "representative", service.verify_representative, REVIEWERS_FRESH, "representative-verified"
    ),
    ReasonAct(
        "representative/withdrawal", service.withdraw_representative, REVIEWERS_FRESH, "saved"
    ),
    ReasonAct("registry-override", service.override_registry, ADMINISTRATORS_FRESH, "saved"),
    ReasonAct(
        "registry-override/withdrawal", service.withdraw_override, ADMINISTRATORS_FRESH, "saved"
    ),
)
ROUTES = (
    list_page,
    export,
    detail_page,
    open_paper,
    decide_paper,
    confirm_account,
    refuse_account,
    *(handler_of(act, BASE, _again) for act in ACTS),
)
