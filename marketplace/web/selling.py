"""The pages on which a seller writes products: the list, the form, the price, giving a draft up."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.market.views import views_of
from marketplace.catalog.products import queries, service
from marketplace.catalog.products.endpoints import (
    cursors_of,
    page_of,
    position_of,
)
from marketplace.catalog.products.industries import SECTIONS
from marketplace.catalog.products.models import DataKind, Purpose, SamplePolicy
from marketplace.catalog.products.policies import SELL, SELL_READ
from marketplace.catalog.products.queries import WRITABLE, OwnProduct
from marketplace.catalog.products.schemas import (
    Code,
    Credit,
    Declarations,
    Division,
    DraftPatch,
    Label,
    PriceIn,
    ProductIn,
    Prose,
    Seconds,
    Sentence,
    Summary,
    Title,
    Word,
)
from marketplace.catalog.review.endpoints import registration_of
from marketplace.catalog.review.queries import seller_checks_of
from marketplace.db import Phases
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render

PATH: Final = "/selling/products"
OWN: Final = PATH + "/{product_id:uuid}"
Answer = Annotated[str, Meta(max_length=40)]


class Versioned(Struct, kw_only=True):
    """A form that was filled from one save of a draft.

    ``take_over`` is the save that came in between, once a person has read of it and writes over it.
    """

    revision: int
    take_over: int | None = None

    @property
    def seen(self) -> int:
        """The newest save that the person knows of."""
        return self.revision if self.take_over is None else self.take_over


class DraftForm(Versioned, kw_only=True):
    """Everything of a draft that is typed or chosen on one page; empty means not told yet."""

    title_ko: Title = ""
    title_en: Title = ""
    summary_ko: Summary = ""
    summary_en: Summary = ""
    description_ko: Prose = ""
    description_en: Prose = ""
    industry_division: Division | None = None
    industry_code: Code = ""
    process: Word = ""
    equipment: Word = ""
    purpose: Purpose | None = None
    data_kind: DataKind | None = None
    collected_from: date | None = None
    collected_to: date | None = None
    collection_method: Sentence = ""
    interval_s: Seconds | None = None
    label_definition: Label = ""
    credit: Credit = ""
    sample_policy: SamplePolicy = SamplePolicy.none
    no_personal_data: bool = False
    no_trade_secrets: bool = False
    right_to_sell: bool = False
    provenance: Sentence = ""
    augmented: Answer = ""
    augmentation: Sentence = ""


DECLARED: Final = (
    "no_personal_data",
    "no_trade_secrets",
    "right_to_sell",
    "provenance",
    "augmentation",
)
NOT_OF_THE_PATCH: Final = {*DECLARED, "augmented", "revision", "take_over"}


def patch_of(form: DraftForm) -> DraftPatch:
    """Return what a form changes."""
    told = {name: getattr(form, name) for name in DECLARED}
    augmented = {"yes": True, "no": False}.get(form.augmented)
    plain = {
        name: getattr(form, name)
        for name in DraftForm.__struct_fields__
        if name not in NOT_OF_THE_PATCH
    }
    return DraftPatch(
        revision=form.seen, **plain, declarations=Declarations(**told, augmented=augmented)
    )


@get("/selling", opt=allow(SELL_READ), include_in_schema=False)
async def show_selling(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: FromQuery[str] = "",
) -> Page:
    """Show the organization's products, the last saved first."""
    cursors, own = cursors_of(settings), own_organization_id(principal)
    lines = await queries.list_own(session, own, before=position_of(cursors, cursor))
    shown = page_of(lines, cursors)
    may = SELL.roles & principal.roles
    return render(
        request,
        "selling.html",
        form=EMPTY,
        products=shown,
        may_write=bool(may),
        counts=await queries.count_by_state(session, own),
        checks=await seller_checks_of(session, own),
        views=await views_of(session, own),
    )


@post(PATH, opt=allow(SELL), include_in_schema=False)
async def submit_product(
    request: AnyRequest, principal: NamedDependency[Principal], once: NamedDependency[Once]
) -> Page:
    """Begin a product and go on to its form."""
    form = await read_form(request, ProductIn)
    own = own_organization_id(principal)

    async def act(content: ProductIn) -> Page:
        async def begin(session: AsyncSession) -> OwnProduct:
            return await service.begin(session, own, content, actor_id=principal.user_id)

        def path(begun: object) -> str:
            assert isinstance(begun, OwnProduct), "begin returns one"
            return f"{PATH}/{begun.product.id}/edit"

        return await once.redirect(form.key, begin, path, "begun")

    async def again(wrong: Form[ProductIn]) -> Page:
        return render(request, "selling_new.html", status=wrong.status, form=wrong)

    return await submitted(form, act, again)


