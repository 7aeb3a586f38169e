"""The web application: the only place that chooses the concrete parts of a web process."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler

from marketplace.auth import declared_routes
from marketplace.db import Database
from marketplace.encryption import Keyring
from marketplace.health import readiness_of
from marketplace.http import openapi
from marketplace.http.bodies import FORM_PARTS_MAX
from marketplace.http.csp_reports import REPORTS_BURST, REPORTS_PER_S
from marketplace.http.dependencies import DEPENDENCIES
from marketplace.http.gate import Authenticator, Gate
from marketplace.http.headers import finish_answer
from marketplace.http.hosts import names_of
from marketplace.http.problems import EXCEPTION_HANDLERS
from marketplace.http.shedding import Buckets
from marketplace.logs import configure
from marketplace.members.accounts.authentication import SessionAuthenticator
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.members.organizations.confirming import email_confirmed
from marketplace.members.organizations.membership import leave
from marketplace.members.registry.choosing import registry_of
from marketplace.members.registry.port import BusinessRegistry
from marketplace.orders.payments.choosing import Gateways, gateways_of
from marketplace.routes import DOCUMENT_ROUTES, ROUTES
from marketplace.settings import Settings, load_settings
from marketplace.stores import store_connection
from marketplace.tables import import_models
from marketplace.web.home import error_page
from storage.ports import ObjectStore
from storage.s3 import S3Store

# What the fields and boundaries of a form add to the document in it.
UPLOAD_FORM_BYTES = 65_536


@dataclass(frozen=True)
class Parts:
    """The concrete parts of a web process; tests pass their own."""

    database: Database
    store: ObjectStore
    authenticate: Authenticator
    registry: BusinessRegistry
    passwords: PasswordHashing
    keyring: Keyring
    gateways: Gateways


def create_app(
    settings: Settings, parts: Parts, routes: Sequence[ControllerRouterHandler] = ROUTES
) -> Litestar:
    """Build the application and refuse to when a route declares no policy.

    Args:
        settings: of this process
        parts: database, store and the outside services
        routes: what is mounted; tests of the floor below the routes add their own

    Raises:
        ConfigurationError: a route or method without a policy
    """
    import_models()
    app = Litestar(
        route_handlers=[*routes, _documents(settings)],
        dependencies=DEPENDENCIES,
        middleware=[Gate()],
        before_send=[finish_answer],
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=[_close(parts)],
        state=State(
            {
                "settings": settings,
                "database": parts.database,
                "store": parts.store,
                "authenticate": parts.authenticate,
                "registry": parts.registry,
                "passwords": parts.passwords,
                "keyring": parts.keyring,
                "gateways": parts.gateways,
                "email_confirmed": email_confirmed,
                "leave_organization": leave,
                "error_page": error_page,
                "trusted_proxies": tuple(settings.trusted_proxies),
                "readiness": readiness_of(parts.database, parts.store, settings),
                "host_names": names_of(settings),
                "buckets": Buckets(settings.request_limit_per_s),
                "report_buckets": Buckets(REPORTS_PER_S, burst=REPORTS_BURST),
            }
        ),
        request_max_body_size=settings.form_limit_bytes,
        multipart_form_part_limit=FORM_PARTS_MAX,
        debug=False,
        # The framework would replace what logs.py configured, queue, form and all.
        logging_config=None,
        openapi_config=openapi.config(secure=settings.secure),
    )
    list(declared_routes(app))
    return app


def _documents(settings: Settings) -> Router:
    """Mount the routes of paths that take a document, with room for the form around it."""
    most_bytes = settings.document_limit_bytes + UPLOAD_FORM_BYTES
    return Router("/", route_handlers=list(DOCUMENT_ROUTES), request_max_body_size=most_bytes)


def _close(parts: Parts) -> Callable[[Litestar], Any]:
    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await parts.registry.close()
            await parts.database.dispose()

    return lifespan


def parts_of(settings: Settings) -> Parts:
    """Choose the concrete parts that the settings name."""
    database = Database(
        settings.database_url.get_secret_value(), pool_size=settings.database_pool_size
    )
    return Parts(
        database=database,
        store=S3Store(store_connection(settings)),
        authenticate=SessionAuthenticator(database, settings),
        registry=registry_of(settings),
        passwords=PasswordHashing(),
        keyring=Keyring.parse(settings.encryption_keys.get_secret_value()),
        gateways=gateways_of(settings, database),
    )


def web_app() -> Litestar:
    """Build the application of a web process from the environment; the server calls it."""
    settings = load_settings()
    configure(settings.log_format or "text", process="web")
    return create_app(settings, parts_of(settings))
