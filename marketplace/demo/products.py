"""The demonstration's products: real files, brought through the services that sellers and reviewers use.

Each step looks where the product stands, so a load that was cut goes on where it stopped.
"""

import asyncio
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal
from uuid import UUID, uuid4

from msgspec import Struct, convert
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import Function, Principal, Role
from marketplace.catalog.datasets import processing, queries, versions
from marketplace.catalog.datasets.models import DataFile, DatasetVersion, FileState, VersionState
from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.datasets.uploading import PART_BYTES, key_of
from marketplace.catalog.products import service as products
from marketplace.catalog.products.models import (
    ContentState,
    DataKind,
    ProductContent,
    Purpose,
)
from marketplace.catalog.products.queries import get_own
from marketplace.catalog.products.schemas import (
    ColumnEntry,
    Declarations,
    DraftPatch,
    PriceIn,
    ProductIn,
)
from marketplace.catalog.review import service as review
from marketplace.catalog.review.models import Review, ReviewState
from marketplace.catalog.review.service import Decision
from marketplace.catalog.samples import service as samples
from marketplace.catalog.samples.schemas import SampleIn
from marketplace.db import Phases, now
from marketplace.members.accounts.models import User

DATA: Final = Path(__file__).parent / "data"
SAMPLE_ROWS: Final = 20
COPIED: Final = (
    "title_ko", "title_en", "summary_ko", "summary_en", "description_ko", "description_en",
    "industry_division", "process", "equipment", "purpose", "data_kind", "collected_from",
    "collected_to", "interval_s", "collection_method", "label_definition", "credit",
)  # fmt: skip


class CastProduct(Struct, kw_only=True):
    """A product of the demonstration; ``columns`` gives meaning and unit by a column's name."""

    file: str
    outcome: Literal["approved", "submitted", "returned"]
    reason: str = ""
    price_won: int
    note: str
    title_ko: str
    title_en: str
    summary_ko: str
    summary_en: str
    description_ko: str
    description_en: str
    industry_division: str
    process: str
    equipment: str
    purpose: Purpose
    data_kind: DataKind
    collected_from: date
    collected_to: date
    interval_s: float | None = None
    collection_method: str
    label_definition: str
    credit: str
    provenance: str
    augmentation: str = ""
    columns: dict[str, tuple[str, str]]


@cache
def cast_products() -> tuple[CastProduct, ...]:
    """Return the products that the data folder describes."""
    told = tomllib.loads((DATA / "products.toml").read_text(encoding="utf-8"))
    return tuple(convert(told["product"], list[CastProduct]))


@dataclass(frozen=True)
class Stage:
    """Where the products are brought, and who does it.

    Args:
        seller_id: an owner of the selling organization
        reviewer_id: of the exchange's operator
        operator_id: the operator's organization
    """

    phases: Phases
    shelves: Shelves
    organization_id: UUID
    seller_id: UUID
    reviewer_id: UUID
    operator_id: UUID


async def bring(stage: Stage, cast: CastProduct) -> None:
    """Bring one product to its outcome; what is there already stays."""
    product_id = await _begun(stage, cast)
    version_id = await _sent(stage, cast, product_id)
    await _examined(stage, version_id)
    await _written(stage, cast, product_id)
    await _decided(stage, cast, product_id)


async def _begun(stage: Stage, cast: CastProduct) -> UUID:
    async with stage.phases() as session:
        known: UUID | None = await session.scalar(
            select(col(ProductContent.product_id)).where(
                col(ProductContent.organization_id) == stage.organization_id,
                col(ProductContent.title_ko) == cast.title_ko,
                col(ProductContent.number) == 1,
            )
        )
        if known is not None:
            return known
        begun = await products.begin(
            session, stage.organization_id, ProductIn(cast.title_ko), actor_id=stage.seller_id
        )
        price = PriceIn(cast.price_won)
        await products.set_price(
            session, stage.organization_id, begun.product.id, price, actor_id=stage.seller_id
        )
        return begun.product.id


