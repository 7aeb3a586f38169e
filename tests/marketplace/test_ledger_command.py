"""``marketplace ledger verify`` prints every rule of the books and ends with 1 at a breach."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from billing.ledger.invariants import INVARIANTS
from billing.ledger.service import post
from marketplace.db import Database, Scope
from marketplace.settings import Settings
from tests.billing.books import an_entry
from tests.web_process import environment_of


@pytest.fixture
def verify(settings: Settings, tmp_path: Path) -> Callable[[], tuple[int, str, str]]:
    """Run the command in a process of its own."""
    environment = environment_of(settings, 8000, tmp_path)

    def run() -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "marketplace", "ledger", "verify"],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.slow  # starts the command line twice
async def test_verify_prints_each_rule_and_ends_with_one_at_a_breach(
    verify: Callable[[], tuple[int, str, str]],
    database: Database,
    admin: psycopg.Connection,
    clean: None,
) -> None:
    async with database.transaction(Scope.system()) as session:
        await post(session, an_entry(1))
    code, out, _ = verify()
    *rules, summary = out.splitlines()
    assert code == 0
    assert [line.split()[:2] for line in rules] == [["ok", f"{i.code}:"] for i in INVARIANTS]
    assert summary == "1 transactions, debit 11,000 won, credit 11,000 won, 0 breaches"

    with admin.transaction():
        admin.execute("set local session_replication_role = replica")
        admin.execute("update ledger_posting set amount_won = 11001 where amount_won = 11000")
    code, out, err = verify()
    assert code == 1
    assert [line.split()[1] for line in out.splitlines() if line.startswith("FAULT")] == [
        "balanced:",
        "books_balanced:",
    ]
    assert "1 won in 2 lines" in err
