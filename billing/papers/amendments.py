"""Amended invoices (수정세금계산서) of kinds 1, 2, 4 and 6: signs, dates and references. Pure.

Kinds 3 (return of goods) and 5 (letter of credit opened later) do not occur with data.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from billing.duties import issue_due_on
from billing.errors import BillingError
from billing.papers.documents import (
    Amendment,
    Document,
    Invoice,
    InvoiceLine,
    Reason,
    sum_of,
)

_AMENDED: Final = {
    Document.tax_invoice: Document.amended_tax_invoice,
    Document.exempt_invoice: Document.amended_exempt_invoice,
}


class NotAmendable(BillingError):
    """The paper cannot be amended so."""

    code = "tax_invoice_not_amendable"


class Sending(StrEnum):
    """How far a paper is on its way to the tax office."""

    issued = "issued"
    sending = "sending"
    sent = "sent"
    failed = "failed"
    cancelled = "cancelled"


class Way(StrEnum):
    """What a refund does to the paper of the supply."""

    cancel = "cancel"
    wait = "wait"
    rescind = "rescind"
    change_price = "change_price"
    issue_anew = "issue_anew"
    nothing = "nothing"


def way_of_refund(sending: Sending, *, whole: bool) -> Way:
    """Return what a refund does to the paper.

    Only a paper that the tax office has taken is amended. Before it is sent a whole refund cancels it, a part
    waits for its transmission; a paper that the tax office refused is void, so what is left is issued anew.

    Args:
        sending: how far the paper is
        whole: whether nothing is left of the supply
    """
    if sending is Sending.sent:
        return Way.rescind if whole else Way.change_price
    if sending is Sending.issued and whole:
        return Way.cancel
    if sending in {Sending.issued, Sending.sending}:
        return Way.wait
    if sending is Sending.failed and not whole:
        return Way.issue_anew
    return Way.nothing


def correct(original: Invoice, corrected: Invoice, *, sent_at: datetime) -> tuple[Invoice, Invoice]:
    """Kind 1, an entry was wrong: the original in full with a minus, and the right paper.

    Args:
        original: as it was issued
        corrected: as it should have been, by its own date
        sent_at: when both are made

    Source:
        부가가치세법 시행령 제70조제1항제5호: the first as it was issued, negative; the second as it is right
    """
    amendment = Amendment(Reason.entry_error, _issue_id(original))
    back = _sheet(original, amendment, sent_at, negated(original.lines))
    right = replace(
        corrected,
        document=back.document,
        amendment=amendment,
        sent_at=sent_at,
        issue_id=None,
        management_id=None,
    )
    return back, right


def change_price(
    original: Invoice,
    difference: Sequence[InvoiceLine],
    *,
    changed_on: date,
    sent_at: datetime,
    earlier: Sequence[Invoice] = (),
) -> Invoice:
    """Kind 2, the price has changed: the difference alone, more or less, by the date of the change.

    Args:
        difference: what is added (positive) or taken back (negative)
        changed_on: when the change arose: the day of a part refund
        earlier: papers that have amended the original before

    Raises:
        NotAmendable: nothing changes, or less than nothing would be left

    Source:
        부가가치세법 시행령 제70조제1항제3호
    """
    change = sum_of(difference)
    left_won = _left_won(original, earlier) + change.total_won
    if change.total_won == 0:
        raise NotAmendable("a change of nothing needs no paper")
    if left_won < 0:
        raise NotAmendable(f"the change would leave {left_won} won of the supply")
    amendment = Amendment(Reason.price_change, _issue_id(original))
    sheet = _sheet(original, amendment, sent_at, tuple(difference))
    return replace(sheet, written_on=changed_on, remarks=_reference(original))


def rescind(
    original: Invoice,
    *,
    rescinded_on: date,
    sent_at: datetime,
    earlier: Sequence[Invoice] = (),
) -> Invoice:
    """Kind 4, the contract was rescinded: all that is left with a minus, by the date of rescission.

    Args:
        rescinded_on: day of the rescission: of the whole refund
        earlier: papers that have changed the price before; what they took is not taken again

    Raises:
        NotAmendable: nothing is left

    Source:
        부가가치세법 시행령 제70조제1항제2호: 계약해제일 as the date (an older text, which some books still quote, had
        the original's), the original's date in the remarks
    """
    if _left_won(original, earlier) == 0:
        raise NotAmendable("nothing is left of the supply")
    lines = [*original.lines, *(line for sheet in earlier for line in sheet.lines)]
    amendment = Amendment(Reason.rescission, _issue_id(original))
    sheet = _sheet(original, amendment, sent_at, negated(lines))
    return replace(sheet, written_on=rescinded_on, remarks=_reference(original))


def take_back_double(original: Invoice, *, sent_at: datetime) -> Invoice:
    """Kind 6, issued twice or where none was due: in full with a minus, by the original's date.

    Args:
        original: the paper that should not be there: the second one, or one beside a card slip

    Source:
        부가가치세법 시행령 제70조제1항제7호, 제8호
    """
    amendment = Amendment(Reason.double_issue, _issue_id(original))
    return _sheet(original, amendment, sent_at, negated(original.lines))


def amendment_due_on(reason: Reason, event_on: date) -> date | None:
    """Return the last day to issue an amended paper; None where it is due as soon as it is noticed.

    Args:
        event_on: date of the change or rescission

    Source:
        부가가치세법 시행령 제70조제1항, 제34조제3항 of the act: the 10th of the month after the event
    """
    if reason in {Reason.price_change, Reason.rescission}:
        return issue_due_on(event_on)
    return None


def negated(lines: Sequence[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    """Return the lines with the opposite sign: amount and quantity, not the price of one."""
    return tuple(
        replace(
            line,
            amount=-line.amount,
            quantity=None if line.quantity is None else -line.quantity,
        )
        for line in lines
    )


def _sheet(
    original: Invoice, amendment: Amendment, sent_at: datetime, lines: tuple[InvoiceLine, ...]
) -> Invoice:
    if original.document not in _AMENDED:
        raise NotAmendable("an amended paper is not amended; amend the original")
    charge = sum_of(lines)
    return replace(
        original,
        document=_AMENDED[original.document],
        amendment=amendment,
        sent_at=sent_at,
        issue_id=None,
        management_id=None,
        remarks=(),
        lines=lines,
        charge=charge,
        grand_won=charge.total_won,
        paid_by=(),
    )


def _left_won(original: Invoice, earlier: Sequence[Invoice]) -> int:
    return original.grand_won + sum(sheet.grand_won for sheet in earlier)


def _issue_id(original: Invoice) -> str:
    if original.issue_id is None:
        raise NotAmendable("the original has no approval number; cancel it instead")
    return original.issue_id


def _reference(original: Invoice) -> tuple[str, ...]:
    """What the remarks of kinds 2 and 4 name: the original's date."""
    return (f"당초 작성일자 {original.written_on:%Y-%m-%d}",)
