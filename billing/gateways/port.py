"""What the exchange may ask of a payment gateway. Every adapter keeps this promise.

No call is made while a database transaction is open. Every call can raise ``GatewayUnreachable``
(nothing was done), ``GatewayMisconfigured`` (keys or settings) and ``ResultUnknown`` (it may have
been done); the docstrings name what comes on top.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from billing.gateways.facts import (
    Headers,
    Intention,
    Movement,
    PaymentSeen,
    Reference,
    Refund,
    RefundSeen,
    Started,
    WebhookHint,
)


class PaymentGateway(Protocol):
    """Takes money for an intention, and gives it back."""

    @property
    def name(self) -> str:
        """Return the short name that is stored with every payment."""

    async def start(self, intention: Intention) -> Started:
        """Begin a payment. Twice with one intention is one payment and the same answer.

        Raises:
            KeyReused: the intention's id was used with another amount
            GatewayRefused: the provider does not take this payment
        """

    async def look_up(self, reference: Reference) -> PaymentSeen:
        """Ask for the truth. A payment nobody knows is ``absent``, which is no error."""

    async def finish(self, reference: Reference, returned: Mapping[str, str]) -> PaymentSeen:
        """Go on after the buyer came back; the only call that can approve a payment.

        Where the provider approves by itself this is ``look_up``. Repeating it is safe.

        Args:
            returned: the parameters of the return URL, written by anybody

        Raises:
            GatewayRefused: what came back is of another payment or another amount
        """

    async def refund(self, reference: Reference, refund: Refund) -> RefundSeen:
        """Give money back. Twice with one refund is one refund.

        Raises:
            RefundTooMuch: more than is left
            RefundOutdated: another amount is left than ``refundable_won``; not every provider compares
            NotRefundable: nothing was paid
            KeyReused: the refund's id was used with another amount
        """

    async def close(self, reference: Reference) -> PaymentSeen:
        """See to it that nobody can pay this any more, and return the truth afterwards.

        What is paid already stays paid: the answer says so.
        """

    async def movements(self, day: date) -> list[Movement]:
        """Return what was paid and refunded on a day in Seoul, in the order of time."""

    def read_webhook(self, raw: bytes, headers: Headers, *, now: datetime) -> WebhookHint:
        """Verify a webhook by its raw bytes and say what it is about.

        Args:
            raw: the body as it came; a body parsed and written again does not verify
            headers: names in any case
            now: time of arrival [UTC]

        Raises:
            WebhookForged: not signed by a secret of ours, or changed
            WebhookStale: the signed time is too far from ``now``
            WebhookUnreadable: signed, but not what this provider sends
        """
