"""Making a case: what goes back of which lines, and whether a second person has to agree first."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.orders.refunds.deciding import Sale, decide, split_of
from marketplace.orders.refunds.errors import NothingToRefund
from marketplace.orders.refunds.models import CaseState, RefundCase, RefundLine, RefundReason


@dataclass(frozen=True)
class Part:
    """What goes back of a line; everything that is left where no amount is named [won]."""

    line_id: UUID
    amount_won: int | None = None


@dataclass(frozen=True)
class Wish:
    """Why something goes back, and who says so."""

    reason: RefundReason
    actor_id: UUID | None
    note: str = ""


async def make(
    session: AsyncSession,
    sale: Sale,
    parts: Sequence[Part],
    wish: Wish,
    *,
    second_person_won: int | None = None,
) -> RefundCase:
    """Make a refund of a locked sale: decided at once, or after a second person agrees.

    Args:
        session: of the exchange itself
        parts: each line once
        second_person_won: above this the case waits [won]; None where one person decides

    Raises:
        NothingToRefund: no such line, nothing is left of it, or a line is named twice
        RefundExceedsLine: more than is left of a line
    """
    wanted = amounts_of(sale, parts)
    amount_won = sum(wanted.values())
    waits = second_person_won is not None and amount_won > second_person_won
    case = RefundCase(
        order_id=sale.order.id, organization_id=sale.order.organization_id,
        payment_id=sale.payment.id, reason=wish.reason, note=wish.note, amount_won=amount_won,
        decided_by=wish.actor_id,
        state=CaseState.waiting_second_person if waits else CaseState.decided,
        decided_at=None if waits else now(session),
    )  # fmt: skip
    await keep(session, sale, case, wanted)
    if not waits:
        await decide(session, sale, case)
        return case
    await enqueue(session, "refunds.tell_waiting", case_id=str(case.id))
    await record(
        session, "refund.proposed", Thing("refund_case", case.id, case.organization_id),
        reason=case.note or None,
        facts={"order_id": str(case.order_id), "amount_won": amount_won},
    )  # fmt: skip
    return case


def amounts_of(sale: Sale, parts: Sequence[Part]) -> dict[UUID, int]:
    """Return the amounts by line [won].

    Raises:
        NothingToRefund: no such line, nothing is left of it, or a line is named twice
    """
    found: dict[UUID, int] = {}
    for part in parts:
        left_won = sale.left_of(part.line_id)
        if left_won == 0 or part.line_id in found:
            raise NothingToRefund
        found[part.line_id] = left_won if part.amount_won is None else part.amount_won
    if not found:
        raise NothingToRefund
    return found


async def keep(
    session: AsyncSession, sale: Sale, case: RefundCase, amounts_won: dict[UUID, int]
) -> None:
    """Save a case with its lines.

    Raises:
        RefundExceedsLine: more than is left of a line
    """
    session.add(case)
    await session.flush()
    for line_id, amount_won in amounts_won.items():
        line = sale.lines[line_id]
        split = split_of(line, amount_won)
        session.add(
            RefundLine(
                case_id=case.id, order_line_id=line.id, organization_id=line.organization_id,
                seller_id=line.seller_id, supply_won=split.supply_won, vat_won=split.vat_won,
            )
        )  # fmt: skip
    await session.flush()
