"""The page of a draft's rules: what came of each, a form that makes one, and the suite as JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct, convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets.queries import files_of, find_report
from marketplace.catalog.products import queries
from marketplace.catalog.products.models import ProductContent
from marketplace.catalog.products.policies import SELL
from marketplace.catalog.rules import service
from marketplace.catalog.rules.errors import RuleNotFound, RulesInvalid
from marketplace.catalog.rules.making import Kind, RuleForm, form_of, rule_of
from marketplace.catalog.rules.queries import find_run
from marketplace.catalog.rules.schemas import RuleIn, RuleRemovalIn, RulesIn
from marketplace.catalog.rules.shaping import first_places, out_of, suite_in
from marketplace.db import Phases
from marketplace.errors import FieldError
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render
from marketplace.web.selling import OWN, PATH
from quality import DatasetReport
from quality.suites.wording import rule_words, shown_value

COLUMNS_MOST: Final = 500


class OneRuleForm(RuleForm, kw_only=True):
    """A rule of the form, with the save that was shown."""

    revision: int


class Removal(Struct):
    """The revision that was shown."""

    revision: int


class SuiteForm(Struct):
    """A whole suite as JSON."""

    revision: int
    suite: Annotated[str, Meta(max_length=1_000_000)]


class Choices(Struct, frozen=True):
    """What can be chosen in the form: columns with what they hold, tables, and other files."""

    columns: Sequence[tuple[str, str]] = ()
    tables: Sequence[tuple[str, str]] = ()
    files: Sequence[tuple[str, str]] = ()


@get(OWN + "/rules", opt=allow(SELL), include_in_schema=False)
async def show_rules_page(
    request: AnyRequest,
    product_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Show the rules of the draft, what came of each, and the form for a new one."""
    return await _page(request, phases, principal, product_id, EMPTY)


