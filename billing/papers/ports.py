"""The service that issues tax invoices, in our own words."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from billing.errors import BillingError
from billing.papers.amendments import Sending
from billing.papers.documents import Invoice


@dataclass(frozen=True)
class Issued:
    """What a service says of a paper.

    Args:
        issue_id: approval number
        issued_on: day of issue in Seoul; the statement is sent by the day after
        document: the standard document where the service gives it
    """

    issue_id: str
    sending: Sending
    issued_on: date
    document: bytes | None = None


class TaxInvoiceProvider(Protocol):
    """Issues papers and tells how far they are. A repeated call with one key is one paper."""

    async def issue(self, invoice: Invoice, key: str) -> Issued:
        """Issue a paper under our key.

        Args:
            invoice: without an approval number
            key: our number of the paper, at most 24 characters, fixed before the first call

        Raises:
            InvoiceInvalid: with every fault; nothing was issued
            KeyTaken: the key was used for another paper
            IssueRefused: the service does not take it
            ProviderSilent: not known; ask, then call again under the same key
        """

    async def query(self, key: str) -> Issued | None:
        """Return how far a paper is; None where the service does not know the key."""

    async def cancel(self, key: str) -> Issued:
        """Cancel a paper before it is sent; repeated, the same answer.

        Raises:
            NotCancellable: it is unknown or was sent; then it is amended
        """


class KeyTaken(BillingError):
    """The key was used for another paper."""

    code = "tax_invoice_key_taken"

    def __init__(self, key: str) -> None:
        super().__init__(f"the key {key} was used for another paper")


class NotCancellable(BillingError):
    """The paper is unknown, or the tax office has it."""

    code = "tax_invoice_not_cancellable"

    def __init__(self, key: str) -> None:
        super().__init__(f"the paper {key} is unknown or was sent; amend it")


class IssueRefused(BillingError):
    """The service does not take the paper; nothing was issued, and the same paper would be refused again."""

    code = "tax_invoice_refused"


class ProviderSilent(BillingError):
    """The service gives no answer that can be read; what became of the call is not known, so ask again."""

    code = "tax_invoice_provider_silent"
