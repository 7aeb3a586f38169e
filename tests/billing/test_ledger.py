"""Posting once, reversing once, balances from postings; on real PostgreSQL with real commits."""

import asyncio
import dataclasses
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text

from billing.ledger import movements
from billing.ledger.entries import Account, Entry, Source, credit, debit
from billing.ledger.errors import (
    AlreadyReversed,
    LedgerError,
    SourceTaken,
    TransactionMissing,
)
from billing.ledger.invariants import INVARIANTS, examine
from billing.ledger.models import Side
from billing.ledger.queries import balance, trial_balance
from billing.ledger.service import lines_of, post, reverse
from billing.money import Split
from marketplace.db import Database, Scope, now
from tests.billing.books import BUYER, ORDER, SELLER, an_entry

SYSTEM = Scope.system()
OTHER = UUID("00000000-0000-4000-8000-0000000000c2")


async def posted(database: Database, *entries: Entry) -> list[int]:
    """Post each entry in a transaction of its own."""
    numbers = []
    for entry in entries:
        async with database.transaction(SYSTEM) as session:
            numbers.append(await post(session, entry))
    return numbers


async def balances(database: Database) -> dict[str, int]:
    async with database.transaction(Scope("staff")) as session:
        totals = await trial_balance(session)
        assert sum(row.debit_won for row in totals) == sum(row.credit_won for row in totals)
        return {row.code: row.balance_won for row in totals if row.debit_won or row.credit_won}


async def breaches(database: Database) -> dict[str, int]:
    async with database.transaction(Scope("staff")) as session:
        found = await examine(session)
    assert len(found) == len(INVARIANTS)
    return {o.invariant.code: o.faults_count for o in found if o.faults_count}


async def test_an_entry_is_posted_once_however_often_it_is_told(
    database: Database, clean: None
) -> None:
    numbers = await posted(database, an_entry(1), an_entry(1), an_entry(2))

    assert numbers[0] == numbers[1] != numbers[2]
    assert await balances(database) == {"gateway_clearing": 22_000, "held_seller_payable": 22_000}


async def test_lines_in_another_order_are_the_same_entry(database: Database, clean: None) -> None:
    entry = an_entry(1)
    turned = dataclasses.replace(entry, lines=entry.lines[::-1])

    first, second = await posted(database, entry, turned)

    assert first == second


@pytest.mark.parametrize(
    "change", [{"matter_id": BUYER}, {"lines": an_entry(1, 12_000).lines}], ids=["matter", "lines"]
)
async def test_a_source_says_one_thing(
    database: Database, clean: None, change: dict[str, object]
) -> None:
    await posted(database, an_entry(1))

    with pytest.raises(SourceTaken):
        await posted(database, dataclasses.replace(an_entry(1), **change))  # type: ignore[arg-type]

    assert await balances(database) == {"gateway_clearing": 11_000, "held_seller_payable": 11_000}


async def test_a_reversal_is_the_opposite_and_happens_once(database: Database, clean: None) -> None:
    (number,) = await posted(database, an_entry(1))
    back = Source("taken_back", "1")
    async with database.transaction(SYSTEM) as session:
        reversal = await reverse(session, number, back)
    async with database.transaction(SYSTEM) as session:
        again = await reverse(session, number, back)
        before, after = await lines_of(session, number), await lines_of(session, reversal)

    assert again == reversal
    assert after == [dataclasses.replace(line, amount_won=-line.amount_won) for line in before]
    assert set((await balances(database)).values()) == {0}
    for refused, error in [(number, AlreadyReversed), (reversal, AlreadyReversed)]:
        with pytest.raises(error):
            async with database.transaction(SYSTEM) as session:
                await reverse(session, refused, Source("taken_back", "2"))
    assert await breaches(database) == {}


async def test_only_what_is_there_is_reversed(database: Database, clean: None) -> None:
    with pytest.raises(TransactionMissing):
        async with database.transaction(SYSTEM) as session:
            await reverse(session, 404, Source("taken_back", "1"))


async def test_a_source_of_a_payment_reverses_nothing(database: Database, clean: None) -> None:
    first, _ = await posted(database, an_entry(1), an_entry(2))
    with pytest.raises(SourceTaken):
        async with database.transaction(SYSTEM) as session:
            await reverse(session, first, Source("payment", "2"))


