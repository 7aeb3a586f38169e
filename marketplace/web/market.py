"""The market's pages for everybody: a product, its quality report, its seller."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, Principal, allow
from marketplace.catalog.datasets.certifying import list_keys
from marketplace.catalog.datasets.changes import changes_of
from marketplace.catalog.datasets.queries import list_published
from marketplace.catalog.inquiries.queries import list_public
from marketplace.catalog.market import queries
from marketplace.catalog.market.apart import group_count, group_lines
from marketplace.catalog.market.certificates import earlier_certificates, find_certificate
from marketplace.catalog.market.checked import series_lines
from marketplace.catalog.market.columns import column_groups
from marketplace.catalog.market.endpoints import page_url, price_of
from marketplace.catalog.market.errors import (
    ListingSuspended,
    ListingWithdrawn,
)
from marketplace.catalog.market.queries import Listing
from marketplace.catalog.market.structured import json_ld
from marketplace.catalog.market.versions import Place, get_shown, lines_of
from marketplace.catalog.market.views import Visitor, count_view
from marketplace.catalog.products.industries import SECTIONS
from marketplace.catalog.products.licence import contract
from marketplace.catalog.products.models import ProductContent
from marketplace.catalog.products.terms import term_in
from marketplace.catalog.rules.queries import shown_run
from marketplace.catalog.samples.service import sample_of
from marketplace.catalog.sellers.queries import get_card
from marketplace.db import now
from marketplace.http.facts import facts_of
from marketplace.idempotency import repeatable
from marketplace.orders.cart.policies import BUY
from marketplace.orders.cart.queries import has
from marketplace.orders.delivery.policies import DOWNLOAD
from marketplace.orders.delivery.queries import rights_to
from marketplace.settings import Settings
from marketplace.web.charts import bars
from marketplace.web.pages import AnyRequest, Page, language_of, render
from marketplace.web.report_charts import report_charts
from quality import CHECKS, LETTERS, PRESETS, WORDS, DatasetReport, FileReport
from quality.html.telling import between_lines, check_lines, said

OWN: Final = "/products/{product_id:uuid}"
# A dataset of many files has a series in each; the page shows so many, the JSON all.
SERIES_MOST: Final = 40
GROUPS_MOST: Final = 6


@get(OWN, opt=allow(EVERYONE), include_in_schema=False)
async def show_product(
    request: AnyRequest,
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    visitor: NamedDependency[Principal | None],
) -> Page:
    """Show a product on sale, or where it stood a tombstone."""
    try:
        listing = await queries.get_listing(session, product_id)
    except (ListingWithdrawn, ListingSuspended) as gone:
        product, content = await queries.get_content(session, product_id)
        return render(
            request, "market_gone.html", status=410, plain=True, gone=gone, product=product,
            content=content, offers=await _offers(request, session, product.organization_id),
        )  # fmt: skip
    groups = column_groups(listing.report, listing.content.column_dictionary)
    language = language_of(request)
    return render(
        request,
        "market_product.html",
        plain=True,
        **_facts(request, listing),
        groups=groups,
        column_count=max((len(group.columns) for group in groups), default=0),
        clauses=contract.clauses(listing.content.licence, language),
        industry=industry_words(listing.content, language),
        json_ld=json_ld(listing, groups, page_url(settings, product_id)),
        inquiries=await list_public(session, product_id),
        sample=sample_of(listing.content),
        versions=lines_of(await list_published(session, product_id), listing.version.id),
        changes=await changes_of(session, listing.version, public=True),
        own=visitor is not None and visitor.organization_id == listing.product.organization_id,
        buying=await _buying(session, visitor, listing),
        owned=await _owned(session, visitor, listing),
    )


async def _buying(session: AsyncSession, visitor: Principal | None, listing: Listing) -> str:
    """Return what a visitor can do about buying: sign in, put in the cart, open it, or nothing."""
    if visitor is None or visitor.held_up:
        return "sign-in"
    own = visitor.organization_id
    if own is None or own == listing.product.organization_id or not visitor.has(*BUY.roles):
        return ""
    return "in" if await has(session, own, listing.product.id) else "may"


async def _owned(session: AsyncSession, visitor: Principal | None, listing: Listing) -> UUID | None:
    """Return the right of the visitor's organization to the version on sale, for those who may use it."""
    if visitor is None or visitor.held_up or not visitor.has(*DOWNLOAD.roles):
        return None
    if visitor.organization_id is None:
        return None
    rights = await rights_to(session, visitor.organization_id, [listing.version.id])
    return rights.get(listing.version.id)


