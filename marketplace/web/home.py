"""The first page, the choice of language and theme, and the pages of errors."""

from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from marketplace.auth import (
    EVERYONE,
    ConsentRequired,
    Principal,
    ReauthenticationRequired,
    SecondFactorRequired,
    allow,
)
from marketplace.db import Phases
from marketplace.errors import MarketplaceError, NotSignedIn
from marketplace.members.accounts import profile
from marketplace.settings import Settings
from marketplace.web.forms import read_form
from marketplace.web.pages import (
    BACK_KEY,
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    THEMES,
    AnyRequest,
    Page,
    is_own_path,
    preference_cookie,
    render,
    see_other,
)

# Where a person goes to mend what stands in the way; everything else is a page of its own.
DETOURS: dict[type[MarketplaceError], str] = {
    NotSignedIn: "/sign-in",
    SecondFactorRequired: "/sign-in/second-factor",
    ConsentRequired: "/consent",
    ReauthenticationRequired: "/reauthenticate",
}


class PreferencesIn(msgspec.Struct, forbid_unknown_fields=True):
    """A choice in the settings menu."""

    next: Annotated[str, msgspec.Meta(max_length=300)] = "/"
    theme: Literal["system", "light", "dark"] | None = None
    language: Literal["ko", "en"] | None = None


@get("/", opt=allow(EVERYONE), sync_to_thread=False, include_in_schema=False)
def show_home(request: AnyRequest, visitor: NamedDependency[Principal | None]) -> Page:
    """Show the first page, or go on with a sign-in that is not finished."""
    if visitor is not None and visitor.consent_due:
        return see_other(DETOURS[ConsentRequired])
    if visitor is not None and visitor.second_factor_due:
        return see_other(DETOURS[SecondFactorRequired])
    return render(request, "home.html")


@post("/preferences", opt=allow(EVERYONE), include_in_schema=False)
async def set_preferences(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    visitor: NamedDependency[Principal | None],
) -> Page:
    """Remember a language or a theme in this browser, and in the account of who is signed in."""
    form = await read_form(request, PreferencesIn)
    if form.errors:
        return see_other("/")
    if visitor is not None:
        async with phases() as session:
            await profile.change_profile(session, visitor, _change(form.data))
    return _remembered(request, form.data)


def _change(choice: PreferencesIn) -> profile.ProfileChange:
    theme = choice.theme or msgspec.UNSET
    return profile.ProfileChange(
        language=choice.language or msgspec.UNSET,
        theme=None if theme == "system" else theme,
    )


def _remembered(request: AnyRequest, choice: PreferencesIn) -> Page:
    settings: Settings = request.app.state["settings"]
    answer = see_other(choice.next if is_own_path(choice.next) else "/", "preferences")
    if choice.language:
        answer.set_cookie(
            preference_cookie(LANGUAGE_COOKIE, choice.language, secure=settings.secure)
        )
    if choice.theme:
        theme = choice.theme if choice.theme in THEMES else ""
        answer.set_cookie(preference_cookie(THEME_COOKIE, theme, secure=settings.secure))
    return answer


def _back(request: AnyRequest) -> str:
    """Return where to come back to: this page, or the one where the form stands."""
    if request.method != "GET":
        return str(request.route_handler.opt.get(BACK_KEY, "/"))
    path, query = request.scope["path"], request.scope["query_string"].decode("ascii", "replace")
    return f"{path}?{query}" if query else path


def error_page(request: AnyRequest, error: MarketplaceError, status: int) -> Response[object]:
    """Show what went wrong, or lead to the page that mends it; needs no database."""
    for kind, path in DETOURS.items():
        if isinstance(error, kind):
            return see_other(f"{path}?next={quote(_back(request))}")
    return render(request, "error.html", status=status, code=status, error=error)