async def test_what_was_posted_goes_with_the_callers_transaction(
    database: Database, clean: None
) -> None:
    async def post_and_fail() -> None:
        async with database.transaction(SYSTEM) as session:
            await post(session, an_entry(1))
            await reverse(session, 404, Source("taken_back", "1"))

    with pytest.raises(LedgerError):
        await post_and_fail()

    assert await balances(database) == {}


async def test_balances_are_by_party_and_by_matter(database: Database, clean: None) -> None:
    order = uuid4()
    await posted(
        database,
        movements.paid(
            uuid4(), ORDER, {SELLER: 11_000, OTHER: 22_000}, into=Account.gateway_clearing
        ),
        movements.paid(uuid4(), order, {SELLER: 5_500}, into=Account.bank),
    )
    async with database.transaction(Scope("staff")) as session:
        held = Account.held_seller_payable
        assert await balance(session, held) == 38_500
        assert await balance(session, held, party_id=SELLER) == 16_500
        assert await balance(session, held, party_id=SELLER, matter_id=order) == 5_500
        assert await balance(session, Account.bank, matter_id=ORDER) == 0
        assert await balance(session, Account.seller_payable, party_id=uuid4()) == 0


async def test_a_trial_balance_is_of_any_instant(database: Database, clean: None) -> None:
    await posted(database, an_entry(1))
    async with database.transaction(SYSTEM) as session:
        at = now(session)
    await posted(database, an_entry(2))
    async with database.transaction(Scope("staff")) as session:
        earlier = {row.code: row for row in await trial_balance(session, until=at)}
        later = await trial_balance(session, until=at + timedelta(hours=1))

    assert earlier["gateway_clearing"].debit_won == 11_000
    assert earlier["held_seller_payable"].balance_won == 11_000
    assert [row.side for row in later] == sorted(row.side for row in later)
    assert {row.side for row in later} == set(Side)
    assert {row.code for row in later} == set(Account)


async def test_an_order_from_payment_to_payout(database: Database, clean: None) -> None:
    settlement, fee = uuid4(), Split(1_000, 100)
    await posted(
        database,
        movements.paid(
            uuid4(), ORDER, {SELLER: 11_000, OTHER: 22_000}, into=Account.gateway_clearing
        ),
        movements.accepted(uuid4(), ORDER, SELLER, 11_000),
        movements.fee_charged(uuid4(), settlement, SELLER, fee),
        movements.gateway_settled(uuid4(), gross_won=33_000, fee_won=330),
        movements.refund_decided(
            refund := uuid4(), ORDER, BUYER, [(Account.held_seller_payable, OTHER, 22_000)]
        ),
        movements.refund_paid(refund, ORDER, BUYER, 22_000, out_of=Account.bank),
        movements.paid_out(uuid4(), settlement, SELLER, 9_900),
        # Refunded after the payout: the seller owes it, and the next settlement takes it.
        movements.refund_decided(
            late := uuid4(), ORDER, BUYER, [(Account.seller_clawback, SELLER, 5_500)]
        ),
        movements.refund_paid(late, ORDER, BUYER, 5_500, out_of=Account.bank),
        movements.paid(uuid4(), ORDER, {SELLER: 8_000}, into=Account.bank),
        movements.accepted(uuid4(), ORDER, SELLER, 8_000),
        movements.set_off(uuid4(), SELLER, 5_500),
    )

    assert {code: won for code, won in (await balances(database)).items() if won} == {
        "bank": 33_000 - 330 - 22_000 - 9_900 - 5_500 + 8_000,
        "gateway_fee": 330,
        "seller_payable": 2_500,
        "vat_payable": 100,
        "fee_income": 1_000,
    }
    assert await breaches(database) == {}


