"""Sending refunds to the gateway: our id is the key, so however often it is sent it happens once."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing.gateways.errors import GatewayRefused, RefundOutdated
from billing.gateways.facts import Refund, RefundAccount
from marketplace.db import Phases, Scope
from marketplace.encryption import Keyring
from marketplace.failpoints import failpoint
from marketplace.jobs import enqueue
from marketplace.members.organizations.bank_accounts import account_in_use, place_of
from marketplace.orders.payments.attempts import reference_of
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.models import Payment, PaymentRefund, RefundState
from marketplace.orders.payments.settling import Cause, lock, settle


async def send_refund(
    phases: Phases, gateways: Gateways, refund_id: UUID, account: RefundAccount | None = None
) -> RefundState:
    """Have the provider pay a refund, and book what it says; once more changes nothing.

    Args:
        account: where the money of a virtual account goes

    Raises:
        GatewayError: the provider does not answer; the result is not known, so send it again
    """
    async with phases(Scope.system()) as session:
        refund = await session.get_one(PaymentRefund, refund_id)
        payment = await session.get_one(Payment, refund.payment_id)
    if refund.state is RefundState.done:
        return refund.state
    # What we know may be old: the truth first, so that the amount that is left is right.
    await settle(phases, gateways, payment.id, Cause.refund)
    async with phases(Scope.system()) as session:
        payment = await session.get_one(Payment, payment.id)
        refund = await session.get_one(PaymentRefund, refund_id)
    if refund.state is RefundState.done:
        return refund.state
    try:
        await gateways.named(payment.gateway).refund(
            reference_of(payment), _asked_for(payment, refund, account)
        )
    except RefundOutdated:
        raise
    except GatewayRefused as error:
        async with phases(Scope.system()) as session:
            return await _refused(session, payment.id, refund_id, str(error))
    failpoint("refund.sent")
    if refund.case_id is not None:
        async with phases(Scope.system()) as session:
            await enqueue(session, "refunds.sent", refund_id=str(refund_id))
    await settle(phases, gateways, payment.id, Cause.refund)
    async with phases(Scope.system()) as session:
        return (await session.get_one(PaymentRefund, refund_id)).state


async def refund_account(
    session: AsyncSession, payment: Payment, keyring: Keyring
) -> RefundAccount | None:
    """Return the buyer's account in use, where the deposit of a virtual account goes back to; None without one.

    Args:
        session: of the exchange itself

    Raises:
        DecryptionFailed: the stored number was changed or moved
    """
    found = await account_in_use(session, payment.organization_id)
    if found is None:
        return None
    number = keyring.unseal(found.number_encrypted, place_of(found.id)).decode()
    return RefundAccount(bank=found.bank_code, number=number, holder=found.holder)


def _asked_for(payment: Payment, refund: PaymentRefund, account: RefundAccount | None) -> Refund:
    return Refund(
        id=refund.id,
        amount_won=refund.amount_won,
        refundable_won=payment.amount_won - payment.refunded_won,
        reason=refund.reason,
        account=account,
    )


async def _refused(
    session: AsyncSession, payment_id: UUID, refund_id: UUID, why: str
) -> RefundState:
    """Keep that the provider said no, and tell those who wanted the refund."""
    await lock(session, payment_id)
    refund = await session.get_one(PaymentRefund, refund_id, populate_existing=True)
    if refund.state is RefundState.wanted:
        refund.state, refund.failure = RefundState.refused, why[:500]
        await enqueue(session, "payments.tell_refused", refund_id=str(refund_id))
    return refund.state
