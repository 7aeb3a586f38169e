"""Bringing the demonstration into the database and the store; running it twice changes nothing."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import AuditEvent, Thing, record
from marketplace.auth import Function
from marketplace.catalog.datasets.jobs import shelves_of
from marketplace.db import Database, Phases, RequestFacts, Scope, now
from marketplace.demo.cast import (
    MAKER,
    MEMBERS,
    ORGANIZATIONS,
    PEOPLE,
    STAFF,
    CastOrganization,
    CastPerson,
)
from marketplace.demo.credentials import Credential, read_or_make, require_sandbox
from marketplace.demo.documents import proof
from marketplace.demo.products import Stage, bring, cast_products
from marketplace.demo.standing import may_sell
from marketplace.encryption import Keyring, Place
from marketplace.members.accounts.consents import record_consents
from marketplace.members.accounts.models import LegalKind, SecondFactor, User, UserState
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.members.organizations.models import (
    Organization,
    OrganizationState,
    Paper,
    PaperKind,
    PaperState,
)
from marketplace.members.organizations.registry_checks import check_registry
from marketplace.members.oversight.bodies import people
from marketplace.members.oversight.bodies.first_operator import (
    OperatorFacts,
    operator_organization,
)
from marketplace.members.oversight.people.queries import find_membership
from marketplace.members.registry.port import BusinessRegistry
from marketplace.settings import Settings
from storage.objects import Bucket, ObjectKey
from storage.ports import ObjectStore

REASON: Final = "시연 자료 (demonstration)"
LOADED: Final = "demonstration.loaded"
Report = Callable[[int, int, str, str], Awaitable[None]]


@dataclass(frozen=True)
class DemoParts:
    """What the demonstration is made with.

    Args:
        registry: the sandbox's; the organizations are asked about as real ones are
    """

    settings: Settings
    store: ObjectStore
    keyring: Keyring
    passwords: PasswordHashing
    registry: BusinessRegistry


async def _silent(done: int, total: int, text_ko: str, text_en: str) -> None:
    """Report nothing."""


async def load(database: Database, parts: DemoParts, report: Report = _silent) -> None:
    """Load the demonstration in transactions of its own.

    Raises:
        DemonstrationRefused: the settings are those of production
        DatabaseUnavailable, StorageError: come again later; what is there stays
    """
    phases = database.phases(Scope.system(), request=RequestFacts("demonstration"))
    await load_with(phases, parts, report)


async def load_with(phases: Phases, parts: DemoParts, report: Report) -> None:
    """Load the demonstration: organizations, people, second factors, accepted papers, products.

    Args:
        phases: opens a transaction of the exchange itself
        report: told after each step how far it is

    Raises:
        DemonstrationRefused: the settings are those of production
    """
    require_sandbox(parts.settings)
    made = await asyncio.to_thread(
        read_or_make, parts.settings.data_dir, [person.email for person in PEOPLE]
    )
    total = len(PEOPLE) + 2 * len(ORGANIZATIONS) + len(cast_products()) + 1
    places = {place.business_number: await _place(phases, place) for place in ORGANIZATIONS}
    operator_id = await _operator(phases, parts.settings)
    done = len(ORGANIZATIONS)
    for person in PEOPLE:
        await report(done, total, f"{person.name} 계정", f"account of {person.email}")
        place_id = operator_id if person in STAFF else None
        if person.place is not None:
            place_id = places[person.place.business_number]
        await _person(phases, parts, person, made[person.email], place_id=place_id)
        done += 1
    for place in ORGANIZATIONS:
        await report(
            done, total, f"{place.name}의 서류와 조회", f"papers of {place.business_number}"
        )
        await _evidence(phases, parts, place, places[place.business_number])
        done += 1
    stage = await _stage(phases, parts, places[MAKER.business_number], operator_id)
    for cast in cast_products():
        await report(done, total, f"상품 ‘{cast.title_ko}’", f"product “{cast.title_en}”")
        await bring(stage, cast)
        done += 1
    await _finish(phases)
    await report(total, total, "시연 자료를 모두 넣었습니다.", "the demonstration is loaded")


async def _place(phases: Phases, cast: CastOrganization) -> UUID:
    async with phases() as session:
        found = await session.scalar(
            select(col(Organization.id)).where(
                col(Organization.business_number) == cast.business_number,
                col(Organization.state) != OrganizationState.closed,
            )
        )
        if found is not None:
            return found
        organization = Organization(
            function=cast.function,
            business_number=cast.business_number,
            name=cast.name,
            representative=cast.representative,
            opened_on=cast.opened_on,
            address=cast.address,
            phone=cast.phone,
            invoice_email=cast.invoice_email,
            business_type=cast.business_type,
            business_item=cast.business_item,
            tax_type=cast.tax_type.value,
            kind=cast.kind,
            size=cast.size,
            state=OrganizationState.active,
            created_at=now(session),
            checksum_passed_at=now(session),
        )
        session.add(organization)
        await session.flush()
        await _note(session, "organization.demonstrated", organization.id)
        return organization.id


async def _operator(phases: Phases, settings: Settings) -> UUID:
    async with phases() as session:
        operator = await operator_organization(session, OperatorFacts.of(settings))
        return operator.id


async def _person(
    phases: Phases,
    parts: DemoParts,
    cast: CastPerson,
    credential: Credential,
    *,
    place_id: UUID | None,
) -> None:
    async with phases() as session:
        known = await session.scalar(select(User).where(col(User.email) == cast.email))
        stored = known.password_hash if known else None
    # Argon2 takes its time: never while a transaction is open.
    fits = stored is not None and await parts.passwords.verify(credential.password, stored)
    hashed = stored if fits else await parts.passwords.hash(credential.password)
    async with phases() as session:
        user = await session.scalar(
            select(User).where(col(User.email) == cast.email).with_for_update()
        )
        if user is None:
            user = User(
                email=cast.email,
                name=cast.name,
                state=UserState.active,
                person_role=cast.person_role,
                email_confirmed_at=now(session),
                created_at=now(session),
            )
            session.add(user)
            await session.flush()
            await _note(session, "user.demonstrated", place_id, user_id=user.id)
        if not fits:
            user.password_hash, user.password_changed_at = hashed, now(session)
        await _second_factor(session, parts.keyring, user, credential)
        await record_consents(session, user.id, LegalKind)
        await _membership(session, user, cast, place_id)


async def _second_factor(
    session: AsyncSession, keyring: Keyring, user: User, credential: Credential
) -> None:
    place = Place("second_factor", "secret_encrypted", user.id)
    factor = await session.get(SecondFactor, user.id)
    secret = credential.secret.encode()
    if factor is None:
        factor = SecondFactor(
            user_id=user.id,
            secret_encrypted=keyring.seal(secret, place),
            created_at=now(session),
            confirmed_at=now(session),
        )
        session.add(factor)
    elif keyring.unseal(factor.secret_encrypted, place) != secret:
        factor.secret_encrypted, factor.last_step = keyring.seal(secret, place), 0
    await session.flush()


async def _membership(
    session: AsyncSession, user: User, cast: CastPerson, place_id: UUID | None
) -> None:
    if place_id is None or await find_membership(session, user.id) is not None:
        return
    organization = await session.get_one(Organization, place_id)
    roles = people.checked_roles(organization, cast.roles)
    await people.join(session, user, organization, roles, reason=REASON, changed_by=None)


async def _evidence(
    phases: Phases, parts: DemoParts, cast: CastOrganization, organization_id: UUID
) -> None:
    owner = next(person for person in MEMBERS if person.place is cast)
    for kind in cast.papers:
        await _paper(phases, parts, kind, organization_id, owner.email)
    await check_registry(phases, parts.registry, organization_id)
    if cast.function is not Function.business:
        return
    async with phases() as session:
        organization = await session.get_one(Organization, organization_id, with_for_update=True)
        if organization.representative_verified_at is None:
            organization.representative_verified_at = now(session)
            organization.representative_verified_by = await _user_id(session, STAFF[2].email)


async def _stage(
    phases: Phases, parts: DemoParts, organization_id: UUID, operator_id: UUID
) -> Stage:
    """Let the manufacturer sell, and say where its products go."""
    async with phases() as session:
        seller, reviewer, finance = [
            await _user_id(session, person.email) for person in (MEMBERS[0], STAFF[2], STAFF[3])
        ]
        await may_sell(
            session, parts.keyring, organization_id, proposed_by=seller, decided_by=finance
        )
    return Stage(phases, shelves_of(parts), organization_id, seller, reviewer, operator_id)


async def _user_id(session: AsyncSession, email: str) -> UUID:
    found = await session.scalar(select(col(User.id)).where(col(User.email) == email))
    assert found is not None, "the people come before the papers"
    return found


async def _paper(
    phases: Phases, parts: DemoParts, kind: PaperKind, organization_id: UUID, owner: str
) -> None:
    async with phases() as session:
        organization = await session.get_one(Organization, organization_id)
        there = select(col(Paper.id)).where(
            col(Paper.organization_id) == organization_id,
            col(Paper.kind) == kind,
            col(Paper.ready_at).is_not(None),
        )
        if await session.scalar(there.limit(1)) is not None:
            return
        content = proof(kind, organization)
    paper_id = uuid4()
    key = ObjectKey(f"papers/{organization_id}/{paper_id}")
    bucket = Bucket(parts.settings.bucket("private"))
    await asyncio.to_thread(
        parts.store.put, bucket, key, content, content_type="application/pdf", only_new=True
    )
    async with phases() as session:
        examined_by = await _user_id(session, STAFF[2].email)
        paper = Paper(
            id=paper_id,
            organization_id=organization_id,
            kind=kind,
            file_name=f"{kind.value}.pdf",
            content_type="application/pdf",
            size_bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            object_key=key.value,
            ready_at=now(session),
            uploaded_by=await _user_id(session, owner),
            uploaded_at=now(session),
            state=PaperState.accepted,
            examined_by=examined_by,
            examined_at=now(session),
        )
        session.add(paper)
        await _note(session, "paper.demonstrated", organization_id)


async def _finish(phases: Phases) -> None:
    async with phases() as session:
        before = select(col(AuditEvent.id)).where(col(AuditEvent.action) == LOADED).limit(1)
        if await session.scalar(before) is not None:
            return
        await record(
            session,
            LOADED,
            Thing("demonstration", "1"),
            facts={
                "people": len(PEOPLE),
                "organizations": len(ORGANIZATIONS),
                "products": len(cast_products()),
            },
        )


async def _note(
    session: AsyncSession,
    action: str,
    organization_id: UUID | None,
    *,
    user_id: UUID | None = None,
) -> None:
    thing = Thing("organization", organization_id or "-", organization_id)
    if user_id is not None:
        thing = Thing("user_account", user_id, organization_id)
    await record(session, action, thing, reason=REASON)
