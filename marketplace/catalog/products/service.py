"""What a seller does with products: begin, write, price, give up, begin anew."""

from typing import Any, Final
from uuid import UUID

from msgspec import UNSET, structs, to_builtins
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.catalog.products import queries
from marketplace.catalog.products.errors import (
    DraftInvalid,
    DraftOpen,
    ProductsFull,
    wrong,
)
from marketplace.catalog.products.industries import section_of
from marketplace.catalog.products.licence.questions import QUESTIONS, standard_answers
from marketplace.catalog.products.models import (
    ContentState,
    PriceChange,
    Product,
    ProductContent,
    ProductState,
)
from marketplace.catalog.products.queries import OwnProduct
from marketplace.catalog.products.schemas import DraftPatch, PriceIn, ProductIn
from marketplace.db import now
from marketplace.errors import FieldError
from marketplace.jobs import enqueue
from marketplace.members.organizations.queries import organization_for_update
from marketplace.states import move

PRODUCTS_MAX: Final = 1_000
# What a new content takes over from the approved one.
TAKEN_OVER: Final = (
    "title_ko", "title_en", "summary_ko", "summary_en", "description_ko", "description_en",
    "industry_section", "industry_division", "industry_code", "process", "equipment", "purpose",
    "data_kind", "collected_from", "collected_to", "collection_method", "interval_s",
    "label_definition", "credit", "column_dictionary", "sample_policy", "sample", "licence",
    "declarations", "dataset_version_id", "rules", "rules_sha256",
)  # fmt: skip


async def begin(
    session: AsyncSession, organization_id: UUID, given: ProductIn, *, actor_id: UUID
) -> OwnProduct:
    """Begin a product with an empty draft and the standard licence.

    Raises:
        ProductsFull: the organization has 1,000 products
    """
    await organization_for_update(session, organization_id)
    if await queries.count_own(session, organization_id) >= PRODUCTS_MAX:
        raise ProductsFull(most=PRODUCTS_MAX)
    product = Product(organization_id=organization_id, created_by=actor_id, created_at=now(session))
    session.add(product)
    await session.flush()
    draft = ProductContent(
        product_id=product.id,
        organization_id=organization_id,
        number=1,
        title_ko=given.title_ko.strip(),
        licence=standard_answers(),
        saved_by=actor_id,
        saved_at=now(session),
        created_at=now(session),
    )
    session.add(draft)
    await session.flush()
    await record(session, "product.begun", Thing("product", product.id, organization_id))
    return OwnProduct(product, draft, None)


async def save(
    session: AsyncSession,
    organization_id: UUID,
    product_id: UUID,
    given: DraftPatch,
    *,
    actor_id: UUID,
) -> OwnProduct:
    """Save changes of the draft; the same values again change nothing.

    Raises:
        ProductNotFound: none, or another organization's
        NoDraft: nothing is being written
        DraftChanged: another save came first; nothing was overwritten
        DraftInvalid: every field that is wrong
    """
    own = await queries.get_own_for_update(session, organization_id, product_id)
    draft = queries.writable(own)
    wanted = _wanted(given)
    changed = {name for name, value in wanted.items() if getattr(draft, name) != value}
    if not changed:
        return own
    await queries.refuse_stale(session, draft, given.revision)
    errors = [*_errors(draft, wanted)]
    if errors:
        raise DraftInvalid(errors)
    for name in changed:
        setattr(draft, name, wanted[name])
    draft.revision += 1
    draft.saved_by, draft.saved_at = actor_id, now(session)
    await session.flush()
    return own


def _wanted(given: DraftPatch) -> dict[str, Any]:
    """Return the values to store, texts without outer spaces, by the names of the table."""
    wanted: dict[str, Any] = {}
    for info in structs.fields(DraftPatch):
        value = getattr(given, info.name)
        if value is UNSET or info.name == "revision":
            continue
        if info.name in ("column_dictionary", "declarations"):
            value = to_builtins(value)
        wanted[info.name] = value.strip() if type(value) is str else value
    if "industry_division" in wanted:
        division = wanted["industry_division"]
        wanted["industry_section"] = section_of(division) if division else None
    return wanted


