"""What a seller's column dictionary and the exchange's rules say of a file before it is examined."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.datasets.models import DataFile, DatasetVersion
from marketplace.catalog.products.models import ContentState, ProductContent
from marketplace.catalog.products.queries import WRITABLE
from marketplace.quality_rules import QualityRules
from quality import DeclaredColumn, Settings, SettingsInvalid, checked
from quality.settings import COLUMNS_MAX, bare

logger = logging.getLogger(__name__)

# Of a product at most one content is open, and one approved.
OPEN: Final = (*WRITABLE, ContentState.submitted)


async def settings_of(session: AsyncSession, file: DataFile, rules: QualityRules) -> Settings:
    """Return by what a file is examined: the dictionary of the draft, else of what is on sale, and the rules."""
    version = await session.get_one(DatasetVersion, file.version_id)
    content = await _content_of(session, version.product_id)
    kind = content.data_kind if content is not None else None
    return declared(content.column_dictionary if content is not None else (), kind, rules)


async def kind_of(session: AsyncSession, product_id: UUID) -> str | None:
    """Return the kind of a product's data, by what is being written of it, else by what is on sale."""
    content = await _content_of(session, product_id)
    return content.data_kind if content is not None else None


async def _content_of(session: AsyncSession, product_id: UUID) -> ProductContent | None:
    content: ProductContent | None = await session.scalar(
        select(ProductContent)
        .where(
            col(ProductContent.product_id) == product_id,
            col(ProductContent.state).in_((*OPEN, ContentState.approved)),
        )
        .order_by(case((col(ProductContent.state).in_(OPEN), 0), else_=1))
        .limit(1)
    )
    return content


def declared(
    dictionary: Sequence[Mapping[str, Any]], kind: str | None, rules: QualityRules
) -> Settings:
    """Return the settings of a dictionary. Pure.

    An entry that says nothing that could be counted is left out. Codes are left out where they are too many
    to be handed over, and so is all of it where even that does not help.

    Args:
        dictionary: entries ``name, meaning, unit, low, high, codes``
        kind: of the product's data
    """
    columns = _columns(dictionary)
    shorter = [replace(one, codes=()) for one in columns]
    judged = Settings(preset=rules.preset, thresholds=rules.thresholds_for(kind))
    for said in (columns, shorter):
        try:
            return checked(replace(judged, columns=tuple(said)))
        except SettingsInvalid as error:
            logger.warning("the dictionary is handed over in part: %s", error.problems[0][1])
    return judged


def _columns(dictionary: Sequence[Mapping[str, Any]]) -> list[DeclaredColumn]:
    found: dict[str, DeclaredColumn] = {}
    for entry in dictionary[:COLUMNS_MAX]:
        one = DeclaredColumn(
            name=entry["name"],
            unit=entry.get("unit", ""),
            low=entry.get("low"),
            high=entry.get("high"),
            codes=tuple(entry.get("codes", ())),
        )
        if bare(one.name) and (one.unit or one.ruled):
            found.setdefault(bare(one.name), one)
    return list(found.values())
