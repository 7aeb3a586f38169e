"""Drawing papers up: what is to be issued is written down before the provider hears of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.duties import issue_due_on, written_on
from billing.errors import BillingError
from billing.gateways.settling import PaymentState
from billing.money import Taxation
from billing.papers.documents import Document, Invoice, Party
from billing.papers.evidence import Method, NoInvoice, OperatorDecides, SellerTax, proof_of
from marketplace.audit import Thing, record
from marketplace.catalog.sellers.queries import tax_types_of
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.orders.delivery.models import Entitlement
from marketplace.orders.invoices.contents import kept, original_of
from marketplace.orders.invoices.models import GONE, PaperState, TaxInvoice
from marketplace.orders.payments.models import EvidenceKind, Payment
from marketplace.orders.purchases.models import Order, OrderLine, OrderState
from marketplace.orders.purchases.queries import lines_of, locked, number_of
from marketplace.states import move

MACHINE: Final = "tax_invoice"
_EXEMPT: Final = {Document.exempt_invoice, Document.amended_exempt_invoice}


class TaxTypeChanged(BillingError):
    """The seller is taxed otherwise today than when the order was placed."""

    code = "seller_tax_changed"


def made_at(paper: TaxInvoice) -> Thing:
    """Return a paper as the audit trail names it."""
    return Thing("tax_invoice", paper.id, paper.organization_id)


@dataclass(frozen=True)
class Cause:
    """Why a paper is drawn up besides the sale itself.

    Args:
        amends: the original that it amends
        case_id: the refund that caused it
    """

    amends: TaxInvoice | None = None
    case_id: UUID | None = None


async def draw_up(
    session: AsyncSession, order_id: UUID, *, broker: Party | None
) -> list[TaxInvoice]:
    """Draw the paper of each seller of a paid order up that has none yet, and have it issued.

    A seller whose lines were all paid back needs none. One who gives no invoice today gets a failed paper, which an
    operator sees to.

    Args:
        session: of the exchange itself
        broker: the exchange where it issues in the sellers' name
    """
    order = await locked(session, order_id)
    paid_on = await paid_by_deposit_on(session, order)
    if order.state is not OrderState.paid or paid_on is None:
        return []
    sellers: dict[UUID, list[OrderLine]] = {}
    for line in await lines_of(session, order.id):
        sellers.setdefault(line.seller_id, []).append(line)
    drawn = []
    for seller_id, lines in sellers.items():
        if not any(line.left_won for line in lines):
            continue
        if await standing_original(session, order.id, seller_id) is None:
            drawn.append(await draw_original(session, order, lines, broker=broker))
    return drawn


async def paid_by_deposit_on(session: AsyncSession, order: Order) -> date | None:
    """Return the day of the payment that an invoice proves; None where the order has no such payment."""
    payment = await session.scalar(
        select(Payment).where(
            col(Payment.order_id) == order.id,
            col(Payment.state).in_(
                [PaymentState.paid, PaymentState.partly_refunded, PaymentState.refunded]
            ),
            col(Payment.evidence) == EvidenceKind.invoice,
        )
    )
    if payment is None or payment.paid_at is None:
        return None
    return seoul_date(payment.paid_at)


async def standing_original(
    session: AsyncSession, order_id: UUID, seller_id: UUID
) -> TaxInvoice | None:
    """Return the original of a seller that stands, locked."""
    return await session.scalar(
        select(TaxInvoice)
        .where(
            col(TaxInvoice.order_id) == order_id,
            col(TaxInvoice.seller_id) == seller_id,
            col(TaxInvoice.amends_id).is_(None),
            col(TaxInvoice.ended_at).is_(None),
            col(TaxInvoice.state).not_in(GONE),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def draw_original(
    session: AsyncSession, order: Order, lines: Sequence[OrderLine], *, broker: Party | None
) -> TaxInvoice:
    """Draw the original of one seller of a locked order up; dated by the day on which the data could be used."""
    opened_at = await session.scalar(
        select(func.min(Entitlement.granted_at)).where(
            col(Entitlement.order_line_id).in_([line.id for line in lines])
        )
    )
    assert opened_at is not None, "what is paid was given"
    paid_on = await paid_by_deposit_on(session, order)
    assert paid_on is not None, "the caller has looked"
    on = written_on(opened_at, invoiced_ahead_on=None, paid_on=paid_on)
    content = original_of(order, lines, broker=broker, written_on=on, sent_at=now(session))
    paper = await keep(session, order, lines[0].seller_id, content, issue_due_on(on))
    try:
        await require_evidence(session, paper)
    except (NoInvoice, OperatorDecides, TaxTypeChanged) as error:
        await fail(session, paper, error.code)
    return paper


async def keep(
    session: AsyncSession,
    order: Order,
    seller_id: UUID,
    content: Invoice,
    due_on: date | None,
    cause: Cause = Cause(),
) -> TaxInvoice:
    """Keep a paper under a number of its own, and have it issued.

    Args:
        order: locked, so that no two papers get one number
        due_on: the last day to issue it; today where it is due as soon as it is noticed
    """
    count = await session.scalar(
        select(func.count()).where(col(TaxInvoice.order_id) == order.id).select_from(TaxInvoice)
    )
    key = f"{number_of(order)}-{(count or 0) + 1}"
    amendment = content.amendment
    paper = TaxInvoice(
        order_id=order.id,
        organization_id=order.organization_id,
        seller_id=seller_id,
        document=content.document,
        key=key,
        written_on=content.written_on,
        issue_due_on=due_on or seoul_date(now(session)),
        supply_won=content.charge.supply_won,
        vat_won=content.charge.vat_won,
        amends_id=cause.amends.id if cause.amends else None,
        reason=amendment.reason if amendment else None,
        case_id=cause.case_id,
        content=kept(replace(content, management_id=key)),
        made_at=now(session),
    )
    session.add(paper)
    await session.flush()
    await record(
        session, "invoice.drawn_up", made_at(paper),
        facts={"key": key, "total_won": content.grand_won, "reason": paper.reason},
    )  # fmt: skip
    await enqueue(session, "invoices.issue", invoice_id=str(paper.id))
    return paper


async def require_evidence(session: AsyncSession, paper: TaxInvoice) -> None:
    """Let a paper through that its seller may give today.

    Raises:
        NoInvoice: the seller gives receipts alone
        OperatorDecides: the register does not say how the seller is taxed
        TaxTypeChanged: the seller is taxed otherwise than when the order was placed

    Source:
        DOMAIN B2: the kind follows the seller's tax type, asked again on the day of issue
    """
    tax_types = await tax_types_of(session, [paper.seller_id])
    tax = SellerTax(tax_types[paper.seller_id])
    proof = proof_of(Method.transfer, tax)
    if (proof.taxation is Taxation.exempt) != (paper.document in _EXEMPT):
        raise TaxTypeChanged(f"tax type {tax.value} today")


async def fail(session: AsyncSession, paper: TaxInvoice, why: str) -> None:
    """Keep that a paper could not be issued or sent, and alarm the operator.

    Args:
        paper: locked
    """
    paper.failure = why[:1000]
    await step(session, paper, PaperState.failed, reason=paper.failure)
    await record(session, "invoice.failed", made_at(paper), facts={"key": paper.key, "why": why})
    await enqueue(session, "invoices.tell_failed", invoice_id=str(paper.id))


async def step(
    session: AsyncSession, paper: TaxInvoice, state: PaperState, *, reason: str | None = None
) -> None:
    """Take a step of a locked paper."""
    await move(session, MACHINE, paper, state, organization_id=paper.organization_id, reason=reason)
