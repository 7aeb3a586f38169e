"""The printed form of an invoice as people know it: blue for the buyer, red for the seller."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from billing.papers.documents import Document, Invoice, InvoiceLine, Means, Party, Purpose, Reason
from marketplace.documents.typesetting import pdf
from marketplace.members.registry.business_number import format_business_number

TEMPLATE: Final = Path(__file__).parent / "invoice.typ"
ROWS_LEAST: Final = 4


class Copy(StrEnum):
    """Whose copy: 공급받는자 보관용, 공급자 보관용."""

    buyer = "buyer"
    seller = "seller"


_COLOURS: Final = {Copy.buyer: "#1b4fa8", Copy.seller: "#c3262e"}
_KEEPERS: Final = {Copy.buyer: "공급받는자 보관용", Copy.seller: "공급자 보관용"}
_TITLES: Final = {
    Document.tax_invoice: "전자세금계산서",
    Document.amended_tax_invoice: "수정전자세금계산서",
    Document.exempt_invoice: "전자계산서",
    Document.amended_exempt_invoice: "수정전자계산서",
}
REASONS: Final = {
    Reason.entry_error: "기재사항 착오정정",
    Reason.price_change: "공급가액 변동",
    Reason.rescission: "계약의 해제",
    Reason.double_issue: "착오에 의한 이중발급",
}
_PURPOSES: Final = {Purpose.received: "영수", Purpose.claimed: "청구"}
_MEANS: Final = (Means.cash, Means.cheque, Means.note, Means.credit)


def form_of(invoice: Invoice, copy: Copy, *, stamp: str = "") -> bytes:
    """Return one copy of a paper as PDF/A-3b; blocks, so call it in a thread.

    Args:
        stamp: written across a paper that is none: drawn up, or cancelled
    """
    exempt = invoice.document in {Document.exempt_invoice, Document.amended_exempt_invoice}
    paid = dict(invoice.paid_by)
    amendment = invoice.amendment
    data = {
        "title": _TITLES[invoice.document],
        "keeper": _KEEPERS[copy],
        "colour": _COLOURS[copy],
        "stamp": stamp,
        "issue_id": _dashed(invoice.issue_id),
        "key": invoice.management_id or "",
        "exempt": exempt,
        "supplier": _party(invoice.supplier),
        "buyer": _party(invoice.buyer),
        "broker": _broker(invoice.broker) if invoice.broker else "",
        "written_on": f"{invoice.written_on:%Y/%m/%d}",
        "supply": _won(invoice.charge.supply_won),
        "vat": _won(invoice.charge.vat_won),
        "total": _won(invoice.grand_won),
        "reason": REASONS[amendment.reason] if amendment else "",
        "original": _dashed(amendment.original_issue_id) if amendment else "",
        "remarks": ", ".join(invoice.remarks),
        "lines": [_line(line, invoice.written_on, exempt=exempt) for line in invoice.lines],
        "blank": max(0, ROWS_LEAST - len(invoice.lines)),
        "means": [_won(paid[one]) if one in paid else "" for one in _MEANS],
        "purpose": _PURPOSES[invoice.purpose],
    }
    return pdf(TEMPLATE, data)


def _party(party: Party) -> dict[str, Any]:
    return {
        "number": format_business_number(party.business_number),
        "sub_place": party.sub_place or "",
        "name": party.name,
        "representative": party.representative,
        "address": party.address or "",
        "type": party.business_type or "",
        "item": party.business_item or "",
        "email": (party.contact.email if party.contact else "") or "",
    }


def _broker(party: Party) -> str:
    number = format_business_number(party.business_number)
    return f"{party.name} ({number}) {party.representative}"


def _line(line: InvoiceLine, written_on: date, *, exempt: bool) -> list[str]:
    on = line.supplied_on or written_on
    cells = [
        f"{on:%m}", f"{on:%d}", line.name, line.specification or "",
        "" if line.quantity is None else f"{line.quantity:,}",
        "" if line.unit_price_won is None else _won(line.unit_price_won),
        _won(line.amount.supply_won),
    ]  # fmt: skip
    return [*cells, *([] if exempt else [_won(line.amount.vat_won)]), line.remark or ""]


def _won(amount_won: int) -> str:
    return f"{amount_won:,}"


def _dashed(issue_id: str | None) -> str:
    """The approval number in its three groups, as people read it out."""
    return f"{issue_id[:8]}-{issue_id[8:16]}-{issue_id[16:]}" if issue_id else "발급 전"
