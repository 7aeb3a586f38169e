"""The texts of an invoice: which must be there, how long they may be, which characters they have. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from billing.papers.documents import Contact, Invoice, InvoiceLine, Party
from billing.papers.problems import Problem

# What XML 1.0 cannot hold, and halves of pairs.
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Text:
    """A text with its place and its limit [characters]."""

    field: str
    value: str | None
    most: int
    required: bool = False


def text_problems(invoice: Invoice) -> Iterator[Problem]:
    """Yield what is wrong with the texts."""
    for text in _texts(invoice):
        yield from _problem(text)


def _problem(text: Text) -> Iterator[Problem]:
    value = text.value
    if not value or not value.strip():
        if text.required or value is not None:
            yield Problem(
                "text_missing",
                text.field,
                "비어 있습니다. 값을 적거나, 필요 없는 항목이면 지우십시오.",
                "It is empty; name it, or leave the element out where it is not needed.",
            )
    elif len(value) > text.most:
        yield Problem(
            "text_too_long",
            text.field,
            f"{len(value)}자입니다. {text.most}자까지 줄이십시오.",
            f"It has {len(value)} characters; shorten it to {text.most}.",
        )
    elif _FORBIDDEN.search(value) or value != value.strip():
        yield Problem(
            "text_characters",
            text.field,
            "앞뒤의 빈칸이나 문서에 쓸 수 없는 제어 문자가 있습니다. 지우십시오.",
            "It begins or ends with a blank, or has a control character; remove it.",
        )


def _texts(invoice: Invoice) -> Iterator[Text]:
    yield Text("ExchangedDocument/ID", invoice.management_id, 24)
    for remark in invoice.remarks:
        yield Text("TaxInvoiceDocument/DescriptionText", remark, 150)
    settlement = "TaxInvoiceTradeSettlement"
    yield from _party(f"{settlement}/InvoicerParty", invoice.supplier, "DefinedContact")
    yield from _party(f"{settlement}/InvoiceeParty", invoice.buyer, "PrimaryDefinedContact")
    if invoice.buyer.second_contact is not None:
        place = f"{settlement}/InvoiceeParty/SecondaryDefinedContact"
        yield from _contact(place, invoice.buyer.second_contact)
    if invoice.broker is not None:
        yield from _party(f"{settlement}/BrokerParty", invoice.broker, "DefinedContact")
    for number, line in enumerate(invoice.lines, 1):
        yield from _line(f"TaxInvoiceTradeLineItem[{number}]", line)


def _party(place: str, party: Party, contact: str) -> Iterator[Text]:
    yield Text(f"{place}/TypeCode", party.business_type, 40)
    yield Text(f"{place}/NameText", party.name, 70, required=True)
    yield Text(f"{place}/ClassificationCode", party.business_item, 40)
    yield Text(f"{place}/SpecifiedPerson/NameText", party.representative, 30, required=True)
    yield Text(f"{place}/SpecifiedAddress/LineOneText", party.address, 150)
    if party.contact is not None:
        yield from _contact(f"{place}/{contact}", party.contact)


def _contact(place: str, contact: Contact) -> Iterator[Text]:
    yield Text(f"{place}/DepartmentNameText", contact.department, 40)
    yield Text(f"{place}/PersonNameText", contact.name, 30)
    yield Text(f"{place}/TelephoneCommunication", contact.phone, 20)
    yield Text(f"{place}/URICommunication", contact.email, 40)


def _line(place: str, line: InvoiceLine) -> Iterator[Text]:
    yield Text(f"{place}/DescriptionText", line.remark, 100)
    yield Text(f"{place}/InformationText", line.specification, 60)
    yield Text(f"{place}/NameText", line.name, 100, required=True)
