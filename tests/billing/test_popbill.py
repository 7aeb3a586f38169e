"""Popbill over a simulator of its shape: a key is one paper, whatever is lost; states come from the service."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from billing.papers.amendments import Sending, change_price
from billing.papers.documents import Document, Handling, Invoice
from billing.papers.popbill import PopbillAccount, PopbillProvider
from billing.papers.ports import (
    IssueRefused,
    KeyTaken,
    NotCancellable,
    ProviderSilent,
    TaxInvoiceProvider,
)
from billing.papers.problems import InvoiceInvalid
from tests.billing.gateways.simulated import Simulated
from tests.billing.gateways.simulators.popbill import CORP_NUMBER, LINK_ID, SECRET_KEY
from tests.billing.invoices import BROKER, ISSUE_ID, SENT_AT, WRITTEN_ON, an_invoice, exempt, of


@pytest.fixture(scope="module")
def simulated() -> Iterator[Simulated]:
    one = Simulated("popbill")
    yield one
    one.stop()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
def provider(simulated: Simulated, http: httpx.AsyncClient) -> TaxInvoiceProvider:
    return a_provider(simulated, http)


def a_provider(simulated: Simulated, http: httpx.AsyncClient, **given: str) -> PopbillProvider:
    facts: dict[str, Any] = {
        "link_id": LINK_ID, "secret_key": SECRET_KEY, "corp_number": CORP_NUMBER,
        "service": ("POPBILL_TEST", simulated.url, simulated.url),
    }  # fmt: skip
    return PopbillProvider(PopbillAccount(**{**facts, **given}), http)


def entrusted(**more: Any) -> Invoice:
    facts: dict[str, Any] = {"issue_id": None, "handling": Handling.entrusted, "broker": BROKER}
    return an_invoice(**{**facts, **more})


async def test_a_paper_is_issued_once_and_found_by_its_key(
    provider: TaxInvoiceProvider, simulated: Simulated
) -> None:
    unknown = await provider.query("P2026-000001-1")
    issued = await provider.issue(entrusted(), "P2026-000001-1")
    again = await provider.issue(replace(entrusted(), sent_at=SENT_AT), "P2026-000001-1")
    asked = await provider.query("P2026-000001-1")

    assert unknown is None
    assert issued == again == asked
    assert (issued.sending, issued.issued_on) == (Sending.issued, WRITTEN_ON)
    assert issued.issue_id.startswith("2026112041")


async def test_another_paper_under_the_same_key_is_refused(provider: TaxInvoiceProvider) -> None:
    await provider.issue(entrusted(), "P2026-000002-1")

    with pytest.raises(KeyTaken):
        await provider.issue(
            replace(
                entrusted(), lines=(of(100, 10),), charge=of(100, 10).amount, grand_won=110, paid_by=()
            ),
            "P2026-000002-1",
        )  # fmt: skip


async def test_a_lost_answer_is_found_by_the_key(
    provider: TaxInvoiceProvider, simulated: Simulated
) -> None:
    await provider.query("P2026-000003-1")  # the token is there
    simulated.control("lose", count=1)
    with pytest.raises(ProviderSilent):
        await provider.issue(entrusted(), "P2026-000003-1")
    found = await provider.query("P2026-000003-1")
    again = await provider.issue(entrusted(), "P2026-000003-1")

    assert found == again
    simulated.control("break", count=1)
    with pytest.raises(ProviderSilent):
        await provider.query("P2026-000003-1")


@pytest.mark.parametrize(
    ("code", "sending"),
    [
        (301, Sending.sending), (303, Sending.sending), (304, Sending.sent),
        (305, Sending.failed), (600, Sending.cancelled),
    ],
)  # fmt: skip
async def test_states_are_the_services(
    provider: TaxInvoiceProvider, simulated: Simulated, code: int, sending: Sending
) -> None:
    key = f"P2026-000004-{code}"
    await provider.issue(entrusted(), key)
    simulated.control("state", key=key, code=code)

    found = await provider.query(key)

    assert found is not None
    assert found.sending is sending


async def test_a_state_that_is_not_known_is_no_answer(
    provider: TaxInvoiceProvider, simulated: Simulated
) -> None:
    await provider.issue(entrusted(), "P2026-000005-1")
    simulated.control("state", key="P2026-000005-1", code=100)

    with pytest.raises(ProviderSilent):
        await provider.query("P2026-000005-1")


async def test_it_is_cancelled_until_it_is_sent(
    provider: TaxInvoiceProvider, simulated: Simulated
) -> None:
    await provider.issue(entrusted(), "P2026-000006-1")
    cancelled = [await provider.cancel("P2026-000006-1") for _ in range(2)]
    await provider.issue(entrusted(), "P2026-000006-2")
    simulated.control("state", key="P2026-000006-2", code=304)

    assert [one.sending for one in cancelled] == [Sending.cancelled] * 2
    for key in ("P2026-000006-2", "P2026-000006-9"):
        with pytest.raises(NotCancellable):
            await provider.cancel(key)


async def test_exempt_and_amended_papers_are_said_in_its_words(
    provider: TaxInvoiceProvider, simulated: Simulated
) -> None:
    await provider.issue(
        exempt(9_000, issue_id=None, handling=Handling.entrusted, broker=BROKER), "P2026-000007-1"
    )
    change = change_price(
        entrusted(issue_id=ISSUE_ID), [of(-100, -10)], changed_on=WRITTEN_ON, sent_at=SENT_AT
    )
    await provider.issue(change, "P2026-000007-2")

    def sent(key: str) -> dict[str, Any]:
        found: dict[str, Any] = simulated.client.get(
            f"/Taxinvoice/TRUSTEE/{key}", headers={"authorization": "Bearer token-of-a-session"}
        ).json()["sent"]
        return found

    without_tax, amended = sent("P2026-000007-1"), sent("P2026-000007-2")
    assert change.document is Document.amended_tax_invoice
    assert (without_tax["taxType"], without_tax["taxTotal"]) == ("면세", "0")
    assert (amended["taxType"], amended["modifyCode"]) == ("과세", 2)
    assert amended["orgNTSConfirmNum"] == ISSUE_ID
    assert (amended["supplyCostTotal"], amended["totalAmount"]) == ("-100", "-110")
    assert amended["remark1"] == "당초 작성일자 2026-11-20"
    assert amended["detailList"][0]["supplyCost"] == "-100"
    assert amended["invoiceeEmail1"] == "tax@buyer.example"


async def test_what_cannot_be_issued_is_refused_before_or_by_the_service(
    provider: TaxInvoiceProvider, simulated: Simulated, http: httpx.AsyncClient
) -> None:
    with pytest.raises(InvoiceInvalid):
        await provider.issue(entrusted(grand_won=1), "P2026-000008-1")
    with pytest.raises(IssueRefused):
        await provider.issue(an_invoice(issue_id=None), "P2026-000008-2")
    buyer = replace(entrusted().buyer, business_number="0000000000")
    with pytest.raises(IssueRefused, match="-11001021"):
        await provider.issue(entrusted(buyer=buyer), "P2026-000008-3")
    with pytest.raises(ProviderSilent):
        await a_provider(simulated, http, link_id="OTHER").query("P2026-000008-4")
