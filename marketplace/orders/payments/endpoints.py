"""Where gateways notify us."""

from typing import Any, Final

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from marketplace.auth import EVERYONE, allow
from marketplace.db import Phases, Scope
from marketplace.errors import TooLarge
from marketplace.http.bodies import takes
from marketplace.http.gate import without_cookies
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.inbox import receive

WEBHOOK_BYTES_MOST: Final = 262_144


@post(
    "/webhooks/{gateway:str}",
    status_code=200,
    opt=allow(EVERYONE)
    | without_cookies("providers sign their notifications instead")
    | takes("application/json"),
    include_in_schema=False,
)
async def take_webhook(
    request: Request[Any, Any, Any],
    gateway: FromPath[str],
    phases: NamedDependency[Phases],
    gateways: NamedDependency[Gateways],
) -> None:
    """Keep a gateway's notification, verified by its raw bytes, and ask for the truth afterwards."""
    raw = await request.body()
    if len(raw) > WEBHOOK_BYTES_MOST:
        raise TooLarge(limit_bytes=WEBHOOK_BYTES_MOST)
    async with phases(Scope.system()) as session:
        await receive(session, gateways, gateway, raw, dict(request.headers))


ROUTES: tuple[ControllerRouterHandler, ...] = (take_webhook,)
