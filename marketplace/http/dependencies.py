"""What handlers receive by name: the session, phases, who asks, settings and the store."""

import hashlib
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.di import Provide
from litestar.types import Dependencies
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal
from marketplace.db import Database, Phases, RequestFacts, Scope
from marketplace.encryption import Keyring
from marketplace.errors import NotSignedIn
from marketplace.http import csrf
from marketplace.http.facts import facts_of
from marketplace.idempotency import HEADER, Once, fingerprint
from marketplace.settings import Settings
from storage.ports import ObjectStore


def scope_of(request: Request[Any, Any, Any]) -> Scope:
    """Return whose rows the request's transactions may see."""
    principal: Principal | None = request.scope["state"].get("principal")
    return principal.scope if principal else Scope.anonymous()


def request_facts_of(request: Request[Any, Any, Any]) -> RequestFacts:
    """Return who and where the request comes from, for the audit trail."""
    facts = facts_of(request.scope)
    principal: Principal | None = request.scope["state"].get("principal")
    return RequestFacts(
        request_id=facts.request_id,
        address=facts.address,
        user_id=principal.user_id if principal else None,
        organization_id=principal.organization_id if principal else None,
        session_id=principal.session_id if principal else None,
    )


async def provide_session(request: Request[Any, Any, Any]) -> AsyncGenerator[AsyncSession]:
    """Yield the request's one transaction; it commits when the handler returns."""
    database: Database = request.app.state["database"]
    facts = request_facts_of(request)
    async with database.transaction(scope_of(request), request=facts) as session:
        yield session


def provide_phases(request: Request[Any, Any, Any]) -> Phases:
    """Give a callable that opens a transaction per phase, for work with calls in between."""
    database: Database = request.app.state["database"]
    return database.phases(scope_of(request), request=request_facts_of(request))


def provide_principal(request: Request[Any, Any, Any]) -> Principal:
    """Give the person who asks.

    Raises:
        NotSignedIn: nobody is signed in
    """
    principal: Principal | None = request.scope["state"].get("principal")
    if principal is None:
        raise NotSignedIn
    return principal


def provide_visitor(request: Request[Any, Any, Any]) -> Principal | None:
    """Give the person who asks, or None, for routes that everybody may use."""
    principal: Principal | None = request.scope["state"].get("principal")
    return principal


def provide_settings(request: Request[Any, Any, Any]) -> Settings:
    """Give the settings; handlers pass on single values."""
    settings: Settings = request.app.state["settings"]
    return settings


def provide_store(request: Request[Any, Any, Any]) -> ObjectStore:
    """Give the object store."""
    store: ObjectStore = request.app.state["store"]
    return store


def provide_once(request: Request[Any, Any, Any]) -> Once:
    """Give what carries an act out at most once."""
    settings: Settings = request.app.state["settings"]
    key = settings.session_key.get_secret_value()

    async def hashed() -> bytes:
        return fingerprint(key, iter(await _content_of(request)))

    return Once(
        provide_phases(request),
        actor_id=actor_of(request),
        route=f"{request.method} {request.scope['path_template']}",
        header=request.headers.get(HEADER),
        fingerprint=hashed,
    )


def actor_of(request: Request[Any, Any, Any]) -> UUID:
    """Return whose key it is: the person's id, else one made from the visitor's cookie, else zero.

    A key without any of them is shared by all programs, which guess neither it nor its content.
    """
    principal: Principal | None = request.scope["state"].get("principal")
    if principal is not None:
        return principal.user_id
    visitor: str | None = request.scope["state"].get("visitor_cookie")
    if visitor is None:
        return UUID(int=0)
    return UUID(bytes=hashlib.sha256(b"visitor:" + visitor.encode()).digest()[:16])


async def _content_of(request: Request[Any, Any, Any]) -> list[bytes]:
    """Return what two requests must have in common to be the same one."""
    path, query = request.scope["path"], request.scope["query_string"]
    parts = [request.method.encode(), path.encode(), query]
    if csrf.is_form(request):
        for name, value in (await request.form()).multi_items():
            if name not in csrf.OWN_FIELDS:
                parts += [name.encode(), await _value_of(value)]
    else:
        parts.append(await request.body())
    return parts


async def _value_of(value: object) -> bytes:
    if not isinstance(value, UploadFile):
        return str(value).encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(value.filename.encode("utf-8", "surrogatepass"))
    await value.seek(0)
    while chunk := await value.read(1 << 20):
        digest.update(chunk)
    await value.seek(0)
    return digest.digest()


def provide_keyring(request: Request[Any, Any, Any]) -> Keyring:
    """Give the keys that encrypt single values."""
    keyring: Keyring = request.app.state["keyring"]
    return keyring


def provide_registry(request: Request[Any, Any, Any]) -> Any:
    """Give the register of businesses; its port belongs to ``members``, a higher layer."""
    return request.app.state["registry"]


def provide_passwords(request: Request[Any, Any, Any]) -> Any:
    """Give the hashing of passwords; it belongs to ``members``, a higher layer."""
    return request.app.state["passwords"]


def provide_email_confirmed(request: Request[Any, Any, Any]) -> Any:
    """Give what happens in the transaction that confirms a person's address."""
    return request.app.state["email_confirmed"]


def provide_gateways(request: Request[Any, Any, Any]) -> Any:
    """Give the payment gateways; they belong to ``orders``, a higher layer."""
    return request.app.state["gateways"]


DEPENDENCIES: Dependencies = {
    "session": Provide(provide_session),
    "phases": Provide(provide_phases, sync_to_thread=False),
    "principal": Provide(provide_principal, sync_to_thread=False),
    "visitor": Provide(provide_visitor, sync_to_thread=False),
    "settings": Provide(provide_settings, sync_to_thread=False),
    "store": Provide(provide_store, sync_to_thread=False),
    "once": Provide(provide_once, sync_to_thread=False),
    "keyring": Provide(provide_keyring, sync_to_thread=False),
    "gateways": Provide(provide_gateways, sync_to_thread=False),
    "registry": Provide(provide_registry, sync_to_thread=False),
    "passwords": Provide(provide_passwords, sync_to_thread=False),
    "email_confirmed": Provide(provide_email_confirmed, sync_to_thread=False),
}