def _facts(request: AnyRequest, listing: Listing) -> dict[str, Any]:
    assert listing.product.price_won is not None, "a listed product has its price"
    report, content = listing.report, listing.content
    english = language_of(request) == "en"
    return {
        "listing": listing,
        "content": content,
        "title": (english and content.title_en) or content.title_ko,
        "summary": (english and content.summary_en) or content.summary_ko,
        "description": (english and content.description_en) or content.description_ko,
        "report": report,
        "findings": said(report),
        "check_of": {check.id: check for check in CHECKS},
        "price": price_of(listing.product.price_won, listing.taxation),
        "process": term_in(content.process, english=english),
        "equipment": term_in(content.equipment, english=english),
        "bars": bars,
        "formats": formats_of(report.files),
        "preset": PRESETS.get(report.preset),
    }


def changed_of(report: DatasetReport) -> list[tuple[str, str]]:
    """Return the thresholds that were not the defaults, by name."""
    changed = {name: value for one in report.settings for name, value in one.thresholds.items()}
    return [(name, str(value)) for name, value in sorted(changed.items())]


def formats_of(files: tuple[FileReport, ...]) -> list[str]:
    """Return the kinds of the files, each once."""
    return sorted({file.kind.upper() for file in files})


def industry_words(content: ProductContent, language: str) -> str:
    """Return the division of an industry in words, with the longer code where one was given."""
    section = SECTIONS.get(content.industry_section or "")
    if section is None or content.industry_division is None:
        return "–"
    ko, en = section.divisions[content.industry_division]
    code = content.industry_code or content.industry_division
    return f"{ko if language == 'ko' else en} ({content.industry_section}{code})"


@post(
    OWN + "/views",
    status_code=204,
    opt=allow(EVERYONE) | repeatable("a second look on the same day adds nothing"),
    include_in_schema=False,
)
async def submit_view(
    request: AnyRequest,
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> None:
    """Count that somebody looked at a product for a while; its script tells."""
    agent = request.headers.get("user-agent", "")
    looking = Visitor(facts_of(request.scope).address or "", agent)
    await count_view(session, product_id, looking, settings.session_key.get_secret_value())


@get(OWN + "/versions/{number:int}/quality", opt=allow(EVERYONE), include_in_schema=False)
async def show_quality(
    request: AnyRequest,
    product_id: FromPath[UUID],
    number: FromPath[int],
    session: NamedDependency[AsyncSession],
) -> Page:
    """Show the whole quality report of a version, the one on sale or an earlier one."""
    shown = await get_shown(session, product_id, number)
    listing = replace(
        shown.listing, version=shown.version, files=shown.files, stored_report=shown.stored_report
    )
    groups = column_groups(listing.report, listing.content.column_dictionary)
    return render(
        request, "market_quality.html", plain=True, **_facts(request, listing), groups=groups,
        offered=shown.place is Place.offered,
        checks=check_lines(listing.report), between=between_lines(listing.report), series=series_lines(listing.report, SERIES_MOST),
        apart=group_lines(listing.report, GROUPS_MOST), apart_count=group_count(listing.report),
        letters=LETTERS, level_words=WORDS, changed=changed_of(listing.report),
        charts=report_charts(listing.report, language_of(request)),
        certificate=await find_certificate(session, listing.stored_report),
        earlier=await earlier_certificates(session, listing.stored_report), keys=await list_keys(session),
        at=now(session), rules=await shown_run(session, listing.content, listing.version.id),
    )  # fmt: skip


@get("/sellers/{seller_id:uuid}", opt=allow(EVERYONE), include_in_schema=False)
async def show_seller(
    request: AnyRequest, seller_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> Page:
    """Show who sells, and what."""
    seller = await get_card(session, seller_id)
    offers = await _offers(request, session, seller_id, queries.SELLER_MOST)
    return render(
        request, "market_seller.html", plain=True, seller=seller, offers=offers, bars=bars
    )


async def _offers(
    request: AnyRequest,
    session: AsyncSession,
    seller_id: UUID | None = None,
    limit: int = queries.NEWEST_MOST,
) -> list[dict[str, Any]]:
    found = await queries.offers_of(session, seller_id=seller_id, limit=limit)
    shapes = await queries.shapes_of(session, [one.version_id for one in found])
    english = language_of(request) == "en"
    return [
        {
            "id": one.product.id,
            "title": (english and one.content.title_en) or one.content.title_ko,
            "summary": (english and one.content.summary_en) or one.content.summary_ko,
            "seller": one.seller.name,
            "process": term_in(one.content.process, english=english),
            "kind": one.content.data_kind,
            "formats": one.formats,
            "rows": one.row_count,
            "price_won": one.product.price_won,
            "grade": one.grade,
            "shape": shapes.get(one.version_id, []),
        }
        for one in found
    ]


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_product,
    submit_view,
    show_quality,
    show_seller,
)
