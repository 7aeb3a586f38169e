"""The standard document: element by element, its checks, reading back, hostile bytes."""

from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET  # types alone

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Split
from billing.papers.amendments import rescind
from billing.papers.checks import problems_of
from billing.papers.documents import (
    Amendment,
    Contact,
    Document,
    Handling,
    Invoice,
    Means,
    Reason,
)
from billing.papers.problems import InvoiceInvalid
from billing.papers.reading import DOCUMENT_BYTES_MOST, read
from billing.papers.writing import NAMESPACE, SCHEMA_LOCATION, document_of, write
from tests.billing.invoices import (
    BROKER,
    BUYER,
    ISSUE_ID,
    SENT_AT,
    SUPPLIER,
    WRITTEN_ON,
    a_line,
    an_invoice,
    exempt,
    of,
)

DAY = timedelta(days=1)
AMENDED = {"document": Document.amended_tax_invoice}


def entrusted(**more: object) -> Invoice:
    return an_invoice(handling=Handling.entrusted, broker=BROKER, **more)


def outline(body: bytes) -> list[tuple[str, str | None]]:
    """Every element in order, by path below the root, with its text."""
    found: list[tuple[str, str | None]] = []

    def walk(element: ET.Element, path: str) -> None:
        for child in element:
            name = child.tag.removeprefix(f"{{{NAMESPACE}}}")
            place = f"{path}/{name}" if path else name
            if len(child):
                walk(child, place)
            else:
                found.append((place, child.text))

    walk(fromstring(body), "")
    return found


def test_the_document_has_the_standards_elements_in_its_order() -> None:
    """tax-and-payment 2.1, 2.2."""
    invoice = entrusted(lines=(a_line(9_091, remark="비고"),), charge=Split(9_091, 909))
    invoice = replace(invoice, grand_won=10_000, paid_by=((Means.cash, 10_000),))
    body = write(invoice)
    root = fromstring(body)
    supplier, buyer = "InvoicerParty", "InvoiceeParty"

    assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<TaxInvoice xmlns=")
    assert root.tag == f"{{{NAMESPACE}}}TaxInvoice"
    assert set(root.attrib.values()) == {SCHEMA_LOCATION}
    settlement = [
        (f"{supplier}/ID", "0008100014"),
        (f"{supplier}/TypeCode", "제조업"),
        (f"{supplier}/NameText", "가상정밀 주식회사"),
        (f"{supplier}/ClassificationCode", '금형 <& "부품">'),
        (f"{supplier}/SpecifiedOrganization/TaxRegistrationID", "0001"),
        (f"{supplier}/SpecifiedPerson/NameText", "대표자"),
        (f"{supplier}/DefinedContact/DepartmentNameText", "재무팀"),
        (f"{supplier}/DefinedContact/PersonNameText", "담당자"),
        (f"{supplier}/DefinedContact/TelephoneCommunication", "000-0000-0000"),
        (f"{supplier}/DefinedContact/URICommunication", "tax@supplier.example"),
        (f"{supplier}/SpecifiedAddress/LineOneText", "가상시 가상구 가상로 1"),
        (f"{buyer}/ID", "0008600023"),
        (f"{buyer}/NameText", "가상소재 주식회사"),
        (f"{buyer}/SpecifiedOrganization/BusinessTypeCode", "01"),
        (f"{buyer}/SpecifiedPerson/NameText", "대표자"),
        (f"{buyer}/PrimaryDefinedContact/URICommunication", "tax@buyer.example"),
        (f"{buyer}/SecondaryDefinedContact/URICommunication", "data@buyer.example"),
        ("BrokerParty/ID", "0008800032"),
        ("BrokerParty/NameText", "가상거래소"),
        ("BrokerParty/SpecifiedPerson/NameText", "대표자"),
        ("BrokerParty/DefinedContact/URICommunication", "tax@exchange.example"),
        ("SpecifiedPaymentMeans/TypeCode", "10"),
        ("SpecifiedPaymentMeans/PaidAmount", "10000"),
        ("SpecifiedMonetarySummation/ChargeTotalAmount", "9091"),
        ("SpecifiedMonetarySummation/TaxTotalAmount", "909"),
        ("SpecifiedMonetarySummation/GrandTotalAmount", "10000"),
    ]
    assert outline(body) == [
        ("ExchangedDocument/ID", "paper-1"),
        ("ExchangedDocument/IssueDateTime", "20261120150405"),
        ("TaxInvoiceDocument/IssueID", ISSUE_ID),
        ("TaxInvoiceDocument/TypeCode", "0103"),
        ("TaxInvoiceDocument/DescriptionText", "주문 20261120-0001"),
        ("TaxInvoiceDocument/IssueDateTime", "20261120"),
        ("TaxInvoiceDocument/PurposeCode", "01"),
        *((f"TaxInvoiceTradeSettlement/{place}", text) for place, text in settlement),
        ("TaxInvoiceTradeLineItem/SequenceNumeric", "1"),
        ("TaxInvoiceTradeLineItem/DescriptionText", "비고"),
        ("TaxInvoiceTradeLineItem/InvoiceAmount", "9091"),
        ("TaxInvoiceTradeLineItem/ChargeableUnitQuantity", "1"),
        ("TaxInvoiceTradeLineItem/InformationText", "1판"),
        ("TaxInvoiceTradeLineItem/NameText", "제조데이터 이용권"),
        ("TaxInvoiceTradeLineItem/PurchaseExpiryDateTime", "20261120"),
        ("TaxInvoiceTradeLineItem/TotalTax/CalculatedAmount", "909"),
        ("TaxInvoiceTradeLineItem/UnitPrice/UnitAmount", "9091"),
    ]


