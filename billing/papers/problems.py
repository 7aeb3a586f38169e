"""What is wrong with an invoice: by field, with how to mend it, in Korean and English."""

from collections.abc import Sequence
from dataclasses import dataclass

from billing.errors import BillingError


@dataclass(frozen=True)
class Problem:
    """One fault: where it stands in the standard document, and what to do."""

    code: str
    field: str
    ko: str
    en: str


class InvoiceInvalid(BillingError):
    """The invoice is not one that the standard allows; ``problems`` names each fault."""

    code = "tax_invoice_invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.field}: {problem.en}" for problem in problems))