@get(OWN + "/rules/{number:int}", opt=allow(SELL), include_in_schema=False)
async def show_rule_page(
    request: AnyRequest,
    product_id: FromPath[UUID],
    number: FromPath[int],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Show one rule in the form, to be changed."""
    return await _page(request, phases, principal, product_id, EMPTY, number)


async def _page(
    request: AnyRequest,
    phases: Phases,
    principal: Principal,
    product_id: UUID,
    form: Form[Any],
    number: int | None = None,
) -> Page:
    async with phases() as session:
        own = await queries.get_own(session, own_organization_id(principal), product_id)
        draft = queries.writable(own)
        run = await find_run(session, draft)
        choices = await _choices(session, draft)
    suite = suite_in(draft)
    editing = None if number is None else _known(suite.expectations, number)
    asked = (
        form.value("kind") or (editing or {}).get("kind") or request.query_params.get("kind", "")
    )
    return render(
        request,
        "selling_rules.html",
        status=form.status,
        form=form,
        own=own,
        draft=draft,
        rules=[rule_words(one) for one in suite.expectations],
        about=[one.table for one in suite.expectations],
        made=[form_of(one) is not None for one in suite.expectations],
        out=out_of(draft, run),
        examples=first_places(run),
        choices=choices,
        kinds=list(Kind),
        kind=asked if asked in list(Kind) else "",
        editing=editing,
        number=number,
        json=json.dumps(suite.plain(), ensure_ascii=False, indent=2),
    )


def _known(rules: Sequence[Any], number: int) -> Mapping[str, str]:
    """Return the fields of a rule that the form can show.

    Raises:
        RuleNotFound: no such rule, or one that the form does not know
    """
    found = form_of(rules[number - 1]) if 1 <= number <= len(rules) else None
    if found is None:
        raise RuleNotFound
    return found


async def _numeric(phases: Phases, organization_id: UUID, product_id: UUID) -> frozenset[str]:
    """Return the columns of the draft's data that hold numbers."""
    async with phases() as session:
        draft = queries.writable(await queries.get_own(session, organization_id, product_id))
        if draft.dataset_version_id is None:
            return frozenset()
        stored = await find_report(session, draft.dataset_version_id)
    report = convert(stored.report, DatasetReport) if stored is not None else None
    tables = report.tables if report is not None else []
    return frozenset(one.name for table in tables for one in table.columns if one.number)


async def _choices(session: AsyncSession, draft: ProductContent) -> Choices:
    if draft.dataset_version_id is None:
        return Choices()
    stored = await find_report(session, draft.dataset_version_id)
    if stored is None:
        return Choices()
    report = convert(stored.report, DatasetReport)
    files = await files_of(session, draft.dataset_version_id)
    columns: dict[str, str] = {}
    for table in report.tables:
        for column in table.columns:
            facts = column.number
            span = f" ({shown_value(facts.low)} ~ {shown_value(facts.high)})" if facts else ""
            columns.setdefault(column.name, column.name + span)
    return Choices(
        columns=list(columns.items())[:COLUMNS_MOST],
        tables=[(one, one) for one in sorted({table.name for table in report.tables})][
            :COLUMNS_MOST
        ],
        files=[(one, one) for one in sorted(file.path for file in files)],
    )


@post(OWN + "/rules", opt=allow(SELL), include_in_schema=False)
async def submit_rule(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Add the rule of the form."""
    form = await read_form(request, OneRuleForm)
    own = own_organization_id(principal)

    async def act(content: OneRuleForm) -> Page:
        given = RuleIn(content.revision, rule_of(content, await _numeric(phases, own, product_id)))

        async def add(session: AsyncSession) -> object:
            return await service.add_rule(
                session,
                own,
                product_id,
                given,
                actor_id=principal.user_id,
            )

        return await once.redirect(form.key, add, f"{PATH}/{product_id}/rules", "rule-added")

    async def again(wrong: Form[OneRuleForm]) -> Page:
        return await _page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


@post(OWN + "/rules/{number:int}", opt=allow(SELL), include_in_schema=False)
async def submit_change(
    request: AnyRequest,
    product_id: FromPath[UUID],
    number: FromPath[int],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Put the rule of the form in the place of one."""
    form = await read_form(request, OneRuleForm)
    own = own_organization_id(principal)

    async def act(content: OneRuleForm) -> Page:
        given = RuleIn(content.revision, rule_of(content, await _numeric(phases, own, product_id)))

        async def change(session: AsyncSession) -> object:
            return await service.change_rule(
                session, own, product_id, number, given, actor_id=principal.user_id
            )  # fmt: skip

        return await once.redirect(form.key, change, f"{PATH}/{product_id}/rules", "rule-changed")

    async def again(wrong: Form[OneRuleForm]) -> Page:
        return await _page(request, phases, principal, product_id, wrong, number)

    return await submitted(form, act, again)


@post(OWN + "/rules/{number:int}/removal", opt=allow(SELL), include_in_schema=False)
async def submit_rule_removal(
    request: AnyRequest,
    product_id: FromPath[UUID],
    number: FromPath[int],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Take a rule out."""
    form = await read_form(request, Removal)
    own = own_organization_id(principal)

    async def act(content: Removal) -> Page:
        async def remove(session: AsyncSession) -> object:
            return await service.change_rule(
                session, own, product_id, number, RuleRemovalIn(content.revision), actor_id=principal.user_id
            )  # fmt: skip

        return await once.redirect(form.key, remove, f"{PATH}/{product_id}/rules", "rule-removed")

    async def again(wrong: Form[Removal]) -> Page:
        return await _page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


@post(OWN + "/rules/suite", opt=allow(SELL), include_in_schema=False)
async def submit_suite(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Put a suite that was pasted as JSON in place of all rules."""
    form = await read_form(request, SuiteForm)
    own = own_organization_id(principal)

    async def act(content: SuiteForm) -> Page:
        given = RulesIn(content.revision, _parsed(content.suite))

        async def put(session: AsyncSession) -> object:
            return await service.replace_rules(
                session,
                own,
                product_id,
                given,
                actor_id=principal.user_id,
            )

        return await once.redirect(form.key, put, f"{PATH}/{product_id}/rules", "rules-replaced")

    async def again(wrong: Form[SuiteForm]) -> Page:
        return await _page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        wrong = FieldError("suite", "rule_invalid", "JSON이 아닙니다. 괄호와 쉼표를 확인하십시오.", "It is not JSON. Check brackets and commas.")  # fmt: skip
        raise RulesInvalid([wrong]) from None


@get(OWN + "/rules.json", opt=allow(SELL), include_in_schema=False)
async def send_suite(
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    session: NamedDependency[AsyncSession],
) -> Response[bytes]:
    """Send the rules as a suite of great-expectations."""
    own = await queries.get_own(session, own_organization_id(principal), product_id)
    content = suite_in(queries.writable(own)).stored()
    name = f'attachment; filename="product-{own.product.number}-rules.json"'
    return Response(content, media_type="application/json", headers={"content-disposition": name})


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_rules_page,
    show_rule_page,
    submit_rule,
    submit_change,
    submit_rule_removal,
    submit_suite,
    send_suite,
)