async def _sent(stage: Stage, cast: CastProduct, product_id: UUID) -> UUID:
    """Put the file where an upload leaves it."""
    async with stage.phases() as session:
        known: DatasetVersion | None = await session.scalar(
            select(DatasetVersion).where(
                col(DatasetVersion.product_id) == product_id, col(DatasetVersion.number) == 1
            )
        )
        if known is not None:
            return known.id
    content = await asyncio.to_thread((DATA / cast.file).read_bytes)
    file_id = uuid4()
    place = (stage.shelves.quarantine, key_of(file_id), content)
    await asyncio.to_thread(stage.shelves.store.put, *place)
    async with stage.phases() as session:
        version = await versions.open_version(
            session, stage.organization_id, product_id, note=cast.note, actor_id=stage.seller_id
        )
        session.add(
            DataFile(
                id=file_id,
                version_id=version.id,
                organization_id=stage.organization_id,
                position=1,
                path=cast.file,
                size_bytes=len(content),
                part_bytes=PART_BYTES,
                state=FileState.uploaded,
                created_by=stage.seller_id,
                created_at=now(session),
                uploaded_at=now(session),
            )
        )
        return version.id


async def _examined(stage: Stage, version_id: UUID) -> None:
    async with stage.phases() as session:
        version = await session.get_one(DatasetVersion, version_id)
        files = await queries.files_of(session, version_id)
    if version.state is VersionState.ready:
        return
    for file in files:
        await processing.process_file(stage.phases, stage.shelves, file.id)
    async with stage.phases() as session:
        await versions.close_version(session, stage.organization_id, version_id)


async def _written(stage: Stage, cast: CastProduct, product_id: UUID) -> None:
    async with stage.phases() as session:
        own = await get_own(session, stage.organization_id, product_id)
        draft = own.draft
        if draft is None or draft.state is not ContentState.draft:
            return
        entries = [
            ColumnEntry(name=entry["name"], meaning=meaning, unit=unit or entry["unit"])
            for entry in draft.column_dictionary
            for meaning, unit in [cast.columns.get(entry["name"], ("", ""))]
        ]
        copied = {name: getattr(cast, name) for name in COPIED}
        patch = DraftPatch(
            revision=draft.revision,
            column_dictionary=entries,
            declarations=Declarations(
                no_personal_data=True, no_trade_secrets=True, right_to_sell=True,
                provenance=cast.provenance, augmented=bool(cast.augmentation),
                augmentation=cast.augmentation,
            ),
            **copied,
        )  # fmt: skip
        own = await products.save(
            session, stage.organization_id, product_id, patch, actor_id=stage.seller_id
        )
        assert own.draft is not None, "what was saved is there"
        for file, table in (await samples.choices_of(session, own.draft))[:1]:
            chosen = SampleIn(own.draft.revision, file.id, table.name, 1, SAMPLE_ROWS)
            await samples.choose(
                session, stage.organization_id, product_id, chosen, actor_id=stage.seller_id
            )
        await review.submit(session, stage.organization_id, product_id, actor_id=stage.seller_id)


async def _decided(stage: Stage, cast: CastProduct, product_id: UUID) -> None:
    if cast.outcome == "submitted":
        return
    async with stage.phases() as session:
        waiting = await session.scalar(
            select(col(Review.id)).where(
                col(Review.product_id) == product_id, col(Review.state) == ReviewState.waiting
            )
        )
        if waiting is None:
            return
        decision = Decision.approve if cast.outcome == "approved" else Decision.send_back
        reviewer = await _reviewer(session, stage)
        await review.decide(session, reviewer, waiting, decision=decision, reason=cast.reason)


async def _reviewer(session: AsyncSession, stage: Stage) -> Principal:
    person = await session.get_one(User, stage.reviewer_id)
    return Principal(
        user_id=person.id, email=person.email, name=person.name, language=None, theme=None,
        organization_id=stage.operator_id, organization_name=None,
        function=Function.exchange_operator, roles=frozenset({Role.reviewer}),
        authenticated_at=now(session),
    )  # fmt: skip
