"""The first page, the choice of language and theme, and the pages of errors."""

from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from litestar import Response, get, post

from marketplace.auth import (
    EVERYONE,
    ConsentRequired,
    ReauthenticationRequired,
    SecondFactorRequired,
    allow,
)
from marketplace.errors import MarketplaceError, NotSignedIn
from marketplace.settings import Settings
from marketplace.web.forms import read_form
from marketplace.web.pages import (
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
def show_home(request: AnyRequest) -> Page:
    """Show the first page."""
    return render(request, "home.html")


@post("/preferences", opt=allow(EVERYONE), include_in_schema=False)
async def set_preferences(request: AnyRequest) -> Page:
    """Remember a language or a theme in this browser and go back."""
    form = await read_form(request, PreferencesIn)
    settings: Settings = request.app.state["settings"]
    if form.errors:
        return see_other("/")
    answer = see_other(form.data.next if is_own_path(form.data.next) else "/", "preferences")
    if form.data.language:
        answer.set_cookie(
            preference_cookie(LANGUAGE_COOKIE, form.data.language, secure=settings.secure)
        )
    if form.data.theme:
        theme = form.data.theme if form.data.theme in THEMES else ""
        answer.set_cookie(preference_cookie(THEME_COOKIE, theme, secure=settings.secure))
    return answer


def error_page(request: AnyRequest, error: MarketplaceError, status: int) -> Response[object]:
    """Show what went wrong, or lead to the page that mends it; needs no database."""
    for kind, path in DETOURS.items():
        if isinstance(error, kind):
            back = request.scope["path"] if request.method == "GET" else "/"
            return see_other(f"{path}?next={quote(back)}")
    return render(request, "error.html", status=status, code=status, error=error)