VALID = {
    "0101": an_invoice(),
    "0102": an_invoice(of(1_000, 0), handling=Handling.zero_rated),
    "0103": entrusted(),
    "0301": exempt(10_000, 333),
    "0303": exempt(10_000, handling=Handling.entrusted, broker=BROKER),
    "0201": replace(
        rescind(an_invoice(), rescinded_on=WRITTEN_ON, sent_at=SENT_AT), issue_id=ISSUE_ID
    ),
    "99 lines": an_invoice(*(a_line(won) for won in range(1, 100))),
    "sparse": an_invoice(
        remarks=(),
        paid_by=(),
        management_id=None,
        supplier=replace(SUPPLIER, sub_place=None, contact=None, address=None),
        buyer=replace(BUYER, second_contact=None),
    ),
}


@pytest.mark.parametrize("invoice", VALID.values(), ids=list(VALID))
def test_what_is_written_reads_back_the_same(invoice: Invoice) -> None:
    assert problems_of(invoice) == []
    body = write(invoice)
    assert read(body) == invoice
    assert write(read(body)) == body


CHECKS: dict[str, tuple[Invoice, set[str]]] = {
    # tax-and-payment 11
    "charge and tax are not the grand total": (
        an_invoice(grand_won=10_367, paid_by=()),
        {"grand_total"},
    ),
    "lines are not the charge": (
        an_invoice(charge=Split(9_425, 942), grand_won=10_367, paid_by=()),
        {"line_charges"},
    ),
    "lines are not the tax": (
        an_invoice(charge=Split(9_424, 943), grand_won=10_367, paid_by=()),
        {"line_taxes"},
    ),
    "0201 without a reason": (an_invoice(**AMENDED), {"amendment"}),
    "0101 with a reason": (
        an_invoice(amendment=Amendment(Reason.price_change, ISSUE_ID)),
        {"amendment"},
    ),
    "0103 without a broker": (an_invoice(handling=Handling.entrusted), {"broker"}),
    "0101 with a broker": (an_invoice(broker=BROKER), {"broker"}),
    "0301 with tax": (an_invoice(document=Document.exempt_invoice), {"tax_where_none_is"}),
    # tax-and-payment 2.3, 2.4
    "0302 is no kind": (exempt(1_000, handling=Handling.zero_rated), {"type_code"}),
    "0102 with tax": (an_invoice(handling=Handling.zero_rated), {"tax_where_none_is"}),
    "the number is of another day": (an_invoice(written_on=WRITTEN_ON + DAY), {"issue_id"}),
    "means of payment": (an_invoice(paid_by=((Means.cash, 1),)), {"paid_amounts"}),
    "a means twice": (
        an_invoice(paid_by=((Means.cash, 366), (Means.cash, 10_000))),
        {"means_count"},
    ),
    "no mail of the buyer": (an_invoice(buyer=replace(BUYER, contact=None)), {"buyer_email"}),
    "an empty mail": (
        an_invoice(buyer=replace(BUYER, contact=Contact(""))),
        {"buyer_email", "text_missing"},
    ),
    "100 lines": (an_invoice(*(a_line(1) for _ in range(100))), {"line_count"}),
    "no line": (
        an_invoice(lines=(), charge=Split(0, 0), grand_won=0, paid_by=()),
        {"line_count"},
    ),
    "four remarks": (an_invoice(remarks=("1", "2", "3", "4")), {"remark_count"}),
    "business number": (
        an_invoice(supplier=replace(SUPPLIER, business_number="0008100015")),
        {"business_number"},
    ),
    "sub-place": (an_invoice(supplier=replace(SUPPLIER, sub_place="１")), {"sub_place"}),
    "a second contact of the supplier": (
        an_invoice(supplier=replace(SUPPLIER, second_contact=Contact("a@supplier.example"))),
        {"second_contact"},
    ),
    "a positive rescission": (
        an_invoice(amendment=Amendment(Reason.rescission, ISSUE_ID), **AMENDED),
        {"amended_sign"},
    ),
    "the original's number": (
        an_invoice(amendment=Amendment(Reason.price_change, "20261320" + ISSUE_ID[8:]), **AMENDED),
        {"original_issue_id"},
    ),
    "lines of both signs": (
        an_invoice(lines=(of(10, 2), of(-20, -1)), charge=Split(-10, 0), grand_won=-10, paid_by=()),
        {"line_charges", "line_taxes"},
    ),
    "no name": (an_invoice(supplier=replace(SUPPLIER, name=" ")), {"text_missing"}),
    "a control character": (an_invoice(remarks=("a\x0bb",)), {"text_characters"}),
    "half a pair": (an_invoice(remarks=("a\ud800b",)), {"text_characters"}),
    "a blank at the end": (an_invoice(remarks=("a ",)), {"text_characters"}),
    "a long name": (an_invoice(supplier=replace(SUPPLIER, name="가" * 71)), {"text_too_long"}),
}


