"""Amended invoices: kinds 1, 2, 4, 6 with their signs, dates, references and deadlines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from billing.money import Split
from billing.papers.amendments import (
    NotAmendable,
    Sending,
    Way,
    amendment_due_on,
    change_price,
    correct,
    rescind,
    take_back_double,
    way_of_refund,
)
from billing.papers.checks import problems_of
from billing.papers.documents import Document, Invoice, InvoiceLine, Reason
from tests.billing.invoices import BUYER, ISSUE_ID, SENT_AT, WRITTEN_ON, an_invoice, exempt, of

LATER = SENT_AT + timedelta(days=40)
CHANGED_ON = date(2026, 12, 30)


def cut(original: Invoice, *lines: InvoiceLine, earlier: tuple[Invoice, ...] = ()) -> Invoice:
    return change_price(original, lines, changed_on=CHANGED_ON, sent_at=LATER, earlier=earlier)


def undone(original: Invoice, *earlier: Invoice) -> Invoice:
    return rescind(original, rescinded_on=CHANGED_ON, sent_at=LATER, earlier=earlier)


KINDS: dict[str, tuple[Callable[[Invoice], Invoice], Reason, date, int, bool]] = {
    # tax-and-payment 1.6: reason, date, grand total, original's date in the remarks
    "1 the original in full": (
        lambda original: correct(original, original, sent_at=LATER)[0],
        Reason.entry_error,
        WRITTEN_ON,
        -10_366,
        False,
    ),
    "1 the right paper": (
        lambda original: correct(original, original, sent_at=LATER)[1],
        Reason.entry_error,
        WRITTEN_ON,
        10_366,
        False,
    ),
    "2 less": (
        lambda original: cut(original, of(-1_000, -100)),
        Reason.price_change,
        CHANGED_ON,
        -1_100,
        True,
    ),
    "2 more": (
        lambda original: cut(original, of(1_000, 100)),
        Reason.price_change,
        CHANGED_ON,
        1_100,
        True,
    ),
    "4": (undone, Reason.rescission, CHANGED_ON, -10_366, True),
    "6": (
        lambda original: take_back_double(original, sent_at=LATER),
        Reason.double_issue,
        WRITTEN_ON,
        -10_366,
        False,
    ),
}


@pytest.mark.parametrize(
    ("amend", "reason", "written_on", "grand_won", "refers"), KINDS.values(), ids=list(KINDS)
)
def test_an_amended_paper_has_its_sign_date_and_reference(
    amend: Callable[[Invoice], Invoice],
    reason: Reason,
    written_on: date,
    grand_won: int,
    refers: bool,  # noqa: FBT001
) -> None:
    original = an_invoice()
    sheet = amend(original)

    assert sheet.type_code == "0201"
    assert sheet.amendment is not None
    assert (sheet.amendment.reason, sheet.amendment.original_issue_id) == (reason, ISSUE_ID)
    assert sheet.written_on == written_on
    assert sheet.grand_won == grand_won == sheet.charge.total_won
    assert (sheet.remarks == ("당초 작성일자 2026-11-20",)) is refers
    assert (sheet.issue_id, sheet.management_id, sheet.sent_at) == (None, None, LATER)
    assert (sheet.supplier, sheet.buyer) == (original.supplier, original.buyer)
    assert problems_of(sheet) == []


def test_an_invoice_without_tax_is_amended_by_its_own_kind() -> None:
    sheet = undone(exempt(10_000))
    assert sheet.type_code == "0401"
    assert sheet.charge == Split(-10_000, 0)
    assert problems_of(sheet) == []


def test_a_wrong_buyer_is_corrected_by_two_papers() -> None:
    original = an_invoice()
    right = replace(original, buyer=replace(BUYER, name="맞는 이름"))

    back, corrected = correct(original, right, sent_at=LATER)

    assert back.buyer.name == BUYER.name
    assert corrected.buyer.name == "맞는 이름"
    assert back.charge + corrected.charge == Split(0, 0)
    assert [line.quantity for line in back.lines] == [-1, -1]
    assert [line.unit_price_won for line in back.lines] == [9_091, 333]


def test_a_rescission_takes_what_earlier_changes_have_left() -> None:
    original = an_invoice()
    first = cut(original, of(-1_000, -100))
    second = cut(original, of(-333, -33), earlier=(first,))

    last = undone(original, first, second)

    whole = original.charge + first.charge + second.charge + last.charge
    assert whole == Split(0, 0)
    assert problems_of(last) == []
    with pytest.raises(NotAmendable, match="nothing is left"):
        undone(original, first, second, last)


def test_a_price_never_falls_below_nothing() -> None:
    original = an_invoice()
    first = cut(original, of(-9_000, -900))
    assert cut(original, of(-424, -42), earlier=(first,)).grand_won == -466
    with pytest.raises(NotAmendable, match="-1 won"):
        cut(original, of(-425, -42), earlier=(first,))
    with pytest.raises(NotAmendable, match="nothing"):
        cut(original, of(0, 0))


def test_an_original_has_a_number_and_is_no_amendment() -> None:
    with pytest.raises(NotAmendable, match="approval number"):
        undone(an_invoice(issue_id=None))
    sheet = replace(cut(an_invoice(), of(1_000, 100)), issue_id=ISSUE_ID)
    assert sheet.document is Document.amended_tax_invoice
    with pytest.raises(NotAmendable, match="amend the original"):
        undone(sheet)


@pytest.mark.parametrize(
    ("reason", "due"),
    [
        (Reason.price_change, date(2026, 10, 12)),  # the 10th is a Saturday
        (Reason.rescission, date(2026, 10, 12)),
        (Reason.entry_error, None),
        (Reason.double_issue, None),
    ],
)
def test_an_amended_paper_is_due_by_the_tenth_of_the_month_after_the_event(
    reason: Reason, due: date | None
) -> None:
    assert amendment_due_on(reason, date(2026, 9, 3)) == due


@pytest.mark.parametrize(
    ("sending", "whole", "part"),
    [
        # tax-and-payment 1.6, 10.4
        (Sending.issued, Way.cancel, Way.wait),
        (Sending.sending, Way.wait, Way.wait),
        (Sending.sent, Way.rescind, Way.change_price),
        (Sending.failed, Way.nothing, Way.issue_anew),
        (Sending.cancelled, Way.nothing, Way.nothing),
    ],
)
def test_what_a_refund_does_depends_on_how_far_the_paper_is(
    sending: Sending, whole: Way, part: Way
) -> None:
    assert way_of_refund(sending, whole=True) is whole
    assert way_of_refund(sending, whole=False) is part
