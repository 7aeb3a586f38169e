"""All pages of accounts, mounted together because they share how a request reaches an account."""

from litestar import Router
from litestar.di import Provide

from marketplace.members.accounts.visit import provide_visit
from marketplace.web import account, mailed_links, notices, security, sign_in, tokens

ROUTES = (
    Router(
        "/",
        route_handlers=[
            *sign_in.HANDLERS,
            *mailed_links.HANDLERS,
            *account.HANDLERS,
            *security.HANDLERS,
            *tokens.HANDLERS,
            *notices.HANDLERS,
        ],
        dependencies={"visit": Provide(provide_visit, sync_to_thread=False)},
    ),
)