@pytest.mark.parametrize(("invoice", "codes"), CHECKS.values(), ids=list(CHECKS))
def test_a_fault_is_named_with_its_field_and_how_to_mend_it(
    invoice: Invoice, codes: set[str]
) -> None:
    problems = problems_of(invoice)

    assert {problem.code for problem in problems} == codes
    assert all(problem.field and problem.ko.endswith(".") and problem.en for problem in problems)
    with pytest.raises(InvoiceInvalid) as refused:
        write(invoice)
    assert refused.value.problems == tuple(problems)


@pytest.mark.parametrize(
    ("field", "most"),
    [
        ("name", 70),
        ("representative", 30),
        ("address", 150),
        ("business_type", 40),
        ("business_item", 40),
    ],
)
def test_texts_of_a_party_end_at_the_standards_limits(field: str, most: int) -> None:
    for length, codes in [(most, []), (most + 1, ["text_too_long"])]:
        party = replace(SUPPLIER, **{field: "가" * length})  # type: ignore[arg-type]
        assert [problem.code for problem in problems_of(an_invoice(supplier=party))] == codes


def test_a_document_has_a_number() -> None:
    with pytest.raises(InvoiceInvalid, match="approval number"):
        write(an_invoice(issue_id=None))


def edited(old: str, new: str) -> bytes:
    body = write(entrusted()).decode()
    assert old in body
    return body.replace(old, new, 1).encode()


