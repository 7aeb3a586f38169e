"""Products on sale made straight in the tables: the search reads them as it reads real ones."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from msgspec import to_builtins
from sqlalchemy import select
from sqlmodel import col

from marketplace.catalog.datasets.models import DatasetVersion, QualityReport, VersionState
from marketplace.catalog.products.licence.contract import sha256_of, text_of
from marketplace.catalog.products.licence.questions import standard_answers
from marketplace.catalog.products.models import (
    ContentState,
    DataKind,
    Product,
    ProductContent,
    ProductState,
)
from marketplace.catalog.products.service import TAKEN_OVER
from marketplace.catalog.search.indexing import index_product
from marketplace.db import Database, Scope, now
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.states import move
from quality.report import DatasetReport, FileReport

TERMS = text_of(standard_answers())


async def put_on_sale(
    database: Database, owner: tuple[User, Organization], title: str, **given: Any
) -> Product:
    """Write a product on sale and let the search see it.

    Args:
        given: ``columns``, ``price_won``, ``grade``, ``kind`` of the file, and fields of the content
    """
    person, place = owner
    columns = given.pop("columns", [])
    price_won = given.pop("price_won", 1_000_000)
    grade, kind = given.pop("grade", "A"), given.pop("kind", "csv")
    async with database.transaction(Scope.system()) as session:
        at = now(session)
        product = Product(
            organization_id=place.id, price_won=price_won, state=ProductState.listed,
            listed_at=at - timedelta(seconds=given.pop("age_s", 0)), created_by=person.id,
        )  # fmt: skip
        session.add(product)
        await session.flush()
        version = DatasetVersion(
            product_id=product.id, organization_id=place.id, number=1, state=VersionState.ready,
            ready_at=at, sha256="0" * 64, created_by=person.id, size_bytes=1000,
            published_at=at,
        )  # fmt: skip
        session.add(version)
        await session.flush()
        session.add(
            QualityReport(
                version_id=version.id,
                organization_id=place.id,
                engine="test",
                grade=grade,
                blocker_count=0,
                warning_count=0,
                row_count=100,
                sha256="0" * 64,
                report=to_builtins(_report(kind, grade)),
            )
        )
        facts: dict[str, Any] = {
            "summary_ko": "", "industry_section": "C", "industry_division": "29",
            "process": "이송", "equipment": "컨베이어", "data_kind": DataKind.time_series,
        }  # fmt: skip
        content = ProductContent(
            product_id=product.id, organization_id=place.id, number=1, title_ko=title,
            state=ContentState.approved, submitted_at=at, licence=standard_answers(),
            licence_ko=TERMS, licence_sha256=sha256_of(TERMS), saved_by=person.id,
            dataset_version_id=version.id, id=uuid4(),
            column_dictionary=[{"name": name, "meaning": "", "unit": ""} for name in columns],
            **(facts | given),
        )  # fmt: skip
        session.add(content)
        await session.flush()
        await index_product(session, product.id)
        return product


async def sell_next(database: Database, product: Product, title: str, **given: Any) -> UUID:
    """Let a second version with a content of its own take the place of what is approved; return its id.

    Args:
        given: ``kind`` of the file, and fields of the content
    """
    kind = given.pop("kind", "csv")
    async with database.transaction(Scope.system()) as session:
        at = now(session)
        before = (
            await session.scalars(
                select(ProductContent).where(
                    col(ProductContent.product_id) == product.id,
                    col(ProductContent.state) == ContentState.approved,
                )
            )
        ).one()
        version = DatasetVersion(
            product_id=product.id, organization_id=product.organization_id,
            number=before.number + 1, state=VersionState.ready, ready_at=at, sha256="1" * 64,
            created_by=product.created_by, size_bytes=2000, published_at=at,
        )  # fmt: skip
        session.add(version)
        await session.flush()
        session.add(
            QualityReport(
                version_id=version.id, organization_id=product.organization_id, engine="test",
                grade="B", blocker_count=0, warning_count=0, row_count=200, sha256="1" * 64,
                report=to_builtins(_report(kind, "B")),
            )
        )  # fmt: skip
        await move(
            session, "product_content", before, ContentState.superseded,
            organization_id=product.organization_id,
        )  # fmt: skip
        kept = {name: getattr(before, name) for name in TAKEN_OVER}
        session.add(
            ProductContent(
                product_id=product.id, organization_id=product.organization_id,
                number=before.number + 1, state=ContentState.approved, submitted_at=at,
                licence_ko=before.licence_ko, licence_sha256="1" * 64, saved_by=product.created_by,
                **(kept | {"title_ko": title, "dataset_version_id": version.id} | given),
            )
        )  # fmt: skip
        await session.flush()
        await index_product(session, product.id)
        return version.id


def _report(kind: str, grade: str) -> DatasetReport:
    return DatasetReport(
        engine="test", files=(FileReport(name=f"data.{kind}", kind=kind, size_bytes=1000),),
        row_count=100, table_count=0, size_bytes=1000, schemas=(), indices=(), total_pct=None,
        grade=grade, grade_ko=grade, grade_en=grade, blocker_count=0, warning_count=0,
    )  # fmt: skip
