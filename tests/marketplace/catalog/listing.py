"""Brings a product to the point where its registration can be requested."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from marketplace.auth import Function, Role
from marketplace.catalog.datasets.jobs import shelves_of
from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.sellers.models import SellerProfile
from marketplace.db import Database, Scope, now
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import (
    BankAccount,
    BankAccountState,
    Organization,
    Paper,
    PaperKind,
    PaperState,
)
from marketplace.members.registry.port import BusinessState
from marketplace.settings import Settings
from marketplace.stores import store_connection
from marketplace.training.models import TrainingSignature
from marketplace.training.publishing import ensure_course
from storage.s3 import S3Store
from tests.factories import a_member, a_user, an_organization, save
from tests.marketplace.catalog.sending import API, close, keyed, opened, process, uploaded
from tests.marketplace.catalog.test_products import WHOLE
from tests.marketplace.organizations.conftest import ClientOf
from tests.marketplace.organizations.test_pages import send
from tests.quality.corpus import GOOD


class Parts:
    """The worker's parts that the jobs of data use."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings.model_copy(update={"data_dir": folder})
        self.store = S3Store(store_connection(settings))


def shelves_in(settings: Settings, folder: Path) -> Shelves:
    """Return the worker's shelves with a folder of a test."""
    return shelves_of(Parts(settings, folder))


async def may_sell(database: Database, person: User, organization: Organization) -> None:
    """Let everything hold that an organization needs to sell."""
    second = a_user(id=uuid4())
    await save(database, second)
    await trained(database, person, organization)
    async with database.transaction(Scope.system()) as session:
        at = now(session)
        found = await session.get_one(Organization, organization.id)
        found.registry_state, found.registry_matched = BusinessState.active, True
        found.registry_checked_at = found.representative_verified_at = at
        paper = Paper(
            organization_id=organization.id, kind=PaperKind.bankbook, state=PaperState.accepted,
            file_name="통장.pdf", content_type="application/pdf", size_bytes=1, sha256="0" * 64,
            object_key=f"papers/{uuid4()}", uploaded_by=person.id, uploaded_at=at, ready_at=at,
        )  # fmt: skip
        session.add(
            SellerProfile(
                organization_id=organization.id, contact_email="data@example.com",
                contact_phone="02-000-0000", mail_order_number="2026-가상시험-0001",
                saved_by=person.id,
            )
        )  # fmt: skip
        session.add(paper)
        await session.flush()
        session.add(
            BankAccount(
                organization_id=organization.id,
                bank_code="004",
                number_encrypted=b"x",
                number_last4="0000",
                holder="가상정밀",
                paper_id=paper.id,
                state=BankAccountState.confirmed,
                proposed_by=person.id,
                decided_by=second.id,
                decided_at=at,
                effective_at=at - timedelta(days=1),
            )
        )


async def trained(database: Database, person: User, organization: Organization) -> None:
    """Publish the shipped course if there is none, and let the person have signed it."""
    async with database.transaction(Scope.system()) as session:
        version = (await ensure_course(session)).version
        session.add(
            TrainingSignature(
                user_id=person.id, organization_id=organization.id, version_id=version.id,
                certificate_number=secrets.token_hex(7), typed_name=person.name, by_typing=True,
                signed_text="서명", text_sha256="0" * 64, address="127.0.0.1",
            )
        )  # fmt: skip


async def a_whole_product(
    client: httpx.AsyncClient,
    database: Database,
    shelves: Shelves,
    *,
    price_won: int = 1_200_000,
    content: bytes = GOOD,
    more: Mapping[str, bytes] | None = None,
) -> dict[str, Any]:
    """Write, price and fill a product; only the organization's own standing may be missing.

    Args:
        more: files beside the first, by name
    """
    version = await opened(client)
    path = f"{API}/products/{version['product_id']}"
    for name, written in {"a.csv": content, **(more or {})}.items():
        await process(database, shelves, await uploaded(client, version, name, written))
    await close(client, version)
    draft = (await client.get(path)).json()["draft"]
    saved = await client.patch(f"{path}/draft", json={"revision": draft["revision"], **WHOLE})
    assert saved.status_code == 200, saved.text
    await client.put(f"{path}/price", json={"price_won": price_won})
    product = (await client.get(path)).json()
    assert product["missing"] == []
    return dict(product)


async def reviewers_of(database: Database, client_of: ClientOf) -> list[httpx.AsyncClient]:
    """Return clients of two reviewers of the exchange's operator."""
    operator = an_organization(function=Function.exchange_operator)
    await save(database, operator)
    first, _ = await a_member(database, Role.reviewer, organization=operator)
    second, _ = await a_member(database, Role.reviewer, organization=operator)
    return [await client_of(first, second_factor=True), await client_of(second, second_factor=True)]


async def listed(
    database: Database, client: httpx.AsyncClient, client_of: ClientOf, product: dict[str, Any]
) -> None:
    """Request the registration of a whole product and have it approved."""
    path = f"{API}/products/{product['id']}/registration"
    sent = await client.post(path, headers=keyed())
    assert sent.status_code == 201, sent.text
    review = (await client.get(path)).json()["reviews"][0]
    page = f"/operator/reviews/{review['id']}"
    reviewer = (await reviewers_of(database, client_of))[0]
    done = await send(reviewer, page, {"decision": "approve", "reason": ""}, to=f"{page}/decision")
    assert done.status_code == 303, done.text