EDITS: dict[str, tuple[bytes, str]] = {
    "no XML": (b"%PDF-1.7", "TaxInvoice"),
    "another root": (b"<TaxInvoice/>", "TaxInvoice"),
    "an entity": (
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><TaxInvoice>&a;</TaxInvoice>',
        "TaxInvoice",
    ),
    "many entities": (
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><TaxInvoice>&b;</TaxInvoice>',
        "TaxInvoice",
    ),
    "too large": (b" " * (DOCUMENT_BYTES_MOST + 1), "TaxInvoice"),
    "another encoding": (edited("UTF-8", "no-such"), "TaxInvoice"),
    "no sum": (
        edited("<TaxTotalAmount>942</TaxTotalAmount>", ""),
        "TaxInvoiceTradeSettlement/SpecifiedMonetarySummation/TaxTotalAmount",
    ),
    "a fraction of a won": (
        edited(">942<", ">942.5<"),
        "TaxInvoiceTradeSettlement/SpecifiedMonetarySummation/TaxTotalAmount",
    ),
    "signs": (edited("TaxTotalAmount>942<", "TaxTotalAmount>-942<"), "TaxInvoiceTradeSettlement"),
    "an unknown kind": (edited(">0103<", ">0109<"), "TaxInvoiceDocument/TypeCode"),
    "an unknown purpose": (
        edited("PurposeCode>01<", "PurposeCode>03<"),
        "TaxInvoiceDocument/PurposeCode",
    ),
    "a day that is none": (
        edited("TypeCode>0103</TypeCode>", "TypeCode>0103</TypeCode>").replace(
            b"IssueDateTime>20261120<", b"IssueDateTime>20261131<"
        ),
        "TaxInvoiceDocument/IssueDateTime",
    ),
    "a short instant": (
        edited("20261120150405", "2026112015040"),
        "ExchangedDocument/IssueDateTime",
    ),
    "a short day": (edited(">20261120<", ">2026112<"), "TaxInvoiceDocument/IssueDateTime"),
    "a strange element": (edited("<PurposeCode>", "<Strange/><PurposeCode>"), "TaxInvoice"),
    "another order": (
        edited(
            "<TypeCode>0103</TypeCode><DescriptionText>주문 20261120-0001</DescriptionText>",
            "<DescriptionText>주문 20261120-0001</DescriptionText><TypeCode>0103</TypeCode>",
        ),
        "TaxInvoice",
    ),
    "a zero in front": (edited("TaxTotalAmount>942<", "TaxTotalAmount>0942<"), "TaxInvoice"),
    "a resident number": (
        edited("BusinessTypeCode>01<", "BusinessTypeCode>02<"),
        "TaxInvoice",
    ),
    "no party": (
        edited("InvoicerParty>", "InvoicedParty>").replace(b"/InvoicerParty>", b"/InvoicedParty>"),
        "InvoicerParty",
    ),
    "an amount without a number": (
        edited("TaxTotalAmount>942<", "TaxTotalAmount>-<"),
        "TaxInvoiceTradeSettlement",
    ),
    "a changed amount": (
        edited("TaxTotalAmount>942<", "TaxTotalAmount>943<"),
        "TaxInvoiceTradeSettlement/SpecifiedMonetarySummation",
    ),
}


@pytest.mark.parametrize(("body", "field"), EDITS.values(), ids=list(EDITS))
def test_what_is_no_standard_document_is_refused_with_its_field(body: bytes, field: str) -> None:
    with pytest.raises(InvoiceInvalid) as refused:
        read(body)
    assert all(problem.field.startswith(field) for problem in refused.value.problems)


def test_a_signature_is_left_out_of_account_and_blanks_between_elements_are_too() -> None:
    signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">x</ds:Signature>'
    signed = edited("<TaxInvoiceDocument>", f"{signature}\n  <TaxInvoiceDocument>")
    assert read(signed) == entrusted()


TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"
    ),
    min_size=1,
    max_size=70,
).filter(lambda text: text == text.strip())


@given(name=TEXTS, remark=TEXTS, supplies=st.lists(st.integers(1, 10**9), min_size=1, max_size=9))
def test_any_text_and_amount_survives_writing_and_reading(
    name: str, remark: str, supplies: list[int]
) -> None:
    invoice = an_invoice(
        *(a_line(won) for won in supplies),
        supplier=replace(SUPPLIER, name=name),
        remarks=(remark,),
    )
    if problems_of(invoice) == []:
        assert read(write(invoice)) == invoice


@given(st.binary(max_size=300), st.integers(0, 2_000))
def test_damaged_bytes_are_refused_and_nothing_worse(noise: bytes, place: int) -> None:
    body = write(an_invoice())
    damaged = body[:place] + noise + body[place + len(noise) :]
    try:
        read(damaged)
    except InvoiceInvalid as refused:
        assert refused.problems  # noqa: PT017 - either outcome is right, another error is not


def test_the_bytes_of_an_invoice_are_always_the_same() -> None:
    assert document_of(an_invoice()) == document_of(an_invoice())
