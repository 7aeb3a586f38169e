"""What the worker does with refunds: the account of a deposit, a crash at any step, and whom it tells."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from marketplace.app import Parts
from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.jobs.declaring import job_named
from marketplace.members.organizations.bank_accounts import place_of
from marketplace.members.organizations.models import BankAccount, BankAccountState, PaperKind
from marketplace.orders.payments.jobs import send
from marketplace.orders.refunds.jobs import paid as paid_job
from marketplace.orders.refunds.jobs import resume
from tests.factories import a_member
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.orders.refund_steps import (
    OWN,
    books,
    change,
    downloaded,
    finance_of,
    post,
    refunds_of,
    sound,
    withdraw,
)
from tests.marketplace.orders.steps import jobs_waiting, paid
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_bank_accounts import a_bankbook

WRONG = "첫 열의 단위가 설명과 다릅니다. 12행부터 섭씨가 아닙니다."


def context_of(parts: Parts) -> Any:
    return SimpleNamespace(phases=parts.database.phases(Scope.system()), parts=parts)


async def run(parts: Parts, name: str, **arguments: str) -> None:
    await job_named(name).function(context_of(parts), **arguments)


async def run_all(parts: Parts, prefix: str) -> None:
    """Run the jobs that wait and begin so, each twice: a worker that died begins anew."""
    for name, arguments in await jobs_waiting(parts.database):
        if name.startswith(prefix):
            for _ in range(2):
                await run(parts, name, **{key: str(value) for key, value in arguments.items()})


async def an_account(database: Database, parts: Parts, buyer: Member) -> None:
    paper = await a_bankbook(database, buyer, PaperKind.bankbook)
    account_id = uuid4()
    sealed = parts.keyring.seal(b"110123456789", place_of(account_id))
    other, _ = await a_member(database, Role.owner, organization=buyer[1])
    async with database.transaction(Scope.system()) as session:
        at = session.info["now"]
        session.add(
            BankAccount(
                id=account_id, organization_id=buyer[1].id, bank_code="088",
                number_encrypted=sealed, number_last4="6789", holder=buyer[1].name[:80],
                paper_id=paper.id, state=BankAccountState.confirmed, proposed_by=buyer[0].id,
                decided_by=other.id, decided_at=at, effective_at=at,
            )
        )  # fmt: skip


async def test_a_deposit_goes_back_to_the_buyers_own_account(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buyer: Member,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    product = await on_sale("컨베이어 벨트", price_won=20_000_000)
    await a_member(database, Role.owner, organization=buyer[1])
    order = await paid(parts, buying, product.id, method="virtual_account")
    await withdraw(buying, order, 0)
    refund_id = str(rows(admin, "select id from payment_refund")[0][0])
    for _ in range(2):
        await send(context_of(parts), refund_id=refund_id)
    waiting = rows(admin, "select state, account_asked_at from payment_refund")
    await run_all(parts, "refunds.ask_account")
    told = rows(admin, "select count(*) from notice where kind='refund.account_needed'")
    page = (await buying.get(f"/orders/{order['id']}/refunds")).text

    await an_account(database, parts, buyer)
    await change(database, "update payment_refund set wanted_at = wanted_at - interval '1 hour'")
    await change(database, "delete from procrastinate_jobs where task_name='payments.send_refund'")
    await resume(context_of(parts))
    await run_all(parts, "payments.send_refund")
    await run_all(parts, "refunds.")

    assert waiting == [("wanted", None)]
    assert told == [(1,)]
    assert "계좌를 기다립니다" in page
    assert rows(admin, "select state from payment_refund") == [("done",)]
    assert (await refunds_of(buying, order))["cases"][0]["state"] == "paid"
    assert books(admin) == {}


async def test_whoever_dies_in_between_begins_anew_and_pays_once(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    two_lines: dict[str, Any],
) -> None:
    await withdraw(buying, two_lines, 0)
    refund_id = str(rows(admin, "select id from payment_refund")[0][0])
    # Nothing was sent, and the case cannot be paid yet.
    await paid_job(context_of(parts), refund_id=refund_id)
    before = (await refunds_of(buying, two_lines))["cases"][0]["state"]
    for _ in range(3):
        await run_all(parts, "payments.send_refund")
    between = books(admin)
    await run_all(parts, "refunds.paid")
    await run_all(parts, "refunds.sent")
    steps = rows(admin, "select to_state from state_step where machine='refund_case' order by id")

    assert before == "decided"
    assert between == {"gateway_clearing": 330_003, "held_seller_payable": -330_003}
    assert [state for (state,) in steps][-1] == "paid"
    assert len(steps) <= 2
    assert rows(admin, "select refunded_won from payment") == [(1_100_000,)]
    await sound(database)


async def test_everybody_concerned_is_told(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buyer: Member,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    owner: Member,
    two_lines: dict[str, Any],
) -> None:
    desk = (await finance_of(database, client_of))[0]
    seller = await client_of(owner[0])
    line_id = two_lines["lines"][0]["id"]
    await downloaded(database, line_id)
    path = f"{OWN}/acceptances/{line_id}/disputes"
    dispute_id = (await post(buying, path, statement=WRONG)).json()["id"]
    said = {"answer": "단위는 열 설명에 적혀 있고 12행도 섭씨입니다."}
    await post(seller, f"{OWN}/sales/disputes/{dispute_id}/answer", **said)
    decision = {"outcome": "price_cut", "reason": "일부만 다릅니다.", "amount_won": 100_000}
    await post(desk, f"/api/v1/operator/disputes/{dispute_id}/decision", **decision)
    await post(buying, f"{OWN}/acceptances/{two_lines['lines'][1]['id']}/acceptance")
    for name, arguments in await jobs_waiting(database):
        if name.startswith(("disputes.", "refunds.", "acceptance.")):
            await run(parts, name, **{key: str(value) for key, value in arguments.items()})

    def kinds(person: UUID) -> set[str]:
        found = rows(admin, "select kind from notice where user_id = %s", person)
        return {str(kind) for (kind,) in found}

    assert kinds(buyer[0].id) >= {"dispute.answered", "dispute.decided", "refund.decided"}
    assert kinds(owner[0].id) >= {
        "dispute.opened", "dispute.decided", "refund.sold_back", "acceptance.closed",
    }  # fmt: skip
    staff = rows(admin, "select distinct kind from notice where link like '/operator/%%'")
    assert {str(kind) for (kind,) in staff} == {"dispute.opened", "dispute.answered"}


@pytest.mark.parametrize("name", ["refunds.sent", "refunds.paid"])
async def test_a_refund_without_a_case_of_money_kept_apart_is_left_alone(
    admin: psycopg.Connection, parts: Parts, buying: httpx.AsyncClient, two_lines: dict[str, Any],
    name: str,
) -> None:  # fmt: skip
    await withdraw(buying, two_lines, 0)
    await change(parts.database, "update payment_refund set case_id = null")
    refund_id = str(rows(admin, "select id from payment_refund")[0][0])
    await run(parts, name, refund_id=refund_id)
    assert rows(admin, "select count(*) from refund_case") == [(1,)]
