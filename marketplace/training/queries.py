"""Reads of the training: the course in force, where a person stands, who has completed it."""

from dataclasses import dataclass
from uuid import UUID

from msgspec import convert
from sqlalchemy import and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.members.organizations.models import Membership
from marketplace.training.content import BASIC, CourseContent
from marketplace.training.crediting import complete
from marketplace.training.errors import CertificateNotFound, CourseMissing
from marketplace.training.models import (
    CourseVersion,
    FilmWatch,
    ItemAgreement,
    TrainingSignature,
)
from marketplace.training.schemas import VerifiedOut

_VERIFY = text("select * from verify_certificate(:number)")


@dataclass(frozen=True)
class Course:
    """A version of a course with its content."""

    version: CourseVersion
    content: CourseContent


@dataclass(frozen=True)
class Standing:
    """Where a person stands in a course: how far each film, which items, the signature."""

    course: Course
    watched_ms: dict[str, int]
    agreed: frozenset[str]
    signature: TrainingSignature | None

    def completed(self, film_key: str) -> bool:
        """Whether a film was watched to its end."""
        film = self.course.content.film(film_key)
        return film is not None and complete(self.watched_ms.get(film_key, 0), film.duration_ms)

    @property
    def films_open(self) -> int:
        """How many films are not watched yet."""
        return sum(not self.completed(film.key) for film in self.course.content.films)

    @property
    def items_open(self) -> int:
        """How many items are not agreed to yet."""
        return sum(item.key not in self.agreed for item in self.course.content.items)


async def find_course(session: AsyncSession, course: str = BASIC) -> Course | None:
    """Return the version in force, the newest published one, if there is one."""
    version: CourseVersion | None = await session.scalar(
        select(CourseVersion)
        .where(col(CourseVersion.course) == course, col(CourseVersion.published_at).is_not(None))
        .order_by(col(CourseVersion.number).desc())
        .limit(1)
    )
    return None if version is None else Course(version, convert(version.content, CourseContent))


async def get_course(session: AsyncSession, course: str = BASIC) -> Course:
    """Return the version in force.

    Raises:
        CourseMissing: none is published
    """
    found = await find_course(session, course)
    if found is None:
        raise CourseMissing
    return found


async def standing_of(session: AsyncSession, user_id: UUID, course: Course) -> Standing:
    """Return where a person stands."""
    version_id = course.version.id
    watches = await session.scalars(
        select(FilmWatch).where(
            col(FilmWatch.user_id) == user_id, col(FilmWatch.version_id) == version_id
        )
    )
    items = await session.scalars(
        select(col(ItemAgreement.item)).where(
            col(ItemAgreement.user_id) == user_id, col(ItemAgreement.version_id) == version_id
        )
    )
    signature = await session.scalar(
        select(TrainingSignature).where(
            col(TrainingSignature.user_id) == user_id,
            col(TrainingSignature.version_id) == version_id,
        )
    )
    return Standing(
        course, {one.film: one.watched_ms for one in watches}, frozenset(items), signature
    )


async def has_trained_member(session: AsyncSession, organization_id: UUID) -> bool:
    """Whether somebody who belongs to the organization has signed the course in force (E3)."""
    course = await find_course(session)
    if course is None:
        return False
    signed = (
        select(col(TrainingSignature.id))
        .join(
            Membership,
            and_(
                col(Membership.user_id) == col(TrainingSignature.user_id),
                col(Membership.organization_id) == organization_id,
                col(Membership.left_at).is_(None),
            ),
        )
        .where(
            col(TrainingSignature.version_id) == course.version.id,
            col(TrainingSignature.organization_id) == organization_id,
        )
        .limit(1)
    )
    return await session.scalar(signed) is not None


async def verify(session: AsyncSession, number: str) -> VerifiedOut:
    """Return what anybody may know of a certificate.

    Raises:
        CertificateNotFound: no certificate has this number
    """
    row = (await session.execute(_VERIFY, {"number": number.strip().upper()[:20]})).one_or_none()
    if row is None:
        raise CertificateNotFound
    return convert(row._asdict(), VerifiedOut)


@dataclass(frozen=True)
class Step:
    """A step of the course and how many people have passed it."""

    kind: str
    key: str
    title_ko: str
    title_en: str
    count: int


async def funnel(session: AsyncSession, course: Course) -> list[Step]:
    """Return how many people begin, end each film, agree to everything and sign: where people stop."""
    version_id = course.version.id
    begun = await session.scalar(
        select(func.count(func.distinct(col(FilmWatch.user_id)))).where(
            col(FilmWatch.version_id) == version_id
        )
    )
    done = await session.execute(
        select(col(FilmWatch.film), func.count().label("people"))
        .where(col(FilmWatch.version_id) == version_id, col(FilmWatch.completed_at).is_not(None))
        .group_by(col(FilmWatch.film))
    )
    by_film = {row.film: row.people for row in done}
    whole = (
        select(col(ItemAgreement.user_id))
        .where(col(ItemAgreement.version_id) == version_id)
        .group_by(col(ItemAgreement.user_id))
        .having(func.count() >= len(course.content.items))
        .subquery()
    )
    agreed = await session.scalar(select(func.count()).select_from(whole))
    signed = await session.scalar(
        select(func.count()).where(col(TrainingSignature.version_id) == version_id)
    )
    return [
        Step("begun", "", "교육 시작", "Begun", begun or 0),
        *(
            Step("film", film.key, film.title_ko, film.title_en, by_film.get(film.key, 0))
            for film in course.content.films
        ),
        Step("items", "", "체크리스트 동의", "Checklist agreed to", agreed or 0),
        Step("signed", "", "서명과 이수", "Signed", signed or 0),
    ]


@dataclass(frozen=True)
class Learner:
    """A person in the operator's list, and how far they are."""

    user_id: UUID
    name: str
    organization_id: UUID | None
    organization: str | None
    films_done: int
    items_done: int
    certificate_number: str | None


async def learners(session: AsyncSession, course: Course, *, most: int = 200) -> list[Learner]:
    """Return who is where, who moved last first; for staff."""
    rows = await session.execute(
        text(
            """select u.id, u.name, o.id as organization_id, o.name as organization,
                 (select count(*) from film_watch f where f.user_id = u.id
                   and f.version_id = :version and f.completed_at is not null) as films,
                 (select count(*) from item_agreement i where i.user_id = u.id
                   and i.version_id = :version) as items, s.certificate_number
               from (select user_id, max(reported_at) as at from film_watch
                      where version_id = :version group by user_id) w
               join user_account u on u.id = w.user_id
               left join membership m on m.user_id = u.id and m.left_at is null
               left join organization o on o.id = m.organization_id
               left join training_signature s on s.user_id = u.id and s.version_id = :version
              order by w.at desc limit :most"""
        ),
        {"version": course.version.id, "most": most},
    )
    return [
        Learner(
            row.id, row.name, row.organization_id, row.organization, row.films, row.items,
            row.certificate_number,
        )
        for row in rows
    ]  # fmt: skip
