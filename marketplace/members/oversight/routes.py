"""Every route of the operator's API."""

from litestar.types import ControllerRouterHandler

from marketplace.members.oversight.bodies import endpoints as bodies
from marketplace.members.oversight.bodies import staff_endpoints
from marketplace.members.oversight.organizations import bank_account_endpoints
from marketplace.members.oversight.organizations import endpoints as organizations
from marketplace.members.oversight.people import endpoints as people
from marketplace.members.oversight.trail import endpoints as trail
from marketplace.members.oversight.work import endpoints as work

ROUTES: tuple[ControllerRouterHandler, ...] = (
    *organizations.ROUTES,
    *bank_account_endpoints.ROUTES,
    *people.ROUTES,
    *bodies.ROUTES,
    *staff_endpoints.ROUTES,
    *trail.ROUTES,
    *work.ROUTES,
)
