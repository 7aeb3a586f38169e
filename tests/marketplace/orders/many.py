"""Many orders at once, written as the checkout writes them, without its pages."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from billing.gateways.facts import Method
from billing.money import Taxation
from marketplace.catalog.products.licence.contract import sha256_of
from marketplace.catalog.products.models import Product, ProductContent, Purpose
from marketplace.db import Database, Scope
from marketplace.orders.payments.models import EVIDENCE_OF, Payment
from marketplace.orders.purchases.models import Order, OrderLine
from tests.marketplace.orders.conftest import Member


async def many_orders(
    database: Database, buyer: Member, product: Product, methods: list[Method]
) -> list[UUID]:
    """Write an order of one product for each way to pay, with its payment; returns the payments."""
    person, organization = buyer
    at = datetime.now(UTC)
    made: list[UUID] = []
    async with database.transaction(Scope.system()) as session:
        content = await session.scalar(
            select(ProductContent).where(col(ProductContent.product_id) == product.id)
        )
        assert content is not None
        version_id, terms = content.dataset_version_id, content.licence_ko
        assert version_id is not None
        assert terms is not None
        for method in methods:
            order = Order(
                organization_id=organization.id, organization_name=organization.name,
                organization_number=organization.business_number,
                organization_representative=organization.representative,
                organization_address=organization.address,
                organization_business_type=organization.business_type,
                organization_business_item=organization.business_item,
                invoice_email=organization.invoice_email, placed_by=person.id,
                purpose=Purpose.other, purpose_note="많은 주문", supply_won=1_000_000,
                vat_won=100_000, line_count=1, placed_at=at, expires_at=at + timedelta(days=1),
            )  # fmt: skip
            session.add(order)
            await session.flush()
            session.add(
                OrderLine(
                    order_id=order.id, organization_id=organization.id, position=1,
                    product_id=product.id, product_number=product.number or 0,
                    title_ko=content.title_ko, title_en="", version_id=version_id,
                    version_number=1, licence=content.licence, licence_ko=terms,
                    licence_sha256=sha256_of(terms), terms_accepted_at=at,
                    acceptance_days=7, seller_id=product.organization_id, seller_name="판매자",
                    seller_number="0008100001", seller_representative="대표", seller_address="주소",
                    seller_phone="02-000-0000", seller_email="seller@example.invalid",
                    seller_business_type="제조업", seller_business_item="부품",
                    seller_kind="manufacturer", seller_tax_type="01", taxation=Taxation.taxable,
                    supply_won=1_000_000, vat_won=100_000,
                )
            )  # fmt: skip
            payment = Payment(
                order_id=order.id, organization_id=organization.id, method=method,
                gateway="sandbox", evidence=EVIDENCE_OF[method], amount_won=1_100_000, live=False,
                title=content.title_ko, created_by=person.id, started_at=at,
                expires_at=at + timedelta(days=1),
            )  # fmt: skip
            session.add(payment)
            await session.flush()
            made.append(payment.id)
    return made
