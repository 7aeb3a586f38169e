"""Reading the standard document back. What does not say the same when written again is refused. Pure."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final, NoReturn, TypeVar
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from billing.duties import SEOUL
from billing.money import Split, whole_won
from billing.papers.checks import require_valid
from billing.papers.documents import (
    Amendment,
    Contact,
    Document,
    Handling,
    Invoice,
    InvoiceLine,
    Means,
    Party,
    Purpose,
    Reason,
)
from billing.papers.problems import InvoiceInvalid, Problem
from billing.papers.writing import NAMESPACE, document_of

DOCUMENT_BYTES_MOST: Final = 1_048_576
SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_NAMES: Final = {"": NAMESPACE}
Value = TypeVar("Value")


def read(body: bytes) -> Invoice:
    """Return the invoice that a document says.

    Args:
        body: the document as it was issued or archived; a signature in it is left out of account

    Raises:
        InvoiceInvalid: it is no such document, an element is missing, strange or out of place, or the
            invoice has faults; each with its field
    """
    root = _parsed(body)
    invoice = _invoice(root)
    require_valid(invoice)
    for signature in root.findall(SIGNATURE):
        root.remove(signature)
    if _canonical(ET.tostring(root)) != _canonical(document_of(invoice)):
        _refuse(
            "TaxInvoice",
            "알 수 없는 요소가 있거나 요소의 순서나 표기가 표준과 다릅니다. 발급한 프로그램에서 다시 받으십시오.",
            "An element is not known, or stands or is written otherwise than the standard has it; get the document again.",
        )
    return invoice


def _refuse(field: str, ko: str, en: str) -> NoReturn:
    raise InvoiceInvalid([Problem("document", field, ko, en)])


def _canonical(body: bytes) -> str:
    return ET.canonicalize(body.decode(), strip_text=True, rewrite_prefixes=True)


def _parsed(body: bytes) -> ET.Element:
    if len(body) > DOCUMENT_BYTES_MOST:
        _refuse(
            "TaxInvoice",
            f"문서가 {DOCUMENT_BYTES_MOST}바이트를 넘습니다.",
            f"The document is larger than {DOCUMENT_BYTES_MOST} bytes.",
        )
    try:
        root: ET.Element = fromstring(body, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError):
        _refuse(
            "TaxInvoice",
            "XML로 읽을 수 없습니다. 파일이 깨지지 않았는지 확인하십시오.",
            "It cannot be read as XML; see whether the file is whole.",
        )
    if root.tag != f"{{{NAMESPACE}}}TaxInvoice":
        _refuse(
            "TaxInvoice",
            "전자세금계산서 표준 문서가 아닙니다.",
            "It is no document of the standard for tax invoices.",
        )
    return root


def _text(parent: ET.Element, path: str) -> str | None:
    element = parent.find(path, _NAMES)
    return None if element is None else (element.text or "")


def _field(parent: ET.Element, path: str) -> str:
    return f"{parent.tag.rpartition('}')[2]}/{path}"


def _value(parent: ET.Element, path: str, read_as: Callable[[str], Value]) -> Value:
    """Return what stands at the path, read as a value."""
    text = _text(parent, path)
    field = _field(parent, path)
    if text is None:
        _refuse(field, "필수 요소가 없습니다. 넣어 주십시오.", "The element is missing; add it.")
    try:
        return read_as(text)
    except ValueError:
        _refuse(
            field,
            f"값 {text[:40]!r}을(를) 읽을 수 없습니다. 표준의 형식으로 적어 주십시오.",
            f"The value {text[:40]!r} cannot be read; write it as the standard says.",
        )


def _maybe(parent: ET.Element, path: str, read_as: Callable[[str], Value]) -> Value | None:
    return None if _text(parent, path) is None else _value(parent, path, read_as)


def _won(text: str) -> int:
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit():
        raise ValueError(text)
    return whole_won(int(text))


def _day(text: str) -> date:
    if len(text) != 8:
        raise ValueError(text)
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a date of law has no zone


def _instant(text: str) -> datetime:
    if len(text) != 14:
        raise ValueError(text)
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=SEOUL)


def _only(parent: ET.Element, path: str) -> ET.Element:
    found = parent.find(path, _NAMES)
    if found is None:
        _refuse(path, "필수 요소가 없습니다. 넣어 주십시오.", "The element is missing; add it.")
    return found


def _invoice(root: ET.Element) -> Invoice:
    exchanged = _only(root, "ExchangedDocument")
    document = _only(root, "TaxInvoiceDocument")
    settlement = _only(root, "TaxInvoiceTradeSettlement")
    broker = settlement.find("BrokerParty", _NAMES)
    sums = "SpecifiedMonetarySummation"
    return Invoice(
        document=_value(document, "TypeCode", lambda code: Document(code[:2])),
        handling=_value(document, "TypeCode", lambda code: Handling(code[2:])),
        sent_at=_value(exchanged, "IssueDateTime", _instant),
        written_on=_value(document, "IssueDateTime", _day),
        purpose=_value(document, "PurposeCode", Purpose),
        supplier=_party(_only(settlement, "InvoicerParty")),
        buyer=_party(_only(settlement, "InvoiceeParty")),
        lines=tuple(_line(line) for line in root.findall("TaxInvoiceTradeLineItem", _NAMES)),
        charge=_split(settlement, f"{sums}/ChargeTotalAmount", f"{sums}/TaxTotalAmount"),
        grand_won=_value(settlement, f"{sums}/GrandTotalAmount", _won),
        issue_id=_value(document, "IssueID", str),
        management_id=_text(exchanged, "ID"),
        amendment=_amendment(document),
        remarks=tuple(remark.text or "" for remark in document.findall("DescriptionText", _NAMES)),
        broker=None if broker is None else _party(broker),
        paid_by=tuple(
            (_value(part, "TypeCode", Means), _value(part, "PaidAmount", _won))
            for part in settlement.findall("SpecifiedPaymentMeans", _NAMES)
        ),
    )


def _amendment(document: ET.Element) -> Amendment | None:
    reason = _maybe(document, "AmendmentStatusCode", Reason)
    if reason is None:
        return None
    return Amendment(reason, _value(document, "OriginalIssueID", str))


def _split(parent: ET.Element, supply: str, tax: str) -> Split:
    supply_won, vat_won = _value(parent, supply, _won), _value(parent, tax, _won)
    if supply_won * vat_won < 0:
        _refuse(
            _field(parent, tax),
            "공급가액과 세액의 부호가 다릅니다. 같은 부호로 적으십시오.",
            "Charge and tax differ in sign; give them one.",
        )
    return Split(supply_won, vat_won)


def _party(element: ET.Element) -> Party:
    contact = element.find("DefinedContact", _NAMES)
    if contact is None:
        contact = element.find("PrimaryDefinedContact", _NAMES)
    return Party(
        business_number=_value(element, "ID", str),
        name=_value(element, "NameText", str),
        representative=_value(element, "SpecifiedPerson/NameText", str),
        address=_text(element, "SpecifiedAddress/LineOneText"),
        business_type=_text(element, "TypeCode"),
        business_item=_text(element, "ClassificationCode"),
        sub_place=_text(element, "SpecifiedOrganization/TaxRegistrationID"),
        contact=_contact(contact),
        second_contact=_contact(element.find("SecondaryDefinedContact", _NAMES)),
    )


def _contact(element: ET.Element | None) -> Contact | None:
    if element is None:
        return None
    return Contact(
        email=_text(element, "URICommunication"),
        name=_text(element, "PersonNameText"),
        department=_text(element, "DepartmentNameText"),
        phone=_text(element, "TelephoneCommunication"),
    )


def _line(element: ET.Element) -> InvoiceLine:
    return InvoiceLine(
        name=_value(element, "NameText", str),
        amount=_split(element, "InvoiceAmount", "TotalTax/CalculatedAmount"),
        supplied_on=_maybe(element, "PurchaseExpiryDateTime", _day),
        specification=_text(element, "InformationText"),
        quantity=_maybe(element, "ChargeableUnitQuantity", _won),
        unit_price_won=_maybe(element, "UnitPrice/UnitAmount", _won),
        remark=_text(element, "DescriptionText"),
    )