def _errors(draft: ProductContent, wanted: dict[str, Any]) -> list[FieldError]:
    errors: list[FieldError] = []
    first, last = (
        wanted.get(name, getattr(draft, name)) for name in ("collected_from", "collected_to")
    )
    if first and last and first > last:
        errors.append(
            wrong("collected_to", "ends_before_start",
                  "수집 종료일이 시작일보다 앞섭니다. 두 날짜를 확인하십시오.",
                  "The collection ends before it begins. Check both dates.")
        )  # fmt: skip
    if wanted.get("industry_division") and not wanted["industry_section"]:
        errors.append(
            wrong("industry_division", "unknown_choice",
                  "한국표준산업분류에 없는 중분류입니다. 목록에서 고르십시오.",
                  "The classification has no such division. Choose one of the list.")
        )  # fmt: skip
    for name, answer in wanted.get("licence", {}).items():
        if name not in QUESTIONS or answer not in QUESTIONS[name].answers:
            errors.append(
                wrong(f"licence.{name}"[:60], "unknown_choice",
                      "이용 조건의 목록에 없는 답입니다. 목록에서 고르십시오.",
                      "The licence has no such answer. Choose one of the list.")
            )  # fmt: skip
    return errors + _dictionary_errors(wanted.get("column_dictionary", []))


def _dictionary_errors(entries: list[dict[str, Any]]) -> list[FieldError]:
    errors: list[FieldError] = []
    seen: set[str] = set()
    for at, entry in enumerate(entries):
        low, high = entry["low"], entry["high"]
        if entry["name"] in seen:
            errors.append(
                wrong(f"column_dictionary.{at}.name", "repeated",
                      f"'{entry['name'][:80]}' 열이 두 번 있습니다. 하나를 지우십시오.",
                      f"The column “{entry['name'][:80]}” appears twice. Remove one.")
            )  # fmt: skip
        seen.add(entry["name"])
        if low is not None and high is not None and low > high:
            errors.append(
                wrong(f"column_dictionary.{at}.high", "high_below_low",
                      f"'{entry['name'][:80]}' 열의 최댓값이 최솟값보다 작습니다.",
                      f"The upper limit of “{entry['name'][:80]}” is below the lower one.")
            )  # fmt: skip
    return errors


async def set_price(
    session: AsyncSession,
    organization_id: UUID,
    product_id: UUID,
    given: PriceIn,
    *,
    actor_id: UUID,
) -> OwnProduct:
    """Set the price without VAT; new orders take it at once, placed ones keep theirs (E6).

    Raises:
        ProductNotFound: none, or another organization's
    """
    own = await queries.get_own_for_update(session, organization_id, product_id)
    before = own.product.price_won
    if before == given.price_won:
        return own
    own.product.price_won = given.price_won
    session.add(
        PriceChange(
            product_id=product_id,
            organization_id=organization_id,
            price_won=given.price_won,
            changed_by=actor_id,
            at=now(session),
        )
    )
    await session.flush()
    await record(
        session,
        "product.priced",
        Thing("product", product_id, organization_id),
        facts={"price_won": [before, given.price_won]},
    )
    if own.product.state is not ProductState.draft:
        # The search lies above this slice, so a job brings it into step.
        await enqueue(session, "search.index_product", product_id=str(product_id))
    return own


async def discard(session: AsyncSession, organization_id: UUID, product_id: UUID) -> OwnProduct:
    """Give up the draft; an approved content stays as it is. Its price and history stay too.

    Raises:
        ProductNotFound: none, or another organization's
        NoDraft: nothing is being written
    """
    own = await queries.get_own_for_update(session, organization_id, product_id)
    draft = queries.writable(own)
    await move(
        session, "product_content", draft, ContentState.discarded, organization_id=organization_id
    )
    await record(
        session,
        "product.draft_discarded",
        Thing("product", product_id, organization_id),
        facts={"content": draft.number},
    )
    return OwnProduct(own.product, None, own.approved)


async def begin_revision(
    session: AsyncSession, organization_id: UUID, product_id: UUID, *, actor_id: UUID
) -> OwnProduct:
    """Begin a new content of a product, taken over from the approved one or the last given up (E6).

    Raises:
        ProductNotFound: none, or another organization's
        DraftOpen: one is open already
    """
    own = await queries.get_own_for_update(session, organization_id, product_id)
    if own.draft is not None:
        raise DraftOpen
    newest = await session.scalar(
        select(ProductContent)
        .where(col(ProductContent.product_id) == product_id)
        .order_by(col(ProductContent.number).desc())
        .limit(1)
    )
    assert newest is not None, "a product begins with a content"
    source = own.approved or newest
    draft = ProductContent(
        product_id=product_id,
        organization_id=organization_id,
        number=newest.number + 1,
        saved_by=actor_id,
        saved_at=now(session),
        created_at=now(session),
        **{name: getattr(source, name) for name in TAKEN_OVER},
    )
    session.add(draft)
    await session.flush()
    await record(
        session,
        "product.revision_begun",
        Thing("product", product_id, organization_id),
        facts={"content": draft.number},
    )
    return OwnProduct(own.product, draft, own.approved)
