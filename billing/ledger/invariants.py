"""What must hold of the books at every moment. Each is one question that answers with its breaches."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

FAULTS_SHOWN: Final = 20


@dataclass(frozen=True)
class Invariant:
    """A sentence in two languages, and the query that finds where it does not hold."""

    code: str
    ko: str
    en: str
    breaches: str


@dataclass(frozen=True)
class Outcome:
    """What a query found: the number of breaches, and the first ones in words."""

    invariant: Invariant
    faults_count: int
    faults: tuple[str, ...]


def _never_below(account: str, *, by_matter: bool, owed: bool) -> str:
    """Return the query for balances on the wrong side of an account."""
    sign = "-" if owed else ""
    by = "p.party_id, t.matter_id" if by_matter else "p.party_id"
    named = "format('party %s matter %s: ', p.party_id, t.matter_id)"
    if not by_matter:
        named = "format('party %s: ', p.party_id)"
    return (
        f"select {named} || {sign}sum(p.amount_won) as fault from ledger_posting p"  # noqa: S608 - constants only
        " join ledger_transaction t on t.id = p.transaction_id"
        f" where p.account_code = '{account}' group by {by} having {sign}sum(p.amount_won) < 0"
    )


INVARIANTS: Final = (
    Invariant(
        "balanced",
        "거래마다 차변과 대변의 합이 같고 두 줄 이상입니다.",
        "Each transaction balances and has at least two lines.",
        "select format('transaction %s: %s won in %s lines', t.id, coalesce(sum(p.amount_won), 0),"
        " count(p.id)) as fault from ledger_transaction t"
        " left join ledger_posting p on p.transaction_id = t.id group by t.id"
        " having coalesce(sum(p.amount_won), 0) <> 0 or count(p.id) < 2",
    ),
    Invariant(
        "books_balanced",
        "장부 전체의 차변과 대변의 합이 같습니다.",
        "All postings together are nothing.",
        "select sum(amount_won) || ' won' as fault from ledger_posting having sum(amount_won) <> 0",
    ),
    Invariant(
        "parties_named",
        "상대방이 필요한 계정에는 상대방이 있고, 다른 계정에는 없습니다.",
        "A posting names a party exactly where its account asks for one.",
        "select format('posting %s on %s', p.id, p.account_code) as fault from ledger_posting p"
        " join ledger_account a on a.code = p.account_code"
        " where a.by_party <> (p.party_id is not null)",
    ),
    Invariant(
        "reversals_mirror",
        "취소 거래는 원거래를 정확히 반대로 적으며, 취소를 다시 취소하지 않습니다.",
        "A reversal is the exact opposite of what it reverses, and is never reversed.",
        "select format('transaction %s reverses %s', t.id, t.reverses_id) as fault"
        " from ledger_transaction t join ledger_transaction o on o.id = t.reverses_id"
        " where o.reverses_id is not null or exists (select 1 from ledger_posting p"
        " where p.transaction_id in (t.id, o.id)"
        " group by p.account_code, p.party_id having sum(p.amount_won) <> 0)",
    ),
    Invariant(
        "refunds_within_payments",
        "환불한 돈은 받은 돈을 넘지 않습니다.",
        "What was refunded of an order is at most what was received for it.",
        "select format('matter %s: %s won received less refunded', t.matter_id, sum(p.amount_won))"
        " as fault from ledger_posting p join ledger_transaction t on t.id = p.transaction_id"
        " left join ledger_transaction o on o.id = t.reverses_id"
        " where p.account_code in ('bank', 'gateway_clearing')"
        " and coalesce(o.source_kind, t.source_kind) in ('payment', 'refund_paid')"
        " group by t.matter_id having sum(p.amount_won) < 0",
    ),
    Invariant(
        "held_released_once",
        "보관한 대금은 받은 만큼만 풀립니다.",
        "What is held for a seller is released at most once.",
        _never_below("held_seller_payable", by_matter=True, owed=True),
    ),
    Invariant(
        "payouts_within_payable",
        "판매자에게 지급한 돈은 지급할 돈을 넘지 않습니다. 돌려받을 돈은 따로 적습니다.",
        "Payouts stay within what is payable; a clawback stands on its own account.",
        _never_below("seller_payable", by_matter=False, owed=True),
    ),
    Invariant(
        "refunds_paid_once",
        "환불은 정해진 만큼만 지급됩니다.",
        "A refund is paid at most as far as it was decided.",
        _never_below("refund_payable", by_matter=True, owed=True),
    ),
    Invariant(
        "clawback_within_debt",
        "판매자에게서 돌려받은 돈은 돌려받을 돈을 넘지 않습니다.",
        "A seller pays back at most what is owed.",
        _never_below("seller_clawback", by_matter=False, owed=False),
    ),
    Invariant(
        "receivable_within_debt",
        "구매자에게서 받은 돈은 받을 돈을 넘지 않습니다.",
        "A buyer pays at most what is owed.",
        _never_below("buyer_receivable", by_matter=False, owed=False),
    ),
)


async def examine(session: AsyncSession) -> list[Outcome]:
    """Ask every question of the books.

    Args:
        session: of the exchange itself or of its staff
    """
    return [await _ask(session, invariant) for invariant in INVARIANTS]


async def _ask(session: AsyncSession, invariant: Invariant) -> Outcome:
    question = f"select fault, count(*) over () from ({invariant.breaches}) f limit {FAULTS_SHOWN}"  # noqa: S608 - constants only
    rows = (await session.execute(text(question))).all()
    return Outcome(invariant, rows[0][1] if rows else 0, tuple(row[0] for row in rows))
