"""Notifications of gateways: verified by their raw bytes, kept once, then the truth is asked for."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.gateways.errors import WebhookForged, WebhookStale, WebhookUnreadable
from billing.gateways.facts import Headers, WebhookHint
from marketplace.db import now
from marketplace.orders.payments.attempts import ask_soon
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.errors import (
    PaymentNotFound,
    WebhookRefused,
    WebhookUntrusted,
)
from marketplace.orders.payments.models import Payment, PaymentWebhook


async def receive(
    session: AsyncSession, gateways: Gateways, name: str, raw: bytes, headers: Headers
) -> bool:
    """Keep a notification and have its payment settled; the same event again does nothing.

    A notification is a hint: the worker asks the provider what is true. One about a payment that we do not know
    is kept and nothing else, as providers send again what is refused.

    Args:
        session: of the exchange itself
        name: of the gateway, as it stands in the address
        raw: the body as it came
        headers: names in any case

    Returns:
        Whether it was new.

    Raises:
        PaymentNotFound: no gateway of this name is configured
        WebhookUntrusted: not signed by a secret of ours, changed, or too old
        WebhookRefused: signed, but not what this gateway sends
    """
    if not gateways.knows(name):
        raise PaymentNotFound
    try:
        hint = gateways.named(name).read_webhook(raw, headers, now=now(session))
    except (WebhookForged, WebhookStale) as error:
        raise WebhookUntrusted from error
    except WebhookUnreadable as error:
        raise WebhookRefused from error
    new = await session.scalar(
        insert(PaymentWebhook)
        .values(
            gateway=name,
            event_id=hint.event_id[:200],
            kind=hint.kind[:100],
            payment_id=hint.id,
            signed=hint.signed,
        )
        .on_conflict_do_nothing()
        .returning(col(PaymentWebhook.id))
    )
    if new is None:
        return False
    payment_id = await _known(session, name, hint)
    if payment_id is not None:
        await ask_soon(session, payment_id)
    return True


async def _known(session: AsyncSession, gateway: str, hint: WebhookHint) -> UUID | None:
    if hint.id is None:
        return None
    payment = await session.get(Payment, hint.id)
    return payment.id if payment is not None and payment.gateway == gateway else None
