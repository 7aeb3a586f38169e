"""The pages of an organization's bank account."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Phases, now
from marketplace.encryption import Keyring
from marketplace.idempotency import Once
from marketplace.members.organizations import bank_accounts, papers, queries
from marketplace.members.organizations.banks import BANKS
from marketplace.members.organizations.models import PaperKind
from marketplace.members.organizations.policies import OWNER_FRESH, OWNER_READ, own_organization_id
from marketplace.members.organizations.schemas import BankAccountIn, ReasonIn
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, language_of, render

ACCOUNT = "/organization/bank-account"
ONE = f"{ACCOUNT}/{{account_id:uuid}}"


def banks(request: AnyRequest) -> list[tuple[str, str]]:
    """Return codes and names of the banks in the person's language."""
    place = 0 if language_of(request) == "ko" else 1
    return [(code, names[place]) for code, names in BANKS.items()]


@get(ACCOUNT, opt=allow(OWNER_READ), include_in_schema=False)
async def show_account(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Page:
    """Show the account in use, a change that waits, and the history."""
    own = own_organization_id(principal)
    return render(
        request,
        "bank_account.html",
        used=await bank_accounts.account_in_use(session, own),
        accounts=await bank_accounts.list_accounts(session, own),
        names={m.user_id: m.name for m in await queries.list_members(session, own)},
        owners_count=len(await queries.managers_of(session, own)),
        banks=dict(banks(request)),
        hold_days=settings.bank_account_hold_s // 86_400,
        at=now(session),
    )


async def _propose_page(request: AnyRequest, phases: Phases, form: Form[BankAccountIn]) -> Page:
    principal: Principal = request.scope["state"]["principal"]
    async with phases() as session:
        found = await papers.list_papers(session, own_organization_id(principal))
    books = [paper for paper in found if paper.kind is PaperKind.bankbook]
    status, choices = form.status, banks(request)
    return render(
        request, "bank_account_new.html", status=status, form=form, books=books, banks=choices
    )


@get(f"{ACCOUNT}/new", opt=allow(OWNER_FRESH), include_in_schema=False)
async def show_proposal(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show the form of a new account."""
    return await _propose_page(request, phases, EMPTY)


@post(f"{ACCOUNT}/new", opt=allow(OWNER_FRESH), include_in_schema=False)
async def submit_proposal(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    keyring: NamedDependency[Keyring],
    once: NamedDependency[Once],
) -> Page:
    """Propose an account."""
    form = await read_form(request, BankAccountIn)
    own, actor = own_organization_id(principal), principal.user_id

    async def act(content: BankAccountIn) -> Page:
        async def propose(session: AsyncSession) -> object:
            return await bank_accounts.propose(
                session, own, content, actor_id=actor, keyring=keyring
            )

        return await once.redirect(form.key, propose, ACCOUNT, "account-proposed")

    async def again(wrong: Form[BankAccountIn]) -> Page:
        return await _propose_page(request, phases, wrong)

    return await submitted(form, act, again)


async def _step_page(
    request: AnyRequest, phases: Phases, step: str, account_id: UUID, form: Form[Any]
) -> Page:
    principal: Principal = request.scope["state"]["principal"]
    async with phases() as session:
        own = own_organization_id(principal)
        account = await bank_accounts.get_account(session, own, account_id)
    page, bank = f"bank_account_{step}.html", dict(banks(request))[account.bank_code]
    return render(request, page, status=form.status, form=form, account=account, bank=bank)


@get(f"{ONE}/confirm", opt=allow(OWNER_FRESH), include_in_schema=False)
async def show_confirmation(
    request: AnyRequest, account_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Ask the second owner to confirm."""
    return await _step_page(request, phases, "confirm", account_id, EMPTY)


@post(f"{ONE}/confirm", opt=allow(OWNER_FRESH), include_in_schema=False)
async def submit_confirmation(
    request: AnyRequest,
    account_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Confirm an account as the second owner."""
    form = await read_form(request, Nothing)
    own, actor = own_organization_id(principal), principal.user_id
    hold_s = settings.bank_account_hold_s

    async def act(_content: Nothing) -> Page:
        async def confirm(session: AsyncSession) -> object:
            return await bank_accounts.confirm(
                session, own, account_id, actor_id=actor, hold_s=hold_s
            )

        return await once.redirect(form.key, confirm, ACCOUNT, "account-confirmed")

    return await submitted(
        form, act, lambda wrong: _step_page(request, phases, "confirm", account_id, wrong)
    )


@get(f"{ONE}/refuse", opt=allow(OWNER_FRESH), include_in_schema=False)
async def show_refusal(
    request: AnyRequest, account_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Ask the second owner for the reason of a refusal."""
    return await _step_page(request, phases, "refuse", account_id, EMPTY)


@post(f"{ONE}/refuse", opt=allow(OWNER_FRESH), include_in_schema=False)
async def submit_refusal(
    request: AnyRequest,
    account_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Refuse an account as the second owner."""
    form = await read_form(request, ReasonIn)
    own, actor = own_organization_id(principal), principal.user_id

    async def act(content: ReasonIn) -> Page:
        async def refuse(session: AsyncSession) -> object:
            return await bank_accounts.refuse(
                session, own, account_id, reason=content.reason, actor_id=actor
            )

        return await once.redirect(form.key, refuse, ACCOUNT, "saved")

    return await submitted(
        form, act, lambda wrong: _step_page(request, phases, "refuse", account_id, wrong)
    )


@get(f"{ONE}/withdraw", opt=allow(OWNER_FRESH), include_in_schema=False)
async def show_withdrawal(
    request: AnyRequest, account_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Ask whether the change is really stopped."""
    return await _step_page(request, phases, "withdraw", account_id, EMPTY)


@post(f"{ONE}/withdraw", opt=allow(OWNER_FRESH), include_in_schema=False)
async def submit_withdrawal(
    request: AnyRequest,
    account_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Stop a change of account."""
    form = await read_form(request, Nothing)
    own, actor = own_organization_id(principal), principal.user_id

    async def act(_content: Nothing) -> Page:
        async def withdraw(session: AsyncSession) -> object:
            return await bank_accounts.withdraw(session, own, account_id, actor_id=actor)

        return await once.redirect(form.key, withdraw, ACCOUNT, "withdrawn")

    return await submitted(
        form, act, lambda wrong: _step_page(request, phases, "withdraw", account_id, wrong)
    )


@get(f"{ONE}/reveal", opt=allow(OWNER_FRESH), include_in_schema=False)
async def show_reveal(
    request: AnyRequest, account_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Ask before the full number is shown."""
    return await _step_page(request, phases, "reveal", account_id, EMPTY)


@post(f"{ONE}/reveal", opt=allow(OWNER_FRESH), include_in_schema=False, status_code=200)
async def reveal_number(
    request: AnyRequest,
    account_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    keyring: NamedDependency[Keyring],
) -> Page:
    """Show the full number once; the look is written down."""
    own = own_organization_id(principal)
    number = await bank_accounts.reveal(session, own, account_id, keyring=keyring)
    return render(request, "bank_account_number.html", number=number)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_account,
    show_proposal,
    submit_proposal,
    show_confirmation,
    submit_confirmation,
    show_refusal,
    submit_refusal,
    show_withdrawal,
    submit_withdrawal,
    show_reveal,
    reveal_number,
)
