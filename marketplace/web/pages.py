"""Rendering of pages, and how a page module is written.

A page is two handlers and a template. The first shows it::

    @get("/things", opt=allow(SIGNED_IN))
    async def show(request: AnyRequest, session: NamedDependency[AsyncSession]) -> Page:
        return render(request, "things.html", things=await queries.list_things(session))

The second takes its form; a refusal shows the same page again with what was typed::

    @post("/things", opt=allow(SIGNED_IN))
    async def submit(request: AnyRequest, once: NamedDependency[Once]) -> Page:
        form = await read_form(request, ThingIn)

        async def act(content: ThingIn) -> Page:
            return await once.redirect(
                form.key, lambda session: service.make_thing(session, content), "/things", "saved"
            )

        async def again(form: Form[ThingIn]) -> Page:
            return render(request, "things.html", status=form.status, form=form)

        return await submitted(form, act, again)

Its form carries ``{{ m.hidden(page, form.next_key) }}``, so that a second click does nothing twice.

Templates extend ``base.html`` and use the macros of ``macros.html``; text stands in Korean inside
``_("…")`` and gets its English in the catalogue. Nothing is marked safe; nothing is inline.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie

from marketplace import redirects
from marketplace.auth import Principal
from marketplace.errors import LANGUAGES, Language
from marketplace.http.facts import facts_of
from marketplace.http.problems import REFUSAL
from marketplace.settings import Settings
from marketplace.web import formats, i18n
from marketplace.web.assets import address

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"
THEMES = ("light", "dark")
KEPT_S = 365 * 86_400
DONE_FIELD = "done"
BACK_KEY = "back"
NEXT_LENGTH_MAX = 300

is_own_path = redirects.is_own_path

AnyRequest = Request[Any, Any, Any]
Page = Response[Any]


@dataclass(frozen=True)
class PageFacts:
    """What every template may use as ``page``."""

    language: Language
    theme: str | None
    principal: Principal | None
    csrf_token: str
    path: str
    address: str
    request_id: str
    sandbox: bool
    settings: Settings
    toast: str


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    cast("Any", environment).install_gettext_callables(
        partial(i18n.gettext, language), partial(i18n.ngettext, language), newstyle=True
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(asset=address, new_key=new_key, timedelta=timedelta)
    environment.filters.update(
        when=partial(formats.when, language=language),
        day=partial(formats.day, language=language),
        won=formats.won,
        man=formats.man,
        figure=formats.figure,
        size=formats.size,
        business_number=formats.business_number,
    )
    return environment


def new_key() -> str:
    """Return a fresh idempotency key for a form: a second click sends the same one."""
    return secrets.token_urlsafe(18)


def language_of(request: AnyRequest) -> Language:
    """Return the person's choice: their setting, the cookie, the browser's wish, Korean."""
    principal: Principal | None = request.scope["state"].get("principal")
    if principal is not None and principal.language is not None:
        return principal.language
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    for wish in request.headers.get("accept-language", "").split(","):
        tag = wish.split(";")[0].strip()[:2].lower()
        if tag in LANGUAGES:
            return tag
    return "ko"


def theme_of(request: AnyRequest) -> str | None:
    """Return the person's choice of light or dark; None follows the system."""
    principal: Principal | None = request.scope["state"].get("principal")
    if principal is not None and principal.theme is not None:
        return principal.theme
    chosen = request.cookies.get(THEME_COOKIE)
    return chosen if chosen in THEMES else None


def facts_for(request: AnyRequest) -> PageFacts:
    """Return what every template may use."""
    settings: Settings = request.app.state["settings"]
    state = request.scope["state"]
    return PageFacts(
        language=language_of(request),
        theme=theme_of(request),
        principal=state.get("principal"),
        csrf_token=state.get("csrf_token", ""),
        path=request.scope["path"],
        address=_address(request),
        request_id=facts_of(request.scope).request_id,
        sandbox=settings.sandbox,
        settings=settings,
        toast=request.query_params.get(DONE_FIELD, ""),
    )


def _address(request: AnyRequest) -> str:
    """Return path and query of the page, without the word of its toast."""
    pairs = [
        (name, value) for name, value in request.query_params.multi_items() if name != DONE_FIELD
    ]
    path: str = request.scope["path"]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def back(path: str) -> dict[str, Any]:
    """Declare in the ``opt`` of a form where it stands: who must prove themselves comes back there."""
    return {BACK_KEY: path}


def next_of(given: str | None, otherwise: str = "/") -> str:
    """Return where a browser asks to go next, if it is one of our own pages."""
    own = given is not None and len(given) <= NEXT_LENGTH_MAX and is_own_path(given)
    return given if own and given else otherwise


def render(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Page:
    """Return a page in the person's language.

    Args:
        template: file below ``templates/``
        context: values of the template besides ``page``
    """
    page = facts_for(request)
    if (refusal := getattr(context.get("form"), "refusal", None)) is not None:
        request.scope["state"][REFUSAL] = refusal
    text = _environment(page.language).get_template(template).render(page=page, **context)
    return Response(text, status_code=status, media_type=MediaType.HTML)


def see_other(path: str, done: str = "") -> Page:
    """Answer a form with a redirect to one of our own pages, and a word for its toast.

    Args:
        path: begins with one slash; anything else would leave the exchange
        done: key of a sentence in ``toasts.html``
    """
    return redirects.redirect_to(redirects.path_with_word(path, done))


def preference_cookie(name: str, value: str, *, secure: bool) -> Cookie:
    """Return the cookie that remembers a language or theme for a year."""
    return Cookie(
        key=name,
        value=value,
        path="/",
        secure=secure,
        samesite="lax",
        max_age=KEPT_S,
        httponly=True,
    )
