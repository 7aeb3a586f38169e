"""The API of the training: where one stands, the player's reports, agreeing, signing, verifying."""

from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, SIGNED_IN, Principal, allow
from marketplace.http.openapi import answers
from marketplace.idempotency import Once, repeatable
from marketplace.members.organizations.errors import NoOrganization
from marketplace.members.organizations.policies import own_organization_id
from marketplace.training import queries, service
from marketplace.training.errors import (
    AlreadySigned,
    CertificateNotFound,
    CourseMissing,
    FilmNotFound,
    FilmsUnwatched,
    ItemNotFound,
    ItemsOpen,
    SignatureUnusable,
    SignedNameWrong,
)
from marketplace.training.models import TrainingSignature
from marketplace.training.queries import Standing
from marketplace.training.schemas import (
    CertificateOut,
    FilmOut,
    ItemOut,
    ProgressIn,
    ProgressOut,
    SignatureIn,
    TrainingOut,
    VerifiedOut,
)

PATH: Final = "/api/v1/training"
TAGS: Final = ["training"]

SAME_REPORT: Final = repeatable("the server's clock credits a report sent again nothing more")
SAME_AGREEMENT: Final = repeatable("agreeing twice is agreeing once")


def out_of(standing: Standing) -> TrainingOut:
    """Shape where a person stands."""
    content = standing.course.content
    number = standing.course.version.number
    return TrainingOut(
        title_ko=content.title_ko,
        title_en=content.title_en,
        version=number,
        films=[
            FilmOut(
                film.key, film.title_ko, film.title_en, film.duration_ms,
                standing.watched_ms.get(film.key, 0), standing.completed(film.key),
            )
            for film in content.films
        ],
        items=[
            ItemOut(item.key, item.ko, item.en, item.key in standing.agreed)
            for item in content.items
        ],
        sign_ko=content.sign_ko,
        sign_en=content.sign_en,
        certificate=certificate_of(standing.signature, number) if standing.signature else None,
    )  # fmt: skip


def certificate_of(signature: TrainingSignature, number: int) -> CertificateOut:
    """Shape what a signature gave."""
    assert signature.signed_at is not None, "a saved row has its time"
    return CertificateOut(signature.certificate_number, number, signature.signed_at)


@get(PATH, opt=allow(SIGNED_IN) | answers(CourseMissing), tags=TAGS)
async def show_training(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> TrainingOut:
    """Show where you stand in the basic training."""
    course = await queries.get_course(session)
    return out_of(await queries.standing_of(session, principal.user_id, course))


@post(
    PATH + "/films/{film:str}/progress",
    status_code=200,
    opt=allow(SIGNED_IN) | answers(CourseMissing, FilmNotFound) | SAME_REPORT,
    tags=TAGS,
)
async def report_progress(
    film: FromPath[str],
    data: JSONBody[ProgressIn],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> ProgressOut:
    """Report where the player is; at most one and a half times the time since the last is credited."""
    return await service.report(session, principal.user_id, film, data.position_ms)


@post(
    PATH + "/items/{item:str}",
    status_code=200,
    opt=allow(SIGNED_IN) | answers(CourseMissing, ItemNotFound, FilmsUnwatched) | SAME_AGREEMENT,
    tags=TAGS,
)
async def agree_to_item(
    item: FromPath[str],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> TrainingOut:
    """Agree to one item of the checklist, after the films."""
    await service.agree(session, principal.user_id, item)
    course = await queries.get_course(session)
    return out_of(await queries.standing_of(session, principal.user_id, course))


@post(
    PATH + "/signature",
    opt=allow(SIGNED_IN)
    | answers(
        CourseMissing,
        NoOrganization,
        FilmsUnwatched,
        ItemsOpen,
        AlreadySigned,
        SignatureUnusable,
        SignedNameWrong,
    ),
    tags=TAGS,
)
async def sign_training(
    data: JSONBody[SignatureIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[CertificateOut]:
    """Sign the Korean text and get a certificate."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> CertificateOut:
        signature = await service.sign(session, principal.user_id, own, data)
        course = await queries.get_course(session)
        return certificate_of(signature, course.version.number)

    return await once.answer(act, CertificateOut)


@get(
    "/api/v1/certificates/{number:str}",
    opt=allow(EVERYONE) | answers(CertificateNotFound),
    tags=TAGS,
)
async def verify_certificate(
    number: FromPath[str], session: NamedDependency[AsyncSession]
) -> VerifiedOut:
    """Verify a certificate of the training by its number; the name is masked."""
    return await queries.verify(session, number)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_training,
    report_progress,
    agree_to_item,
    sign_training,
    verify_certificate,
)
