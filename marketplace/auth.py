"""Who asks, and who may: principals, roles, and the policy that every route declares.

This module knows only a ``Principal``; ``members`` fills it in. The middleware enforces the policies,
and the application refuses to start while a route has none (architecture rule 8).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Literal
from uuid import UUID

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from marketplace.db import Scope
from marketplace.errors import ConfigurationError, Forbidden, Language, NotFound, NotSignedIn

FRESH_S = 600


class Function(StrEnum):
    """What an organization does in the exchange."""

    business = "business"
    exchange_operator = "exchange_operator"
    operating_agency = "operating_agency"
    promoting_agency = "promoting_agency"
    ministry = "ministry"
    cost_assessor = "cost_assessor"
    supervision_body = "supervision_body"


class Role(StrEnum):
    """What a person may do; a person may have several roles of the organization's function."""

    owner = "owner"
    seller = "seller"
    buyer = "buyer"
    viewer = "viewer"
    administrator = "administrator"
    reviewer = "reviewer"
    finance = "finance"
    agency_manager = "agency_manager"
    agency_officer = "agency_officer"
    promoter_manager = "promoter_manager"
    promoter_officer = "promoter_officer"
    ministry_publisher = "ministry_publisher"
    ministry_reader = "ministry_reader"
    assessor_manager = "assessor_manager"
    assessor = "assessor"
    supervisor_manager = "supervisor_manager"
    supervisor = "supervisor"
    evaluator = "evaluator"
    expert = "expert"


ROLES_OF: dict[Function, tuple[Role, ...]] = {
    Function.business: (Role.owner, Role.seller, Role.buyer, Role.viewer),
    Function.exchange_operator: (Role.administrator, Role.reviewer, Role.finance),
    Function.operating_agency: (Role.agency_manager, Role.agency_officer),
    Function.promoting_agency: (Role.promoter_manager, Role.promoter_officer),
    Function.ministry: (Role.ministry_publisher, Role.ministry_reader),
    Function.cost_assessor: (Role.assessor_manager, Role.assessor),
    Function.supervision_body: (Role.supervisor_manager, Role.supervisor),
}
PERSON_ROLES = (Role.evaluator, Role.expert)
# The first role of a function manages its people; an organization always keeps one of them.
MANAGERS = frozenset(roles[0] for roles in ROLES_OF.values())
STAFF_ROLES = frozenset(
    role
    for function, roles in ROLES_OF.items()
    if function is not Function.business
    for role in roles
) | frozenset(PERSON_ROLES)


class TokenScope(StrEnum):
    """What an API token may be used for."""

    account_read = "account:read"
    organization_read = "organization:read"
    organization_write = "organization:write"
    products_read = "products:read"
    products_write = "products:write"
    downloads_read = "downloads:read"


class SecondFactorRequired(Forbidden):
    """The role demands a second factor that is not set up or was not shown."""

    code = "second_factor_required"
    ko = "이 권한에는 두 번째 확인(인증 앱이나 패스키)이 필요합니다. 계정의 보안 화면에서 먼저 등록하십시오."
    en = "This role needs a second factor. Set one up on the security page of your account first."


class ConsentRequired(Forbidden):
    """A new version of the terms or the privacy policy has not been agreed to."""

    code = "consent_required"
    ko = "이용약관이나 개인정보 처리방침이 바뀌었습니다. 읽고 동의한 뒤 계속하십시오."
    en = "The terms or the privacy policy have changed. Read and agree to them to continue."


class ReauthenticationRequired(Forbidden):
    """A sensitive act needs a sign-in of the last ten minutes."""

    code = "reauthentication_required"
    ko = "중요한 변경이라 비밀번호를 한 번 더 확인합니다. 확인한 뒤 다시 시도하십시오."
    en = "This change is sensitive. Confirm your password and try again."


class TokenScopeMissing(Forbidden):
    """The API token was not given the scope that the route needs."""

    code = "token_scope_missing"
    ko = "이 API 토큰으로는 할 수 없는 일입니다. 필요한 범위: {scope}"
    en = "This API token does not allow it. Needed scope: {scope}"


@dataclass(frozen=True)
class Principal:
    """The person (or the token of a person) who asks.

    ``second_factor_due`` and ``consent_due`` say what stands between them and their roles.
    """

    user_id: UUID
    email: str
    name: str
    language: Language | None
    theme: str | None
    organization_id: UUID | None
    organization_name: str | None
    function: Function | None
    roles: frozenset[Role]
    authenticated_at: datetime
    session_id: UUID | None = None
    token_id: UUID | None = None
    scopes: frozenset[TokenScope] = field(default_factory=frozenset)
    csrf_token: str = ""
    second_factor: bool = False
    second_factor_due: bool = False
    consent_due: bool = False
    unread_count: int = 0

    @property
    def staff(self) -> bool:
        """Whether the person works for the exchange's operator."""
        return self.function is Function.exchange_operator

    @property
    def held_up(self) -> bool:
        """Whether a second factor or a consent still stands between the person and their roles."""
        return self.second_factor_due or self.consent_due

    @property
    def scope(self) -> Scope:
        """Whose rows the person's transactions may see."""
        return Scope("staff" if self.staff else "tenant", self.user_id, self.organization_id)

    def has(self, *roles: Role) -> bool:
        """Whether the person has one of the roles."""
        return not self.roles.isdisjoint(roles)

    def fresh(self, at: datetime) -> bool:
        """Whether the password or second factor was shown in the ten minutes before ``at``."""
        return at - self.authenticated_at <= timedelta(seconds=FRESH_S)


