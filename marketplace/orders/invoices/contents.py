"""What stands on the paper of a sale, made of what the order froze; and how it is kept in the table. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from billing.money import Split, Taxation
from billing.papers.documents import (
    Contact,
    Document,
    Handling,
    Invoice,
    InvoiceLine,
    Means,
    Party,
    Purpose,
    sum_of,
)
from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.purchases.queries import number_of

# What the standard document allows [characters, lines].
NAME_MOST: Final = 100
SPECIFICATION_MOST: Final = 60
TRADE_MOST: Final = 40
ADDRESS_MOST: Final = 150
PHONE_MOST: Final = 20
EMAIL_MOST: Final = 40
LINES_MOST: Final = 99
_HANDLING: Final = {
    (False, False): Handling.general,
    (True, False): Handling.zero_rated,
    (False, True): Handling.entrusted,
    (True, True): Handling.zero_rated_entrusted,
}
DOCUMENT_OF: Final = {
    Taxation.taxable: Document.tax_invoice,
    Taxation.zero_rated: Document.tax_invoice,
    Taxation.exempt: Document.exempt_invoice,
}


def original_of(
    order: Order,
    lines: Sequence[OrderLine],
    *,
    broker: Party | None,
    written_on: date,
    sent_at: datetime,
) -> Invoice:
    """Return the paper of the lines of one seller.

    Args:
        broker: who issues it in the seller's name; None where the seller does
        written_on: the date that the paper bears
        sent_at: when it is drawn up
    """
    taxation = lines[0].taxation
    items = _lines_of([(line, line.paid) for line in lines], written_on)
    charge = sum_of(items)
    zero_rated = taxation is Taxation.zero_rated
    return Invoice(
        document=DOCUMENT_OF[taxation],
        handling=_HANDLING[zero_rated, broker is not None],
        sent_at=sent_at,
        written_on=written_on,
        purpose=Purpose.received,
        supplier=supplier_of(lines[0]),
        buyer=buyer_of(order),
        lines=items,
        charge=charge,
        grand_won=charge.total_won,
        remarks=(f"주문 {number_of(order)}",),
        broker=broker,
        paid_by=((Means.cash, charge.total_won),),
    )


def without(
    lines: Sequence[OrderLine], taken: Mapping[UUID, Split], written_on: date
) -> tuple[InvoiceLine, ...]:
    """Return what is left of lines of which something was taken back."""
    left = [(line, line.paid + -taken.get(line.id, Split(0, 0))) for line in lines]
    return _lines_of([(line, amount) for line, amount in left if amount.total_won], written_on)


def difference_of(
    lines: Sequence[OrderLine], taken: Mapping[UUID, Split], changed_on: date
) -> tuple[InvoiceLine, ...]:
    """Return what a part refund takes back, as negative lines.

    Args:
        taken: by line, positive
    """
    return _lines_of(
        [(line, -taken[line.id]) for line in lines if line.id in taken], changed_on, counted=False
    )


def with_lines(invoice: Invoice, lines: tuple[InvoiceLine, ...]) -> Invoice:
    """Return a paper with other lines and its sums after them."""
    charge = sum_of(lines)
    paid_by = ((Means.cash, charge.total_won),) if invoice.paid_by else ()
    return replace(invoice, lines=lines, charge=charge, grand_won=charge.total_won, paid_by=paid_by)


def condensed(lines: Sequence[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    """Return at most as many lines as a paper holds; the last one sums the others up."""
    if len(lines) <= LINES_MOST:
        return tuple(lines)
    rest = lines[LINES_MOST - 1 :]
    more = f" 외 {len(rest) - 1}건"
    name = rest[0].name[: NAME_MOST - len(more)] + more
    return (*lines[: LINES_MOST - 1], InvoiceLine(name, sum_of(rest), rest[0].supplied_on))


def supplier_of(line: OrderLine) -> Party:
    """Return the seller of a line as it was frozen; what need not stand there is cut to what fits."""
    email = line.seller_email if len(line.seller_email) <= EMAIL_MOST else None
    return Party(
        business_number=line.seller_number,
        name=line.seller_name,
        representative=line.seller_representative,
        address=_fit(line.seller_address, ADDRESS_MOST),
        business_type=_fit(line.seller_business_type, TRADE_MOST),
        business_item=_fit(line.seller_business_item, TRADE_MOST),
        contact=Contact(email=email or None, phone=_fit(line.seller_phone, PHONE_MOST)),
    )


def buyer_of(order: Order) -> Party:
    """Return the buyer of an order as it was frozen; its mail address must fit."""
    return Party(
        business_number=order.organization_number,
        name=order.organization_name,
        representative=order.organization_representative,
        address=_fit(order.organization_address, ADDRESS_MOST),
        business_type=_fit(order.organization_business_type, TRADE_MOST),
        business_item=_fit(order.organization_business_item, TRADE_MOST),
        contact=Contact(email=order.invoice_email),
    )


def kept(invoice: Invoice) -> dict[str, Any]:
    """Return a paper as the table keeps it."""
    found: dict[str, Any] = msgspec.to_builtins(invoice)
    return found


def read_kept(content: Mapping[str, Any]) -> Invoice:
    """Return the paper that the table keeps."""
    return msgspec.convert(content, Invoice)


def _fit(value: str, most: int) -> str | None:
    return value.strip()[:most].strip() or None


def _lines_of(
    amounts: Sequence[tuple[OrderLine, Split]], on: date, *, counted: bool = True
) -> tuple[InvoiceLine, ...]:
    """Return a line for each product."""
    return condensed([_line(line, amount, on, counted=counted) for line, amount in amounts])


def _line(line: OrderLine, amount: Split, on: date, *, counted: bool) -> InvoiceLine:
    return InvoiceLine(
        name=line.title_ko.strip()[:NAME_MOST].strip(),
        amount=amount,
        supplied_on=on,
        specification=f"상품 {line.product_number}, {line.version_number}판"[:SPECIFICATION_MOST],
        quantity=1 if counted else None,
        unit_price_won=amount.supply_won if counted else None,
    )
