"""What a learner does: watch, agree, sign. Films, items and the signature come in this order."""

import secrets
import unicodedata
from typing import Any, Final
from uuid import UUID

from msgspec import to_builtins
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.db import constraint_of, now, request_facts
from marketplace.members.accounts.models import User
from marketplace.training import queries
from marketplace.training.content import Film, sha256_of
from marketplace.training.crediting import complete, credited_ms
from marketplace.training.errors import (
    AlreadySigned,
    FilmNotFound,
    FilmsUnwatched,
    ItemNotFound,
    ItemsOpen,
    SignatureUnusable,
    SignedNameWrong,
)
from marketplace.training.models import FilmWatch, ItemAgreement, TrainingSignature
from marketplace.training.queries import Course, Standing
from marketplace.training.schemas import ProgressOut, SignatureIn

# Letters and digits that nobody takes for another when reading a number out.
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_POINTS_MIN: Final = 8


def film_of(course: Course, key: str) -> Film:
    """Return a film of a course.

    Raises:
        FilmNotFound: there is none
    """
    film = course.content.film(key)
    if film is None:
        raise FilmNotFound
    return film


async def report(
    session: AsyncSession, user_id: UUID, film_key: str, position_ms: int
) -> ProgressOut:
    """Take the player's report; the first one only starts the clock.

    Raises:
        CourseMissing, FilmNotFound: no such film is in force
    """
    course = await queries.get_course(session)
    film = film_of(course, film_key)
    at = now(session)
    await session.execute(
        insert(FilmWatch)
        .values(
            user_id=user_id,
            version_id=course.version.id,
            film=film_key,
            watched_ms=0,
            begun_at=at,
            reported_at=at,
        )
        .on_conflict_do_nothing()
    )
    watch = (
        await session.scalars(
            select(FilmWatch)
            .where(
                col(FilmWatch.user_id) == user_id,
                col(FilmWatch.version_id) == course.version.id,
                col(FilmWatch.film) == film_key,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()
    watch.watched_ms = credited_ms(
        watch.watched_ms, watch.reported_at, at, position_ms, film.duration_ms
    )
    # A transaction that waited for the lock may be older than the clock it finds.
    watch.reported_at = max(watch.reported_at, at)
    if watch.completed_at is None and complete(watch.watched_ms, film.duration_ms):
        watch.completed_at = at
        thing = Thing("course_version", course.version.id)
        await record(session, "training.film_watched", thing, facts={"film": film_key})
    await session.flush()
    return ProgressOut(watch.watched_ms, watch.completed_at is not None)


async def agree(session: AsyncSession, user_id: UUID, item_key: str) -> None:
    """Agree to one item of the checklist; agreeing twice changes nothing.

    Raises:
        CourseMissing, ItemNotFound: no such item is in force
        FilmsUnwatched: the films come first
    """
    course = await queries.get_course(session)
    if item_key not in {item.key for item in course.content.items}:
        raise ItemNotFound
    standing = await queries.standing_of(session, user_id, course)
    if standing.films_open:
        raise FilmsUnwatched(count=standing.films_open)
    await session.execute(
        insert(ItemAgreement)
        .values(user_id=user_id, version_id=course.version.id, item=item_key, at=now(session))
        .on_conflict_do_nothing()
    )


async def sign(
    session: AsyncSession,
    user_id: UUID,
    organization_id: UUID,
    given: SignatureIn,
    *,
    english: bool = False,
) -> TrainingSignature:
    """Sign the course in force and get a certificate.

    Args:
        english: which of the two texts was shown; exactly it is kept

    Raises:
        CourseMissing: no course is in force
        FilmsUnwatched, ItemsOpen: what comes first
        AlreadySigned: the person has signed this version
        SignedNameWrong: not the account's name
        SignatureUnusable: neither lines nor the choice to sign by typing
    """
    course = await queries.get_course(session)
    _require_whole(await queries.standing_of(session, user_id, course))
    name = await _own_name(session, user_id, given.typed_name)
    shown = course.content.sign_en if english else course.content.sign_ko
    facts = request_facts(session)
    signature = TrainingSignature(
        user_id=user_id,
        organization_id=organization_id,
        version_id=course.version.id,
        certificate_number=_new_number(),
        typed_name=name,
        by_typing=given.by_typing,
        strokes=None if given.by_typing else _usable(given),
        signed_text=shown,
        text_sha256=sha256_of(shown),
        address=(facts.address if facts else None) or "-",
        signed_at=now(session),
    )
    session.add(signature)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "uq_training_signature_once":
            raise AlreadySigned from error
        raise
    await record(
        session,
        "training.signed",
        Thing("training_signature", signature.id, organization_id),
        facts={"version": course.version.number, "text_sha256": signature.text_sha256},
    )
    return signature


def _require_whole(standing: Standing) -> None:
    """Refuse who has signed, or has something left to do."""
    if standing.signature is not None:
        raise AlreadySigned
    if standing.films_open:
        raise FilmsUnwatched(count=standing.films_open)
    if standing.items_open:
        raise ItemsOpen(count=standing.items_open)


async def _own_name(session: AsyncSession, user_id: UUID, typed: str) -> str:
    """Return the name as typed, which must be the account's."""
    person = await session.get_one(User, user_id)
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if name != " ".join(person.name.split()):
        raise SignedNameWrong
    return name


def _usable(given: SignatureIn) -> list[Any]:
    if sum(len(stroke) for stroke in given.strokes) < _POINTS_MIN:
        raise SignatureUnusable
    strokes: list[Any] = to_builtins(given.strokes)
    return strokes


def _new_number() -> str:
    """Return a number that cannot be guessed: 12 letters and digits in groups of four."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return "-".join(letters[at : at + 4] for at in range(0, 12, 4))
