"""The local provider: numbers, validates, archives; a key is one paper, cancelled until it is sent."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from billing.papers.amendments import Sending
from billing.papers.local import LocalProvider, MemoryArchive
from billing.papers.numbers import is_approval_number
from billing.papers.ports import KeyTaken, NotCancellable, TaxInvoiceProvider
from billing.papers.problems import InvoiceInvalid
from billing.papers.reading import read
from tests.billing.invoices import SENT_AT, WRITTEN_ON, a_line, an_invoice

DAY = timedelta(days=1)


class Today:
    """A day that a test moves."""

    def __init__(self) -> None:
        self.day = WRITTEN_ON

    def __call__(self) -> date:
        return self.day


def a_provider() -> tuple[TaxInvoiceProvider, Today]:
    today = Today()
    return LocalProvider(MemoryArchive(), today), today


async def test_the_local_provider_numbers_validates_and_archives() -> None:
    provider, today = a_provider()

    issued = await provider.issue(an_invoice(issue_id=None), "paper-7")

    assert is_approval_number(issued.issue_id, WRITTEN_ON)
    assert issued.issue_id[8:10] == "42"
    assert issued.document is not None
    kept = read(issued.document)
    assert (kept.issue_id, kept.management_id) == (issued.issue_id, "paper-7")
    assert issued.sending is Sending.issued
    today.day += DAY
    assert await provider.query("paper-7") == replace(issued, sending=Sending.sent)
    assert await provider.query("paper-8") is None


async def test_an_issue_repeated_under_its_key_is_one_paper() -> None:
    provider, _ = a_provider()
    first = await provider.issue(an_invoice(issue_id=None), "paper-7")
    again = await provider.issue(an_invoice(issue_id=None, sent_at=SENT_AT + DAY), "paper-7")

    assert again == first
    with pytest.raises(KeyTaken):
        await provider.issue(an_invoice(a_line(1), issue_id=None), "paper-7")


async def test_a_wrong_paper_is_not_issued() -> None:
    provider, _ = a_provider()
    with pytest.raises(InvoiceInvalid):
        await provider.issue(an_invoice(grand_won=1), "paper-7")
    assert await provider.query("paper-7") is None


async def test_a_paper_is_cancelled_until_it_is_sent() -> None:
    provider, today = a_provider()
    for key in ("paper-7", "paper-8"):
        await provider.issue(an_invoice(issue_id=None), key)
    cancelled = await provider.cancel("paper-7")

    assert cancelled.sending is Sending.cancelled
    assert await provider.cancel("paper-7") == cancelled
    today.day += DAY
    assert await provider.query("paper-7") == cancelled
    for key in ("paper-8", "paper-9"):
        with pytest.raises(NotCancellable):
            await provider.cancel(key)
