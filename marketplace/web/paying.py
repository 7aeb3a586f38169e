"""The pages of one payment: on to the gateway, back from it, and the sandbox's own pay page."""

from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from billing.gateways.errors import GatewayError, GatewayRefused
from billing.gateways.sandbox import SandboxPage
from billing.gateways.sandbox_payment import Button, ButtonUnknown
from billing.gateways.settling import PaymentState
from marketplace.auth import EVERYONE, Principal, allow
from marketplace.db import Phases, Scope
from marketplace.http.headers import content_policy
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.cart.policies import BUY
from marketplace.orders.checkout.paying import start
from marketplace.orders.payments.attempts import ask_soon
from marketplace.orders.payments.attempts import get as get_payment
from marketplace.orders.payments.choosing import SANDBOX, Gateways
from marketplace.orders.payments.errors import ButtonGone, PaymentNotFound
from marketplace.orders.payments.settling import PENDING, Cause, settle
from marketplace.orders.purchases.queries import number_of
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render, see_other

PAY: Final = "/pay/{payment_id:uuid}"
SANDBOX_PAY: Final = "/sandbox/pay/{payment_id:uuid}"
# What the kits load and open besides their script; read from the providers' documentation.
KIT_HOSTS: Final = {
    "portone": "https://*.portone.io https://*.iamport.co https://*.iamport.kr",
    "toss": "https://*.tosspayments.com",
}
RETURNED_MOST: Final = 20
VALUE_CHARS_MOST: Final = 500


class ButtonForm(Struct):
    """Which button of the sandbox's page was pressed."""

    button: Button


@get(PAY, opt=allow(BUY), include_in_schema=False)
async def show_payment(
    request: AnyRequest,
    payment_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    gateways: NamedDependency[Gateways],
) -> Page:
    """Begin the payment at its gateway and show the way on; the one page on which a kit runs."""
    own = own_organization_id(principal)
    payment, order = await start(phases, gateways, payment_id, public_url=settings.public_url)
    if order.organization_id != own:
        raise PaymentNotFound
    if payment.state not in PENDING:
        return see_other(f"/orders/{order.id}")
    page = render(
        request,
        "pay.html",
        plain=True,
        payment=payment,
        order=order,
        number=number_of(order),
        returns_to=f"/pay/{payment.id}/return",
    )
    if payment.kit is not None:
        script = urlsplit(str(payment.kit["script_url"]))
        hosts = f"{script.scheme}://{script.netloc} {KIT_HOSTS.get(payment.gateway, '')}".strip()
        page.headers["content-security-policy"] = content_policy(
            script_src=hosts, connect_src=hosts, frame_src="https:", form_action="https:"
        )
        page.headers["cross-origin-opener-policy"] = "same-origin-allow-popups"
    return page


@get(PAY + "/return", opt=allow(EVERYONE), include_in_schema=False)
async def come_back(
    request: AnyRequest,
    payment_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    gateways: NamedDependency[Gateways],
    visitor: NamedDependency[Principal | None],
) -> Page:
    """Take the buyer back from the gateway: what the address says is a hint, the provider is asked."""
    order_id = await _order_to_show(phases, payment_id, visitor)
    query = list(request.query_params.multi_items())[:RETURNED_MOST]
    returned = {str(name)[:100]: str(value)[:VALUE_CHARS_MOST] for name, value in query}
    word = await _settled(phases, gateways, payment_id, returned)
    return see_other(f"/orders/{order_id}", word)


async def _order_to_show(phases: Phases, payment_id: UUID, visitor: Principal | None) -> UUID:
    """Return the order of a payment; whose sign-in has ended meanwhile signs in there.

    Raises:
        PaymentNotFound: there is none, or it is another organization's
    """
    async with phases(Scope.system()) as session:
        payment = await get_payment(session, payment_id)
    if visitor is not None and visitor.organization_id != payment.organization_id:
        raise PaymentNotFound
    return payment.order_id


async def _settled(
    phases: Phases, gateways: Gateways, payment_id: UUID, returned: dict[str, str]
) -> str:
    """Settle a payment whose buyer came back, and return what the page says of it."""
    try:
        found = await settle(phases, gateways, payment_id, Cause.returned, returned=returned)
    except GatewayRefused:
        return "pay-refused"
    except (GatewayError, LookupError):
        async with phases(Scope.system()) as session:
            await ask_soon(session, payment_id, delay_s=5)
        return "pay-returned"
    return "pay-done" if found.state is PaymentState.paid else "pay-returned"


@get(SANDBOX_PAY, opt=allow(EVERYONE), include_in_schema=False)
async def show_sandbox(
    request: AnyRequest, payment_id: FromPath[UUID], gateways: NamedDependency[Gateways]
) -> Page:
    """Show the sandbox's pay page: a button for everything that can happen."""
    return await _sandbox_page(request, payment_id, gateways, EMPTY)


@post(SANDBOX_PAY, opt=allow(EVERYONE), include_in_schema=False)
async def press_sandbox(
    request: AnyRequest, payment_id: FromPath[UUID], gateways: NamedDependency[Gateways]
) -> Page:
    """Press a button of the sandbox's pay page."""
    form = await read_form(request, ButtonForm)

    async def act(content: ButtonForm) -> Page:
        await _required(gateways, payment_id)
        try:
            await gateways.sandbox.press(payment_id, content.button)
        except ButtonUnknown as error:
            raise ButtonGone from error
        return see_other(f"/sandbox/pay/{payment_id}")

    async def again(wrong: Form[ButtonForm]) -> Page:
        return await _sandbox_page(request, payment_id, gateways, wrong)

    return await submitted(form, act, again)


async def _sandbox_page(
    request: AnyRequest, payment_id: UUID, gateways: Gateways, form: Form[ButtonForm]
) -> Page:
    shown = await _required(gateways, payment_id)
    return render(
        request,
        "sandbox_pay.html",
        status=form.status,
        plain=True,
        form=form,
        payment=shown.payment,
        buttons=shown.buttons,
        back=f"/pay/{payment_id}/return",
    )


async def _required(gateways: Gateways, payment_id: UUID) -> SandboxPage:
    if not gateways.knows(SANDBOX):
        raise PaymentNotFound
    shown = await gateways.sandbox.page(payment_id)
    if shown is None:
        raise PaymentNotFound
    return shown


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_payment,
    come_back,
    show_sandbox,
    press_sandbox,
)
