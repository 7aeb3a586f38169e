"""Settlements as the API and the pages show them."""

from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from billing.ledger.queries import AccountTotals
from marketplace.orders.settlements import queries
from marketplace.orders.settlements.importing import Imported
from marketplace.orders.settlements.models import (
    FeeInvoice,
    Payout,
    Settlement,
    SettlementPeriod,
)
from marketplace.orders.settlements.queries import SettledLine
from marketplace.orders.settlements.schemas import (
    AccountOut,
    FeeInvoiceOut,
    ImportedOut,
    PeriodOut,
    SettledLineOut,
    SettlementOut,
    TakenOut,
)


def period_out(period: SettlementPeriod) -> PeriodOut:
    """Shape a month."""
    return convert(period, PeriodOut, from_attributes=True)


def out_of(
    settlement: Settlement,
    *,
    payout: Payout | None = None,
    invoice: FeeInvoice | None = None,
    lines: list[SettledLine] | None = None,
) -> SettlementOut:
    """Shape a settlement with what belongs to it."""
    assert settlement.drafted_at is not None, "a saved row has its time"
    return SettlementOut(
        id=settlement.id, number=settlement.number, month=f"{settlement.begins_on:%Y-%m}",
        begins_on=settlement.begins_on, ends_on=settlement.ends_on,
        seller_id=settlement.organization_id, seller_name=settlement.seller_name,
        seller_number=settlement.seller_number, state=settlement.state,
        gross_won=settlement.gross_won, fee_bps=settlement.fee_bps, fee_base=settlement.fee_base,
        fee_supply_won=settlement.fee_supply_won, fee_vat_won=settlement.fee_vat_won,
        fee_won=settlement.fee_won, set_off_won=settlement.set_off_won,
        carried_in_won=settlement.carried_in_won, paid_won=settlement.paid_won,
        carried_out_won=settlement.carried_out_won, carry_reason=settlement.carry_reason,
        debt_left_won=settlement.debt_left_won, drafted_at=settlement.drafted_at,
        first_approved_at=settlement.first_approved_at, approved_at=settlement.approved_at,
        paid_at=settlement.paid_at, paid_on=payout.paid_on if payout else None,
        fee_invoice=convert(invoice, FeeInvoiceOut, from_attributes=True) if invoice else None,
        lines=[convert(one, SettledLineOut, from_attributes=True) for one in lines or []],
    )  # fmt: skip


async def whole(session: AsyncSession, settlement: Settlement) -> SettlementOut:
    """Return a settlement with its lines, its payout and the exchange's invoice."""
    return out_of(
        settlement,
        payout=await queries.find_payout(session, settlement.id),
        invoice=await queries.find_fee_invoice(session, settlement.id),
        lines=await queries.lines_with_sales(session, settlement.id),
    )


def imported_out(done: Imported) -> ImportedOut:
    """Shape what a statement brought."""
    return ImportedOut(
        done.other_count,
        done.known_count,
        [
            TakenOut(
                booked_on=one.line.booked_on, amount_won=one.line.amount_won,
                description=one.line.description, number=f"S{one.line.sequence:06d}",
                expected_won=one.settlement.paid_won if one.settlement else None,
                outcome=one.outcome,
            )
            for one in done.taken
        ],
    )  # fmt: skip


def account_out(account: AccountTotals) -> AccountOut:
    """Shape an account of the books."""
    return convert(account, AccountOut, from_attributes=True)
