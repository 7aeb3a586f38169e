"""The pages of signing in: password, second factor, proving oneself again, consent, signing out."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, UNFINISHED, Principal, SecondFactorRequired, allow
from marketplace.members.accounts import consents, signing_in
from marketplace.members.accounts.cookies import give_session, take_session
from marketplace.members.accounts.models import LegalKind, LegalText
from marketplace.members.accounts.schemas import Code, KindOfCode, Password, TypedEmail
from marketplace.members.accounts.second_factor import Factors, factors_of
from marketplace.members.accounts.visit import Visit
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, next_of, render, see_other

Next = Annotated[str, Meta(max_length=300)]
HALF = "/sign-in/second-factor"
SET_UP = "/account/security/second-factor"


class SignInForm(Struct):
    """Mail address and password, and where to go then."""

    email: TypedEmail
    password: Password
    next: Next = "/"


class CodeForm(Struct):
    """A code of the second factor, and where to go then."""

    code: Code
    kind: KindOfCode = "authenticator"
    next: Next = "/"


class ProofForm(Struct):
    """The password again, or a code, and where to go then."""

    by: Literal["password", "code"]
    password: Password | None = None
    code: Code | None = None
    next: Next = "/"


class ConsentForm(Struct):
    """Agreement to the texts in force, and where to go then."""

    terms: bool = False
    privacy: bool = False
    next: Next = "/"

    @property
    def agreed(self) -> list[LegalKind]:
        """The texts that were agreed to."""
        return [kind for kind in LegalKind if getattr(self, kind.value)]


def with_next(path: str, following: str) -> str:
    """Return a path of ours that carries where to go afterwards."""
    return path if following == "/" else f"{path}?{urlencode({'next': following})}"


@get("/sign-in", opt=allow(EVERYONE), include_in_schema=False, sync_to_thread=False)
def show_sign_in(
    request: AnyRequest,
    visit: NamedDependency[Visit],
    visitor: NamedDependency[Principal | None],
    next: FromQuery[str | None] = None,  # noqa: A002 - the name in the address
) -> Page:
    """Show the form to sign in, or go on for who is signed in already."""
    following = next_of(next)
    if visitor is None:
        return _sign_in_page(request, visit, EMPTY, following)
    return see_other(with_next(HALF, following) if visitor.second_factor_due else following)


def _sign_in_page(request: AnyRequest, visit: Visit, form: Form[SignInForm], to: str) -> Page:
    passkeys = visit.rules.party is not None
    return render(
        request, "sign_in.html", status=form.status, form=form, next=to, passkeys=passkeys
    )


@post("/sign-in", opt=allow(EVERYONE), include_in_schema=False)
async def submit_sign_in(request: AnyRequest, visit: NamedDependency[Visit]) -> Page:
    """Sign in with mail address and password."""
    form = await read_form(request, SignInForm)

    async def act(content: SignInForm) -> Page:
        cookie = await signing_in.sign_in(visit, email=content.email, password=content.password)
        return give_session(request, see_other(next_of(content.next)), cookie)

    async def again(wrong: Form[SignInForm]) -> Page:
        return _sign_in_page(request, visit, wrong, next_of(wrong.value("next")))

    return await submitted(form, act, again)


@get(HALF, opt=allow(UNFINISHED), include_in_schema=False)
async def show_second_factor(
    request: AnyRequest,
    visit: NamedDependency[Visit],
    principal: NamedDependency[Principal],
    next: FromQuery[str | None] = None,  # noqa: A002 - the name in the address
) -> Page:
    """Ask for the second factor; lead to its set-up where there is none yet."""
    following = next_of(next)
    if not principal.second_factor_due:
        return see_other(following)
    factors = await _factors(visit, principal)
    if not factors.any:
        return see_other(with_next(SET_UP, following))
    return _code_page(request, factors, EMPTY, following)


async def _factors(visit: Visit, principal: Principal) -> Factors:
    async with visit.phases() as session:
        return await factors_of(session, principal.user_id)


def _code_page(request: AnyRequest, factors: Factors, form: Form[CodeForm], to: str) -> Page:
    by_recovery = "recovery_code" in {request.query_params.get("with"), form.value("kind")}
    return render(
        request,
        "second_factor.html",
        status=form.status,
        form=form,
        factors=factors,
        by_recovery=by_recovery,
        next=to,
    )


@post(HALF, opt=allow(UNFINISHED), include_in_schema=False)
async def submit_second_factor(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Show a code after the password."""
    form = await read_form(request, CodeForm)

    async def act(content: CodeForm) -> Page:
        cookie = await signing_in.show_second_factor(
            visit, principal, code=content.code, kind=content.kind
        )
        return give_session(request, see_other(next_of(content.next)), cookie)

    async def again(wrong: Form[CodeForm]) -> Page:
        factors = await _factors(visit, principal)
        return _code_page(request, factors, wrong, next_of(wrong.value("next")))

    return await submitted(form, act, again)