@pytest.mark.parametrize(
    ("entries", "broken"),
    [
        (
            [
                an_entry(1),
                movements.refund_decided(
                    ORDER, ORDER, BUYER, [(Account.seller_clawback, SELLER, 12_000)]
                ),
                movements.refund_paid(ORDER, ORDER, BUYER, 12_000, out_of=Account.bank),
            ],
            {"refunds_within_payments": 1},
        ),
        (
            [an_entry(1), movements.accepted(ORDER, ORDER, SELLER, 11_001)],
            {"held_released_once": 1},
        ),
        ([movements.paid_out(ORDER, ORDER, SELLER, 1)], {"payouts_within_payable": 1}),
        (
            [
                an_entry(1),
                movements.refund_paid(ORDER, ORDER, BUYER, 1, out_of=Account.gateway_clearing),
            ],
            {"refunds_paid_once": 1},
        ),
        (
            [
                an_entry(1),
                movements.accepted(ORDER, ORDER, SELLER, 11_000),
                movements.set_off(ORDER, SELLER, 1),
            ],
            {"clawback_within_debt": 1},
        ),
        (
            [
                Entry(
                    Source("receipt", "1"),
                    ORDER,
                    (debit(Account.bank, 5), credit(Account.buyer_receivable, 5, BUYER)),
                )
            ],
            {"receivable_within_debt": 1},
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_each_rule_of_money_finds_its_breach(
    database: Database, clean: None, entries: list[Entry], broken: dict[str, int]
) -> None:
    await posted(database, *entries)
    assert await breaches(database) == broken


@pytest.mark.parametrize(
    ("damage", "broken"),
    [
        (
            "update ledger_posting set amount_won = amount_won + 1 where amount_won > 0",
            {"balanced", "books_balanced", "reversals_mirror"},
        ),
        (
            "delete from ledger_posting where amount_won < 0",
            {"balanced", "books_balanced"},
        ),
        (
            "update ledger_posting set party_id = gen_random_uuid() where party_id is null",
            {"parties_named", "reversals_mirror"},
        ),
        (
            (
                "update ledger_transaction set reverses_id = (select max(id) from ledger_transaction)"
                " where reverses_id is null"
            ),
            {"reversals_mirror"},
        ),
    ],
)
async def test_damage_past_the_triggers_is_found(
    database: Database, admin: psycopg.Connection, clean: None, damage: str, broken: set[str]
) -> None:
    (number,) = await posted(database, an_entry(1))
    async with database.transaction(SYSTEM) as session:
        await reverse(session, number, Source("taken_back", "1"))
    assert await breaches(database) == {}
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")
        admin.execute(damage)

    assert broken <= set(await breaches(database))


async def test_the_same_entry_at_the_same_time_is_posted_once(
    database: Database, clean: None
) -> None:
    """Eight connections, twenty rounds: the second waits for the first and gets its number."""

    async def one(number: int) -> int:
        async with database.transaction(SYSTEM) as session:
            return await post(session, an_entry(number))

    for number in range(20):
        assert len(set(await asyncio.gather(*(one(number) for _ in range(8))))) == 1
    assert await balances(database) == {
        "gateway_clearing": 220_000,
        "held_seller_payable": 220_000,
    }


async def test_a_transaction_is_reversed_once_by_many_at_the_same_time(
    database: Database, clean: None
) -> None:
    (number,) = await posted(database, an_entry(1))

    async def one(source_id: int) -> str:
        try:
            async with database.transaction(SYSTEM) as session:
                await reverse(session, number, Source("taken_back", str(source_id)))
        except AlreadyReversed:
            return "refused"
        return "reversed"

    answers = await asyncio.gather(*(one(source_id) for source_id in range(8)))

    assert sorted(answers) == ["refused"] * 7 + ["reversed"]
    assert await breaches(database) == {}


@pytest.mark.slow  # many rounds of real commits, each compared with a model
async def test_random_posts_and_reversals_equal_the_model(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    """Seeded; the database's balances are those of a dictionary after every tenth step."""
    generator = Random(20_261_128)
    model: dict[str, int] = {}
    open_numbers: list[tuple[int, Entry]] = []
    for step in range(120):
        async with database.transaction(SYSTEM) as session:
            if open_numbers and generator.randrange(10) < 3:
                number, entry = open_numbers.pop(generator.randrange(len(open_numbers)))
                await reverse(session, number, Source("taken_back", str(step)))
                sign = -1
            else:
                entry = an_entry(step, generator.randrange(1, 10**9))
                open_numbers.append((await post(session, entry), entry))
                sign = 1
        for line in entry.lines:
            model[line.account] = model.get(line.account, 0) + sign * line.amount_won
        if step % 10 == 9:
            assert await balances(database) == {code: abs(won) for code, won in model.items()}
    assert sum(model.values()) == 0
    assert await breaches(database) == {}
    async with database.transaction(SYSTEM) as session:
        assert await session.scalar(text("select count(*) from ledger_transaction")) == 120
