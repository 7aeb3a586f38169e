"""The exchange's own refunds, and the second person for large ones."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.db import now
from marketplace.members.oversight.acts import refuse_own, required
from marketplace.orders.disputes import closing
from marketplace.orders.disputes.models import DisputeState
from marketplace.orders.purchases.queries import locked
from marketplace.orders.refunds import queries
from marketplace.orders.refunds.deciding import Sale, decide, lines_of, lock_sale
from marketplace.orders.refunds.errors import OtherPersonNeeded, RefundCaseDecided
from marketplace.orders.refunds.making import Part, Wish, make
from marketplace.orders.refunds.models import CaseState, RefundCase, RefundReason
from marketplace.states import move

MACHINE = "refund_case"


async def make_by_operator(
    session: AsyncSession,
    actor: Principal,
    order_id: UUID,
    parts: Sequence[Part],
    *,
    reason: str,
    second_person_won: int,
) -> RefundCase:
    """Refund lines or parts of them by the exchange's own decision.

    Raises:
        ReasonMissing: no reason is given
        OwnAccount: the order is of the actor's own organization
        OrderNotFound, NothingToRefund, RefundExceedsLine: see there
    """
    note = required(reason)
    sale = await lock_sale(session, order_id)
    refuse_party(actor, sale)
    wish = Wish(RefundReason.operator, actor.user_id, note)
    return await make(session, sale, parts, wish, second_person_won=second_person_won)


def refuse_party(actor: Principal, sale: Sale) -> None:
    """Refuse to let somebody decide about a sale of the own organization.

    Raises:
        OwnAccount: it is
    """
    for organization_id in (
        sale.order.organization_id,
        *(line.seller_id for line in sale.lines.values()),
    ):
        refuse_own(actor, organization_id=organization_id)


async def approve(session: AsyncSession, actor: Principal, case_id: UUID) -> RefundCase:
    """Agree to a large refund as the second person; only now it moves anything.

    Raises:
        RefundCaseNotFound: there is none
        RefundCaseDecided: it waits no more
        OtherPersonNeeded: the actor made it
        NothingToRefund, RefundExceedsLine: less is left meanwhile
    """
    found = await queries.get_case(session, case_id)
    _refuse_first(found, actor)
    sale = await lock_sale(session, found.order_id)
    case = await _waiting(session, case_id)
    refuse_party(actor, sale)
    case.approved_by, case.decided_at = actor.user_id, now(session)
    await move(session, MACHINE, case, CaseState.decided, organization_id=case.organization_id)
    await decide(session, sale, case)
    return case


async def refuse(
    session: AsyncSession, actor: Principal, case_id: UUID, *, reason: str
) -> RefundCase:
    """Say no to a refund that waits for a second person; who made it may take it back so.

    Raises:
        ReasonMissing: no reason is given
        OwnAccount: the order is of the actor's own organization
        RefundCaseNotFound, RefundCaseDecided: see there
    """
    said = required(reason)
    found = await queries.get_case(session, case_id)
    refuse_own(actor, organization_id=found.organization_id)
    await locked(session, found.order_id)
    case = await _waiting(session, case_id)
    await move(
        session, MACHINE, case, CaseState.refused,
        organization_id=case.organization_id, reason=said,
    )  # fmt: skip
    for part in await lines_of(session, case.id):
        dispute = await closing.open_of(session, part.order_line_id)
        if dispute is not None and dispute.case_id == case.id:
            dispute.case_id = dispute.decided_by = dispute.decision = dispute.cut_won = None
            await move(
                session, closing.MACHINE, dispute, DisputeState.open,
                organization_id=dispute.organization_id, reason=said,
            )  # fmt: skip
    await record(
        session, "refund.refused", Thing("refund_case", case.id, case.organization_id),
        reason=said, facts={"amount_won": case.amount_won},
    )  # fmt: skip
    return case


def _refuse_first(case: RefundCase, actor: Principal) -> None:
    if case.state is not CaseState.waiting_second_person:
        raise RefundCaseDecided
    if case.decided_by == actor.user_id:
        raise OtherPersonNeeded


async def _waiting(session: AsyncSession, case_id: UUID) -> RefundCase:
    case = await queries.locked_case(session, case_id)
    if case.state is not CaseState.waiting_second_person:
        raise RefundCaseDecided
    return case