@get(PATH + "/new", opt=allow(SELL), include_in_schema=False, sync_to_thread=False)
def show_new(request: AnyRequest) -> Page:
    """Ask for the title of a new product."""
    return render(request, "selling_new.html", form=EMPTY)


@get(OWN, opt=allow(SELL_READ), include_in_schema=False)
async def show_product(
    request: AnyRequest,
    product_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Show where a product stands, what is missing, and the thread of its registration."""
    return await product_page(request, phases, principal, product_id, EMPTY)


async def product_page(
    request: AnyRequest, phases: Phases, principal: Principal, product_id: UUID, form: Form[Any]
) -> Page:
    """Show the page of a product, with a form that failed where there is one."""
    async with phases() as session:
        own = await queries.get_own(session, own_organization_id(principal), product_id)
        registration = await registration_of(session, own)
    return render(
        request,
        "selling_product.html",
        status=form.status,
        form=form,
        own=own,
        registration=registration,
        may_write=bool(SELL.roles & principal.roles),
        writable=own.draft is not None and own.draft.state in WRITABLE,
    )


@get(OWN + "/edit", opt=allow(SELL), include_in_schema=False)
async def show_edit(
    request: AnyRequest,
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Show the form of the draft."""
    own = await queries.get_own(session, own_organization_id(principal), product_id)
    return _edit_page(request, own, EMPTY)


def _edit_page(request: AnyRequest, own: OwnProduct, form: Form[Any]) -> Page:
    return render(
        request,
        "selling_edit.html",
        status=form.status,
        form=form,
        own=own,
        draft=queries.writable(own),
        sections=SECTIONS,
        purposes=list(Purpose),
        data_kinds=list(DataKind),
    )


@post(OWN + "/edit", opt=allow(SELL), include_in_schema=False)
async def submit_edit(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Save the form of the draft."""
    form = await read_form(request, DraftForm)
    own = own_organization_id(principal)

    async def act(content: DraftForm) -> Page:
        async def save(session: AsyncSession) -> object:
            return await service.save(
                session, own, product_id, patch_of(content), actor_id=principal.user_id
            )

        return await once.redirect(form.key, save, f"{PATH}/{product_id}/edit", "saved")

    async def again(wrong: Form[DraftForm]) -> Page:
        async with phases() as session:
            found = await queries.get_own(session, own, product_id)
        return _edit_page(request, found, wrong)

    return await submitted(form, act, again)


@post(OWN + "/price", opt=allow(SELL), include_in_schema=False)
async def submit_price(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Set the price; new orders take it at once."""
    form = await read_form(request, PriceIn)
    own = own_organization_id(principal)

    async def act(content: PriceIn) -> Page:
        async def price(session: AsyncSession) -> object:
            return await service.set_price(
                session, own, product_id, content, actor_id=principal.user_id
            )

        return await once.redirect(form.key, price, f"{PATH}/{product_id}", "priced")

    async def again(wrong: Form[PriceIn]) -> Page:
        return await product_page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


@get(OWN + "/discard", opt=allow(SELL), include_in_schema=False)
async def confirm_discard(
    request: AnyRequest,
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Ask whether the draft is really given up."""
    own = await queries.get_own(session, own_organization_id(principal), product_id)
    queries.writable(own)
    return render(request, "selling_discard.html", form=EMPTY, own=own)


@post(OWN + "/discard", opt=allow(SELL), include_in_schema=False)
async def submit_discard(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Give up the draft."""
    form = await read_form(request, Nothing)
    own = own_organization_id(principal)

    async def act(_content: Nothing) -> Page:
        async def discard(session: AsyncSession) -> object:
            return await service.discard(session, own, product_id)

        return await once.redirect(form.key, discard, "/selling", "discarded")

    async def again(wrong: Form[Nothing]) -> Page:
        async with phases() as session:
            found = await queries.get_own(session, own, product_id)
        return render(request, "selling_discard.html", status=wrong.status, form=wrong, own=found)

    return await submitted(form, act, again)


@post(OWN + "/revision", opt=allow(SELL), include_in_schema=False)
async def submit_revision(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Begin a new content of a product."""
    form = await read_form(request, Nothing)
    own = own_organization_id(principal)

    async def act(_content: Nothing) -> Page:
        async def begin(session: AsyncSession) -> object:
            return await service.begin_revision(
                session, own, product_id, actor_id=principal.user_id
            )

        return await once.redirect(form.key, begin, f"{PATH}/{product_id}/edit", "begun")

    async def again(wrong: Form[Nothing]) -> Page:
        return await product_page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_selling,
    submit_product,
    show_new,
    show_product,
    show_edit,
    submit_edit,
    submit_price,
    confirm_discard,
    submit_discard,
    submit_revision,
)
