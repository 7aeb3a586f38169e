"""The checks of an invoice before it is issued, and of one that is read. Pure.

What the tax office's standard asks, field by field; a fault says where it stands and how to mend it.
"""

from collections.abc import Iterator
from typing import Final

from billing.money import Split
from billing.papers.documents import Handling, Invoice, InvoiceLine, Party, Reason, sum_of
from billing.papers.numbers import date_of_approval_number, is_approval_number, is_business_number
from billing.papers.problems import InvoiceInvalid, Problem
from billing.papers.texts import text_problems

LINES_MOST: Final = 99
REMARKS_MOST: Final = 3
MEANS_MOST: Final = 4
_ENTRUSTED: Final = frozenset({Handling.entrusted, Handling.zero_rated_entrusted})
_ZERO_RATED: Final = frozenset({Handling.zero_rated, Handling.zero_rated_entrusted})
_SUMS: Final = "TaxInvoiceTradeSettlement/SpecifiedMonetarySummation"
_DOCUMENT: Final = "TaxInvoiceDocument"


def require_valid(invoice: Invoice) -> None:
    """Let a valid invoice through.

    Raises:
        InvoiceInvalid: with every fault
    """
    if problems := problems_of(invoice):
        raise InvoiceInvalid(problems)


def problems_of(invoice: Invoice) -> list[Problem]:
    """Return every fault of an invoice; none for one that may be issued."""
    return [
        *_numbers(invoice),
        *_kinds(invoice),
        *_parties(invoice),
        *_sums(invoice),
        *_amendment(invoice),
        *_counts(invoice),
        *text_problems(invoice),
    ]


def _numbers(invoice: Invoice) -> Iterator[Problem]:
    if invoice.issue_id is not None and not is_approval_number(
        invoice.issue_id, invoice.written_on
    ):
        yield Problem(
            "issue_id",
            f"{_DOCUMENT}/IssueID",
            f"승인번호는 작성일자 {invoice.written_on:%Y%m%d}로 시작하는 24자여야 합니다.",
            f"The approval number has 24 characters and begins with the date {invoice.written_on:%Y%m%d}.",
        )


def _kinds(invoice: Invoice) -> Iterator[Problem]:
    exempt = invoice.document.value in {"03", "04"}
    if exempt and invoice.handling in _ZERO_RATED:
        yield Problem(
            "type_code",
            f"{_DOCUMENT}/TypeCode",
            "계산서에는 영세율이 없습니다. 일반(01)이나 위수탁(03)으로 바꾸십시오.",
            "An invoice without tax has no zero rate; use general (01) or entrusted (03).",
        )
    if invoice.without_tax and (
        invoice.charge.vat_won or any(line.amount.vat_won for line in invoice.lines)
    ):
        yield Problem(
            "tax_where_none_is",
            f"{_SUMS}/TaxTotalAmount",
            "계산서와 영세율 세금계산서의 세액은 0이어야 합니다. 세액을 지우거나 세금계산서로 발급하십시오.",
            "No tax stands on an invoice without tax or at zero rate; remove it or issue a tax invoice.",
        )
    if (invoice.handling in _ENTRUSTED) != (invoice.broker is not None):
        yield Problem(
            "broker",
            "TaxInvoiceTradeSettlement/BrokerParty",
            "수탁자는 위수탁(03, 05)일 때 반드시 있고, 다른 종류에는 없습니다.",
            "A broker stands on an entrusted paper (03, 05), and on no other; add or remove it.",
        )


def _parties(invoice: Invoice) -> Iterator[Problem]:
    for name, party in parties_of(invoice):
        yield from _party(name, party)
    if invoice.buyer.contact is None or not invoice.buyer.contact.email:
        yield Problem(
            "buyer_email",
            "TaxInvoiceTradeSettlement/InvoiceeParty/PrimaryDefinedContact/URICommunication",
            "공급받는 자의 전자우편 주소를 적어 주십시오. 세금계산서를 그 주소로 보냅니다.",
            "Name the buyer's mail address; the invoice is sent to it.",
        )


def parties_of(invoice: Invoice) -> list[tuple[str, Party]]:
    """Return the parties with the elements they stand in."""
    parties = [("InvoicerParty", invoice.supplier), ("InvoiceeParty", invoice.buyer)]
    if invoice.broker is not None:
        parties.append(("BrokerParty", invoice.broker))
    return [(f"TaxInvoiceTradeSettlement/{name}", party) for name, party in parties]


