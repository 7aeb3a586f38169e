"""Invoices for tests, between companies that do not exist."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from billing.duties import SEOUL
from billing.money import Split, Taxation, split_of_supply
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
from billing.papers.numbers import approval_number

WRITTEN_ON = date(2026, 11, 20)
SENT_AT = datetime(2026, 11, 20, 15, 4, 5, tzinfo=SEOUL)
ISSUE_ID = approval_number(WRITTEN_ON, system="42999999", key="paper-1")

SUPPLIER = Party(
    business_number="0008100014",
    name="가상정밀 주식회사",
    representative="대표자",
    address="가상시 가상구 가상로 1",
    business_type="제조업",
    business_item='금형 <& "부품">',
    sub_place="0001",
    contact=Contact("tax@supplier.example", "담당자", "재무팀", "000-0000-0000"),
)
BUYER = Party(
    business_number="0008600023",
    name="가상소재 주식회사",
    representative="대표자",
    contact=Contact("tax@buyer.example"),
    second_contact=Contact("data@buyer.example"),
)
BROKER = Party(
    business_number="0008800032",
    name="가상거래소",
    representative="대표자",
    contact=Contact("tax@exchange.example"),
)


def a_line(supply_won: int, taxation: Taxation = Taxation.taxable, **more: Any) -> InvoiceLine:
    """A line for data, with its tax."""
    amount = split_of_supply(supply_won, taxation)
    return InvoiceLine("제조데이터 이용권", amount, WRITTEN_ON, "1판", 1, supply_won, **more)


def an_invoice(*lines: InvoiceLine, **more: Any) -> Invoice:
    """A valid tax invoice that was paid by transfer and is numbered."""
    lines = lines or (a_line(9_091), a_line(333, remark="비고"))
    charge = sum_of(lines)
    made = Invoice(
        document=Document.tax_invoice,
        handling=Handling.general,
        sent_at=SENT_AT,
        written_on=WRITTEN_ON,
        purpose=Purpose.received,
        supplier=SUPPLIER,
        buyer=BUYER,
        lines=lines,
        charge=charge,
        grand_won=charge.total_won,
        issue_id=ISSUE_ID,
        management_id="paper-1",
        remarks=("주문 20261120-0001",),
        paid_by=((Means.cash, charge.total_won),),
    )
    return replace(made, **more)


def exempt(*supplies_won: int, **more: Any) -> Invoice:
    """A valid invoice without tax."""
    lines = [a_line(won, Taxation.exempt) for won in supplies_won]
    return an_invoice(*lines, document=Document.exempt_invoice, **more)


def of(supply_won: int, vat_won: int) -> InvoiceLine:
    """A line with its amounts as they are said."""
    return replace(a_line(1), amount=Split(supply_won, vat_won))