@dataclass(frozen=True)
class Policy:
    """Who may use a route and method.

    Args:
        name: as it stands in the table of rights
        audience: everybody, everybody signed in, holders of a role, or the monitoring system
        roles: for the audience ``roles``; one of them is enough
        fresh: a sign-in of the last ten minutes is needed
        token_scope: the scope with which an API token may use it; None keeps tokens out
        unfinished: usable while consent or the second factor is still due
    """

    name: str
    audience: Literal["everyone", "signed_in", "roles", "monitor"]
    roles: frozenset[Role] = frozenset()
    fresh: bool = False
    token_scope: TokenScope | None = None
    unfinished: bool = False

    OPT_KEY: ClassVar[str] = "policy"

    @property
    def needs_somebody(self) -> bool:
        """Whether nobody may use it without being signed in."""
        return self.audience in {"signed_in", "roles"}

    def check(self, principal: Principal | None, *, at: datetime) -> None:
        """Refuse who may not.

        Raises:
            NotSignedIn: somebody must be signed in
            NotFound: the route is for the monitoring system, which shows its token to the route
            TokenScopeMissing: the API token lacks the scope
            ConsentRequired, SecondFactorRequired: something is due first
            Forbidden: the role is missing
            ReauthenticationRequired: the sign-in is too old for this
        """
        if self.audience in ("everyone", "monitor"):
            return
        if principal is None:
            raise NotSignedIn
        self._check_token(principal)
        if self.roles and not principal.has(*self.roles):
            raise Forbidden
        if not self.unfinished:
            if principal.consent_due:
                raise ConsentRequired
            if principal.second_factor_due:
                raise SecondFactorRequired
        if self.fresh and principal.token_id is None and not principal.fresh(at):
            raise ReauthenticationRequired

    def _check_token(self, principal: Principal) -> None:
        if principal.token_id is None:
            return
        if self.fresh or self.token_scope is None:
            raise TokenScopeMissing(scope="-")
        if self.token_scope not in principal.scopes:
            raise TokenScopeMissing(scope=self.token_scope.value)


EVERYONE = Policy("everyone", "everyone")
MONITOR = Policy("monitor", "monitor")
SIGNED_IN = Policy("signed_in", "signed_in")
SIGNED_IN_FRESH = Policy("signed_in_fresh", "signed_in", fresh=True)
# What a person must reach to finish signing in: consent, second factor, signing out.
UNFINISHED = Policy("unfinished", "signed_in", unfinished=True)
UNFINISHED_FRESH = Policy("unfinished_fresh", "signed_in", unfinished=True, fresh=True)


def holders(*roles: Role, fresh: bool = False, token_scope: TokenScope | None = None) -> Policy:
    """Return the policy "one of these roles", named after them."""
    assert roles, "a policy of roles names at least one"
    name = "+".join(sorted(role.value for role in roles)) + ("_fresh" if fresh else "")
    return Policy(name, "roles", frozenset(roles), fresh=fresh, token_scope=token_scope)


def signed_in(*, token_scope: TokenScope) -> Policy:
    """Return the policy "everybody signed in", open to tokens with the scope."""
    return Policy("signed_in", "signed_in", token_scope=token_scope)


def allow(policy: Policy) -> dict[str, Any]:
    """Return the ``opt`` of a route handler that declares its policy."""
    return {Policy.OPT_KEY: policy}


def enforce_policy(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Check the route's policy against the principal; the middleware asks it of every request."""
    policy: Policy | None = handler.opt.get(Policy.OPT_KEY)
    if policy is None:
        if connection.scope.get("method") == "OPTIONS":
            return  # the framework's own answer names the methods, nothing else
        raise NotFound
    state = connection.scope["state"]
    principal: Principal | None = state.get("principal")
    at: datetime = state.get("principal_read_at") or datetime.now(UTC)
    policy.check(principal, at=at)


@dataclass(frozen=True)
class DeclaredRoute:
    """One row of the table of rights."""

    path: str
    method: str
    policy: Policy
    handler: str


def declared_routes(app: Litestar) -> Iterator[DeclaredRoute]:
    """Yield every path and method with its policy, sorted.

    Raises:
        ConfigurationError: a route or method declares none; the application must not start
    """
    rows: list[DeclaredRoute] = []
    for route in app.routes:
        rows.extend(_rows_of(route))
    yield from sorted(rows, key=lambda row: (row.path, row.method))


def _rows_of(route: HTTPRoute | ASGIRoute | WebSocketRoute) -> Iterable[DeclaredRoute]:
    if isinstance(route, HTTPRoute):
        pairs = [(m, h) for m, (h, _) in route.route_handler_map.items() if m != "OPTIONS"]
    elif isinstance(route, ASGIRoute):
        pairs = [("GET", route.route_handler)]  # type: ignore[list-item]
    else:
        pairs = [("WEBSOCKET", route.route_handler)]  # type: ignore[list-item]
    for method, handler in pairs:
        policy = handler.opt.get(Policy.OPT_KEY)
        if policy is None:
            raise ConfigurationError(reason=f"{method} {route.path} declares no policy")
        yield DeclaredRoute(route.path, method, policy, str(handler.handler_name or handler))
