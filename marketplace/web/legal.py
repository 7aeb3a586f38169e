"""The pages of the terms and the privacy policy: the version in force and all others."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, allow
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.errors import NotFound
from marketplace.members.accounts import consents
from marketplace.members.accounts.models import LegalKind
from marketplace.web.pages import AnyRequest, Page, language_of, render
from marketplace.web.prose import prose

Version = FromQuery[Annotated[int | None, Parameter(ge=1, le=1_000_000)]]


@get("/terms", opt=allow(EVERYONE), include_in_schema=False)
async def show_terms(
    request: AnyRequest, session: NamedDependency[AsyncSession], version: Version = None
) -> Page:
    """Show the terms of use."""
    return await _show(request, session, LegalKind.terms, version)


@get("/privacy", opt=allow(EVERYONE), include_in_schema=False)
async def show_privacy(
    request: AnyRequest, session: NamedDependency[AsyncSession], version: Version = None
) -> Page:
    """Show the privacy policy."""
    return await _show(request, session, LegalKind.privacy, version)


async def _show(
    request: AnyRequest, session: AsyncSession, kind: LegalKind, version: int | None
) -> Page:
    versions = await consents.all_texts(session, kind)
    today = seoul_date(now(session))
    current = next((text for text in versions if text.effective_on <= today), None)
    shown = next((text for text in versions if text.version == version), None)
    if version is not None and shown is None:
        raise NotFound
    text = shown or current
    korean = language_of(request) == "ko"
    return render(
        request,
        "legal.html",
        kind=kind.value,
        text=text,
        title=(text.title_ko if korean else text.title_en) if text else "",
        body=prose(text.text_ko if korean else text.text_en) if text else "",
        versions=versions,
        current=current,
        today=today,
    )


ROUTES = (show_terms, show_privacy)
