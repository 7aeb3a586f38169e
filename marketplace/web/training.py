"""The pages of the training: overview, film, checklist, signature, certificate, verification."""

import asyncio
from typing import Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, SIGNED_IN, Principal, allow
from marketplace.db import Phases
from marketplace.http.files import PDF, file_answer
from marketplace.http.headers import content_policy
from marketplace.idempotency import Once
from marketplace.members.organizations.models import Organization
from marketplace.members.organizations.policies import own_organization_id, own_url
from marketplace.settings import Settings
from marketplace.training import queries, service
from marketplace.training.certificates import certificate
from marketplace.training.content import captions
from marketplace.training.errors import CertificateNotFound, FilmNotFound, SignatureUnusable
from marketplace.training.films import film_shelf
from marketplace.training.queries import Standing
from marketplace.training.schemas import SignatureIn, Strokes
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, language_of, render
from marketplace.web.ranges import part_of
from storage.ports import ObjectStore

PATH: Final = "/training"
KEPT: Final = "private, max-age=3600"


class ItemsForm(Struct):
    """The items of the checklist that are ticked."""

    items: list[str] = []


class SignatureForm(Struct):
    """A signature as the form sends it: the lines as JSON, which the script writes."""

    typed_name: str = ""
    by_typing: bool = False
    strokes: str = ""


@get(PATH, opt=allow(SIGNED_IN), include_in_schema=False)
async def show_training(
    request: AnyRequest, phases: NamedDependency[Phases], principal: NamedDependency[Principal]
) -> Page:
    """Show where one stands, with the next step open."""
    return await _page(request, phases, principal, "", EMPTY)


async def _page(
    request: AnyRequest, phases: Phases, principal: Principal, failed: str, form: Form[Any]
) -> Page:
    async with phases() as session:
        standing = await _standing(session, principal)
    return render(
        request,
        "training.html",
        status=form.status,
        form=form,
        failed=failed,
        **_facts(request, standing),
    )


async def _standing(session: AsyncSession, principal: Principal) -> Standing:
    course = await queries.get_course(session)
    return await queries.standing_of(session, principal.user_id, course)


def _facts(request: AnyRequest, standing: Standing) -> dict[str, Any]:
    language = language_of(request)
    content = standing.course.content
    return {
        "standing": standing,
        "course": standing.course,
        "films": content.films,
        "items": content.items,
        "sign_text": content.sign_en if language == "en" else content.sign_ko,
    }


@get(PATH + "/films/{film:str}", opt=allow(SIGNED_IN), include_in_schema=False)
async def show_film(
    request: AnyRequest,
    film: FromPath[str],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Show a film with its captions and words."""
    standing = await _standing(session, principal)
    shown = service.film_of(standing.course, film)
    page = render(
        request,
        "training_film.html",
        film=shown,
        watched_ms=standing.watched_ms.get(film, 0),
        following=_following(standing, film),
        **_facts(request, standing),
    )
    page.headers["content-security-policy"] = content_policy(media_src="'self'")
    return page


def _following(standing: Standing, key: str) -> str:
    keys = [film.key for film in standing.course.content.films]
    at = keys.index(key) + 1
    return f"{PATH}/films/{keys[at]}" if at < len(keys) else f"{PATH}#checklist"


@get(PATH + "/films/{film:str}/video", opt=allow(SIGNED_IN), include_in_schema=False)
async def send_film(
    request: AnyRequest,
    film: FromPath[str],
    phases: NamedDependency[Phases],
    store: NamedDependency[SkipValidation[ObjectStore]],
    settings: NamedDependency[Settings],
) -> Response[Any]:
    """Send the film, or the part that the player asks for."""
    async with phases() as session:
        course = await queries.get_course(session)
    content = await film_shelf(settings, store).read(service.film_of(course, film).file)
    wanted = request.headers.get("range")
    return part_of(content, wanted, media_type="video/webm", kept=KEPT)


@get(
    PATH + "/films/{film:str}/captions/{language:str}",
    opt=allow(SIGNED_IN),
    include_in_schema=False,
)
async def send_captions(
    film: FromPath[str], language: FromPath[str], session: NamedDependency[AsyncSession]
) -> Response[str]:
    """Send the captions of a film in Korean or English."""
    course = await queries.get_course(session)
    shown = service.film_of(course, film)
    if language not in ("ko", "en"):
        raise FilmNotFound
    chosen: Literal["ko", "en"] = "en" if language == "en" else "ko"
    return Response(captions(shown, chosen), media_type="text/vtt; charset=utf-8")


@post(PATH + "/items", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_items(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Agree to the items that are ticked."""
    form = await read_form(request, ItemsForm)

    async def act(content: ItemsForm) -> Page:
        async def agree(session: AsyncSession) -> None:
            for item in content.items:
                await service.agree(session, principal.user_id, item)

        return await once.redirect(form.key, agree, f"{PATH}#sign", "items-agreed")

    async def again(wrong: Form[ItemsForm]) -> Page:
        return await _page(request, phases, principal, "items", wrong)

    return await submitted(form, act, again)


@post(PATH + "/sign", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_signature(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Sign, in the language that was shown."""
    form = await read_form(request, SignatureForm)
    english = language_of(request) == "en"

    async def act(content: SignatureForm) -> Page:
        given = _signature(content)
        own = own_organization_id(principal)

        async def sign(session: AsyncSession) -> object:
            return await service.sign(session, principal.user_id, own, given, english=english)

        return await once.redirect(form.key, sign, PATH, "signed")

    async def again(wrong: Form[SignatureForm]) -> Page:
        return await _page(request, phases, principal, "sign", wrong)

    return await submitted(form, act, again)


def _signature(content: SignatureForm) -> SignatureIn:
    if content.by_typing or not content.strokes:
        return SignatureIn(typed_name=content.typed_name or "-", by_typing=content.by_typing)
    try:
        strokes = msgspec.json.decode(content.strokes, type=Strokes)
    except msgspec.MsgspecError as error:
        raise SignatureUnusable from error
    return SignatureIn(typed_name=content.typed_name or "-", strokes=strokes)


@get(PATH + "/certificate.pdf", opt=allow(SIGNED_IN), include_in_schema=False)
async def send_certificate(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """Send the own certificate of the course in force."""
    async with phases() as session:
        standing = await _standing(session, principal)
        signature = standing.signature
        if signature is None:
            raise CertificateNotFound
        organization = await session.get_one(Organization, signature.organization_id)
    content = await asyncio.to_thread(
        certificate,
        signature,
        standing.course,
        organization=organization.name,
        issuer=settings.operator_name,
        verify_url=f"{own_url(settings)}/verify/training/{signature.certificate_number}",
        language=language_of(request),
    )
    return file_answer(content, PDF, f"certificate-{signature.certificate_number}.pdf")


@get("/verify/training/{number:str}", opt=allow(EVERYONE), include_in_schema=False)
async def show_verification(
    request: AnyRequest, number: FromPath[str], session: NamedDependency[AsyncSession]
) -> Page:
    """Show what anybody may know of a certificate."""
    found = await queries.verify(session, number)
    return render(request, "training_verify.html", plain=True, found=found)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_training,
    show_film,
    send_film,
    send_captions,
    submit_items,
    submit_signature,
    send_certificate,
    show_verification,
)
