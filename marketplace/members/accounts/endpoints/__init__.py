"""Endpoints of the API about accounts; ``ROUTES`` holds all of them."""

from litestar import Router
from litestar.di import Provide

from marketplace.members.accounts.endpoints.links import HANDLERS as LINKS
from marketplace.members.accounts.endpoints.me import HANDLERS as ME
from marketplace.members.accounts.endpoints.notices import HANDLERS as NOTICES
from marketplace.members.accounts.endpoints.passkeys import HANDLERS as PASSKEYS
from marketplace.members.accounts.endpoints.second_factor import HANDLERS as SECOND_FACTOR
from marketplace.members.accounts.endpoints.sign_in import HANDLERS as SIGN_IN
from marketplace.members.accounts.endpoints.tokens import HANDLERS as TOKENS
from marketplace.members.accounts.visit import provide_visit

ROUTES = (
    Router(
        "/api/v1",
        route_handlers=[*SIGN_IN, *LINKS, *ME, *SECOND_FACTOR, *PASSKEYS, *TOKENS, *NOTICES],
        dependencies={"visit": Provide(provide_visit, sync_to_thread=False)},
    ),
)