@get("/reauthenticate", opt=allow(UNFINISHED), include_in_schema=False)
async def show_reauthentication(
    request: AnyRequest,
    visit: NamedDependency[Visit],
    principal: NamedDependency[Principal],
    next: FromQuery[str | None] = None,  # noqa: A002 - the name in the address
) -> Page:
    """Ask for a proof before a sensitive act."""
    factors = await _factors(visit, principal)
    return _proof_page(request, factors, EMPTY, next_of(next))


def _proof_page(request: AnyRequest, factors: Factors, form: Form[ProofForm], to: str) -> Page:
    return render(
        request, "reauthenticate.html", status=form.status, form=form, factors=factors, next=to
    )


@post("/reauthenticate", opt=allow(UNFINISHED), include_in_schema=False)
async def submit_reauthentication(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Take the proof and go on."""
    form = await read_form(request, ProofForm)

    async def act(content: ProofForm) -> Page:
        cookie = await _proven(visit, principal, content)
        return give_session(request, see_other(next_of(content.next)), cookie)

    async def again(wrong: Form[ProofForm]) -> Page:
        factors = await _factors(visit, principal)
        return _proof_page(request, factors, wrong, next_of(wrong.value("next")))

    return await submitted(form, act, again)


async def _proven(visit: Visit, principal: Principal, proof: ProofForm) -> str:
    if proof.by == "password":
        return await signing_in.reauthenticate_with_password(
            visit, principal, password=proof.password or ""
        )
    return await signing_in.reauthenticate_with_code(
        visit, principal, code=proof.code or "", kind="authenticator"
    )


@get("/consent", opt=allow(UNFINISHED), include_in_schema=False)
async def show_consent(
    request: AnyRequest,
    visit: NamedDependency[Visit],
    principal: NamedDependency[Principal],
    next: FromQuery[str | None] = None,  # noqa: A002 - the name in the address
) -> Page:
    """Show the texts that changed, after the second factor where there is one."""
    following = next_of(next)
    if principal.second_factor_due and (await _factors(visit, principal)).any:
        raise SecondFactorRequired
    due = await _due(visit, principal)
    return _consent_page(request, due, EMPTY, following) if due else see_other(following)


async def _due(visit: Visit, principal: Principal) -> list[LegalText]:
    async with visit.phases() as session:
        return await consents.due_texts(session, principal.user_id)


def _consent_page(
    request: AnyRequest, due: list[LegalText], form: Form[ConsentForm], to: str
) -> Page:
    return render(request, "consent.html", status=form.status, form=form, due=due, next=to)


@post("/consent", opt=allow(UNFINISHED), include_in_schema=False)
async def submit_consent(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Agree to the texts in force."""
    form = await read_form(request, ConsentForm)
    due = await _due(visit, principal)

    async def act(content: ConsentForm) -> Page:
        async with visit.phases() as session:
            await agree(session, principal, due, content.agreed)
        return see_other(next_of(content.next), "consented")

    async def again(wrong: Form[ConsentForm]) -> Page:
        return _consent_page(request, due, wrong, next_of(wrong.value("next")))

    return await submitted(form, act, again)


async def agree(
    session: AsyncSession, principal: Principal, due: list[LegalText], agreed: list[LegalKind]
) -> None:
    """Keep the consent to what is due; texts agreed to before need no new one."""
    settled = [kind for kind in LegalKind if kind not in {text.kind for text in due}]
    await consents.require_consents(session, [*agreed, *settled])
    await consents.record_consents(session, principal.user_id, agreed)


@post("/sign-out", opt=allow(UNFINISHED), include_in_schema=False)
async def submit_sign_out(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """End this session."""
    await signing_in.sign_out(visit, principal)
    return take_session(request, see_other("/sign-in", "signed-out"))


HANDLERS = (
    show_sign_in,
    submit_sign_in,
    show_second_factor,
    submit_second_factor,
    show_reauthentication,
    submit_reauthentication,
    show_consent,
    submit_consent,
    submit_sign_out,
)
