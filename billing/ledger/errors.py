"""What the ledger refuses."""

from billing.errors import BillingError


class LedgerError(BillingError):
    """The ancestor of the ledger's refusals."""


class EntryInvalid(LedgerError):
    """An entry does not balance, or has a line that the ledger does not take."""

    code = "ledger_entry_invalid"

    def __init__(self, source: object, why: str) -> None:
        super().__init__(f"{source} {why}")


class SourceTaken(LedgerError):
    """The source was posted before, with other lines."""

    code = "ledger_source_taken"

    def __init__(self, source: object) -> None:
        super().__init__(f"{source} was posted before, and says something else now")


class TransactionMissing(LedgerError):
    """There is no such transaction to reverse."""

    code = "ledger_transaction_missing"

    def __init__(self, transaction_id: int) -> None:
        super().__init__(f"ledger transaction {transaction_id} is not there")


class AlreadyReversed(LedgerError):
    """The transaction was reversed before, or is a reversal itself."""

    code = "ledger_already_reversed"

    def __init__(self, transaction_id: int) -> None:
        super().__init__(
            f"ledger transaction {transaction_id} was reversed before or is a reversal"
        )
