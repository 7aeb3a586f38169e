"""Which terms hold now, who agreed to them, and agreeing."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.clock import seoul_date
from marketplace.db import now, request_facts
from marketplace.errors import FieldError, Invalid
from marketplace.members.accounts.models import Consent, LegalKind, LegalText


class ConsentMissing(Invalid):
    """Somebody wants to go on without agreeing to the texts in force; each one is named."""

    code = "consent_missing"
    ko = "이용약관과 개인정보 처리방침을 읽고 동의해야 계속할 수 있습니다."
    en = "Read and agree to the terms and the privacy policy to continue."


async def all_texts(session: AsyncSession, kind: LegalKind) -> list[LegalText]:
    """Return every version of a text, the newest first, also those that come into force later."""
    rows = await session.scalars(
        select(LegalText).where(col(LegalText.kind) == kind).order_by(col(LegalText.version).desc())
    )
    return list(rows)


async def current_texts(session: AsyncSession) -> list[LegalText]:
    """Return the version of each text that is in force today in Seoul, terms first."""
    rows = await session.scalars(
        select(LegalText)
        .where(col(LegalText.effective_on) <= seoul_date(now(session)))
        .order_by(col(LegalText.kind).desc(), col(LegalText.version).desc())
    )
    current: dict[LegalKind, LegalText] = {}
    for text in rows:
        current.setdefault(text.kind, text)
    return list(current.values())


async def due_texts(session: AsyncSession, user_id: UUID) -> list[LegalText]:
    """Return the texts in force to which the person has not agreed."""
    given = set(
        await session.scalars(
            select(col(Consent.legal_text_id)).where(col(Consent.user_id) == user_id)
        )
    )
    return [text for text in await current_texts(session) if text.id not in given]


async def given_consents(session: AsyncSession, user_id: UUID) -> list[tuple[LegalText, datetime]]:
    """Return the versions that a person agreed to and when, the newest first."""
    rows = await session.execute(
        select(LegalText, col(Consent.given_at))
        .join(LegalText, col(LegalText.id) == col(Consent.legal_text_id))
        .where(col(Consent.user_id) == user_id)
        .order_by(col(Consent.given_at).desc())
    )
    return [(text, given_at) for text, given_at in rows.all() if given_at is not None]


async def require_consents(session: AsyncSession, kinds: Collection[LegalKind]) -> None:
    """Refuse who does not agree to every text in force.

    Raises:
        ConsentMissing: names the field of each text, ``terms`` or ``privacy``
    """
    missing = [
        FieldError(
            text.kind.value,
            ConsentMissing.code,
            f"'{text.title_ko}'을(를) 읽고 동의하십시오.",
            f"Read and agree to: {text.title_en}.",
        )
        for text in await current_texts(session)
        if text.kind not in kinds
    ]
    if missing:
        raise ConsentMissing(missing)


async def record_consents(session: AsyncSession, user_id: UUID, kinds: Iterable[LegalKind]) -> None:
    """Write down that a person agrees to the texts in force; agreeing twice counts once.

    Args:
        user_id: who agrees
        kinds: to which texts; a kind without a published version is left out
    """
    request = request_facts(session)
    wanted = set(kinds)
    for text in await current_texts(session):
        if text.kind not in wanted:
            continue
        added = await session.execute(
            insert(Consent)
            .values(
                user_id=user_id,
                legal_text_id=text.id,
                address=request.address if request else None,
                facts={"version": text.version, "sha256": text.sha256},
            )
            .on_conflict_do_nothing(constraint="uq_consent_user_text")
            .returning(col(Consent.id))
        )
        if added.first() is not None:
            await record(
                session,
                "account.consented",
                Thing("legal_text", text.id),
                facts={"kind": text.kind.value, "version": text.version},
                actor_user_id=user_id,
            )