def _party(name: str, party: Party) -> Iterator[Problem]:
    if not is_business_number(party.business_number):
        yield Problem(
            "business_number",
            f"{name}/ID",
            f"사업자등록번호 {party.business_number}의 자릿수나 검증 숫자가 맞지 않습니다. 등록증을 확인하십시오.",
            f"The business number {party.business_number} has a wrong length or check digit; look at the certificate.",
        )
    if party.second_contact is not None and not name.endswith("InvoiceeParty"):
        yield Problem(
            "second_contact",
            f"{name}/SecondaryDefinedContact",
            "두 번째 연락처는 공급받는 자에게만 있습니다. 지우십시오.",
            "Only the buyer has a second contact; remove it.",
        )
    sub_place = party.sub_place
    if sub_place is not None and not (
        len(sub_place) == 4 and sub_place.isascii() and sub_place.isdigit()
    ):
        yield Problem(
            "sub_place",
            f"{name}/SpecifiedOrganization/TaxRegistrationID",
            "종사업장번호는 숫자 네 자리입니다.",
            "The number of a sub-place has four digits.",
        )


def _sums(invoice: Invoice) -> Iterator[Problem]:
    charge, lines = invoice.charge, sum_of_checked(invoice.lines)
    if invoice.grand_won != charge.total_won:
        yield Problem(
            "grand_total",
            f"{_SUMS}/GrandTotalAmount",
            f"합계 {invoice.grand_won}원이 공급가액과 세액의 합 {charge.total_won}원과 다릅니다.",
            f"The grand total {invoice.grand_won} is not charge and tax together, {charge.total_won}.",
        )
    if lines is None or lines.supply_won != charge.supply_won:
        yield Problem(
            "line_charges",
            f"{_SUMS}/ChargeTotalAmount",
            "품목 공급가액의 합이 공급가액 합계와 다릅니다. 품목이나 합계를 고치십시오.",
            "The lines' amounts are not the charge total; mend the lines or the total.",
        )
    if lines is None or lines.vat_won != charge.vat_won:
        yield Problem(
            "line_taxes",
            f"{_SUMS}/TaxTotalAmount",
            "품목 세액의 합이 세액 합계와 다릅니다. 품목이나 합계를 고치십시오.",
            "The lines' taxes are not the tax total; mend the lines or the total.",
        )
    if invoice.paid_by and sum(won for _, won in invoice.paid_by) != invoice.grand_won:
        yield Problem(
            "paid_amounts",
            "TaxInvoiceTradeSettlement/SpecifiedPaymentMeans/PaidAmount",
            f"결제 방법별 금액의 합이 합계 {invoice.grand_won}원과 다릅니다.",
            f"The amounts by means of payment are not the grand total {invoice.grand_won}.",
        )


def sum_of_checked(lines: tuple[InvoiceLine, ...]) -> Split | None:
    """Return the sum of the lines; None where supply value and tax differ in sign."""
    try:
        return sum_of(lines)
    except ValueError:
        return None


def _amendment(invoice: Invoice) -> Iterator[Problem]:
    amendment = invoice.amendment
    if invoice.amended != (amendment is not None):
        yield Problem(
            "amendment",
            f"{_DOCUMENT}/AmendmentStatusCode",
            "수정사유는 수정세금계산서(02)와 수정계산서(04)에 반드시 있고, 다른 종류에는 없습니다.",
            "A reason of amendment stands on an amended paper (02, 04), and on no other.",
        )
    if amendment is None:
        return
    if date_of_approval_number(amendment.original_issue_id) is None:
        yield Problem(
            "original_issue_id",
            f"{_DOCUMENT}/OriginalIssueID",
            "당초 승인번호는 날짜로 시작하는 24자입니다. 당초 세금계산서에서 옮겨 적으십시오.",
            "The original's approval number has 24 characters and begins with a date; copy it from there.",
        )
    if amendment.reason in {Reason.rescission, Reason.double_issue} and invoice.grand_won >= 0:
        yield Problem(
            "amended_sign",
            f"{_SUMS}/GrandTotalAmount",
            "계약의 해제(04)와 이중발급(06)은 음수로 적습니다. 부호를 바꾸십시오.",
            "A rescission (04) or double issue (06) is negative; turn the sign.",
        )


def _counts(invoice: Invoice) -> Iterator[Problem]:
    if not 1 <= len(invoice.lines) <= LINES_MOST:
        yield Problem(
            "line_count",
            "TaxInvoiceTradeLineItem",
            f"품목은 1개부터 {LINES_MOST}개까지입니다. 나누어 발급하십시오.",
            f"A paper has 1 to {LINES_MOST} lines; issue several.",
        )
    if len(invoice.remarks) > REMARKS_MOST:
        yield Problem(
            "remark_count",
            f"{_DOCUMENT}/DescriptionText",
            f"비고는 {REMARKS_MOST}개까지입니다.",
            f"A paper has at most {REMARKS_MOST} remarks.",
        )
    if len(invoice.paid_by) > MEANS_MOST or len({means for means, _ in invoice.paid_by}) < len(
        invoice.paid_by
    ):
        yield Problem(
            "means_count",
            "TaxInvoiceTradeSettlement/SpecifiedPaymentMeans",
            "결제 방법은 종류마다 한 번씩만 적습니다.",
            "Each means of payment stands once.",
        )
