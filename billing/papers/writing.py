"""Writing the standard document (표준전자세금계산서): the elements in their fixed order. Pure."""

from typing import Final
from xml.etree import ElementTree as ET

from billing.duties import SEOUL
from billing.papers.checks import require_valid
from billing.papers.documents import Contact, Invoice, InvoiceLine, Party
from billing.papers.problems import InvoiceInvalid, Problem

NAMESPACE: Final = (
    "urn:kr:or:kec:standard:Tax:ReusableAggregateBusinessInformationEntitySchemaModule:1:0"
)
SCHEMA_LOCATION: Final = (
    f"{NAMESPACE} http://www.kec.or.kr/standard/Tax/TaxInvoiceSchemaModule_1.0.xsd"
)
SCHEMA_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
# Companies alone buy here; a resident number is never asked for.
BUSINESS_BUYER: Final = "01"


def write(invoice: Invoice) -> bytes:
    """Return the document of a valid invoice, in UTF-8; the same invoice gives the same bytes.

    Raises:
        InvoiceInvalid: with every fault
    """
    require_valid(invoice)
    if invoice.issue_id is None:
        problem = Problem(
            "issue_id",
            "TaxInvoiceDocument/IssueID",
            "승인번호가 없습니다. 발급한 뒤에 문서를 만드십시오.",
            "There is no approval number; make the document after the issue.",
        )
        raise InvoiceInvalid([problem])
    return document_of(invoice)


def document_of(invoice: Invoice) -> bytes:
    """Return the document without asking whether it is valid."""
    root = ET.Element(_name("TaxInvoice"))
    root.set(f"{{{SCHEMA_INSTANCE}}}schemaLocation", SCHEMA_LOCATION)
    _exchanged(root, invoice)
    _document(root, invoice)
    _settlement(root, invoice)
    for number, line in enumerate(invoice.lines, 1):
        _line(root, number, line)
    body: bytes = ET.tostring(
        root, encoding="UTF-8", xml_declaration=True, default_namespace=NAMESPACE
    )
    return body


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: ET.Element, path: str, text: object) -> None:
    """Add an element with its text below the parent; the path's outer elements are made once in a row."""
    if text is None:
        return
    *outer, last = path.split("/")
    for name in outer:
        newest = parent[-1] if len(parent) else None
        parent = (
            newest
            if newest is not None and newest.tag == _name(name)
            else ET.SubElement(parent, _name(name))
        )
    ET.SubElement(parent, _name(last)).text = str(text)


def _exchanged(root: ET.Element, invoice: Invoice) -> None:
    exchanged = ET.SubElement(root, _name("ExchangedDocument"))
    _add(exchanged, "ID", invoice.management_id)
    _add(exchanged, "IssueDateTime", f"{invoice.sent_at.astimezone(SEOUL):%Y%m%d%H%M%S}")


def _document(root: ET.Element, invoice: Invoice) -> None:
    document = ET.SubElement(root, _name("TaxInvoiceDocument"))
    _add(document, "IssueID", invoice.issue_id)
    _add(document, "TypeCode", invoice.type_code)
    for remark in invoice.remarks:
        _add(document, "DescriptionText", remark)
    _add(document, "IssueDateTime", f"{invoice.written_on:%Y%m%d}")
    amendment = invoice.amendment
    _add(document, "AmendmentStatusCode", amendment and amendment.reason.value)
    _add(document, "PurposeCode", invoice.purpose.value)
    _add(document, "OriginalIssueID", amendment and amendment.original_issue_id)


def _settlement(root: ET.Element, invoice: Invoice) -> None:
    settlement = ET.SubElement(root, _name("TaxInvoiceTradeSettlement"))
    _party(settlement, "InvoicerParty", invoice.supplier)
    _party(settlement, "InvoiceeParty", invoice.buyer)
    if invoice.broker is not None:
        _party(settlement, "BrokerParty", invoice.broker)
    for means, paid_won in invoice.paid_by:
        part = ET.SubElement(settlement, _name("SpecifiedPaymentMeans"))
        _add(part, "TypeCode", means.value)
        _add(part, "PaidAmount", paid_won)
    sums = "SpecifiedMonetarySummation"
    _add(settlement, f"{sums}/ChargeTotalAmount", invoice.charge.supply_won)
    _add(settlement, f"{sums}/TaxTotalAmount", invoice.charge.vat_won)
    _add(settlement, f"{sums}/GrandTotalAmount", invoice.grand_won)


def _party(settlement: ET.Element, name: str, party: Party) -> None:
    buyer = name == "InvoiceeParty"
    element = ET.SubElement(settlement, _name(name))
    _add(element, "ID", party.business_number)
    _add(element, "TypeCode", party.business_type)
    _add(element, "NameText", party.name)
    _add(element, "ClassificationCode", party.business_item)
    _add(element, "SpecifiedOrganization/TaxRegistrationID", party.sub_place)
    _add(element, "SpecifiedOrganization/BusinessTypeCode", BUSINESS_BUYER if buyer else None)
    _add(element, "SpecifiedPerson/NameText", party.representative)
    _contact(element, "PrimaryDefinedContact" if buyer else "DefinedContact", party.contact)
    if buyer:
        _contact(element, "SecondaryDefinedContact", party.second_contact)
    _add(element, "SpecifiedAddress/LineOneText", party.address)


def _contact(party: ET.Element, name: str, contact: Contact | None) -> None:
    if contact is None:
        return
    element = ET.SubElement(party, _name(name))
    _add(element, "DepartmentNameText", contact.department)
    _add(element, "PersonNameText", contact.name)
    _add(element, "TelephoneCommunication", contact.phone)
    _add(element, "URICommunication", contact.email)


def _line(root: ET.Element, number: int, line: InvoiceLine) -> None:
    element = ET.SubElement(root, _name("TaxInvoiceTradeLineItem"))
    _add(element, "SequenceNumeric", number)
    _add(element, "DescriptionText", line.remark)
    _add(element, "InvoiceAmount", line.amount.supply_won)
    _add(element, "ChargeableUnitQuantity", line.quantity)
    _add(element, "InformationText", line.specification)
    _add(element, "NameText", line.name)
    _add(
        element,
        "PurchaseExpiryDateTime",
        line.supplied_on and f"{line.supplied_on:%Y%m%d}",
    )
    _add(element, "TotalTax/CalculatedAmount", line.amount.vat_won)
    _add(element, "UnitPrice/UnitAmount", line.unit_price_won)
