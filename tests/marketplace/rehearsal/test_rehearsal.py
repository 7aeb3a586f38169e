"""The market is played against a whole running exchange, with files that nobody prepared it for."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.rehearsal.buying import BUYER
from marketplace.rehearsal.settling import FINANCE
from tests.folders import passable_folder
from tests.marketplace.supervisor.running import Run, free_port

pytestmark = pytest.mark.slow  # a whole exchange with its demonstration, two people with codes

GOOD = "시각,온도,압력\n" + "".join(
    f"2026-01-05 10:00:{at:02},{70 + at % 7},{1.5 + at / 100:.2f}\n" for at in range(60)
)
PERSONAL = "이름,연락처\n" + "".join(f"가상인,010-1234-{at:04}\n" for at in range(40))


@pytest.fixture
def running() -> Iterator[tuple[Path, int]]:
    """A running exchange with its demonstration: data folder and port."""
    with passable_folder() as place:
        port = free_port()
        run = Run(place / "data", port)
        try:
            run.await_ready()
            run.await_line(r"expert@people\.invalid", limit_s=120)
            yield place, port
        finally:
            run.end()


def rehearse(place: Path, port: int, *files: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "marketplace", "rehearse", "--data-dir", str(place / "data")]
    options = [option for file in files for option in ("--files", str(file))]
    done = subprocess.run(
        [*command, *options, "--json", str(place / "played.json")],
        env=os.environ | {"MARKETPLACE_PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_files_reach_the_state_they_deserve(running: tuple[Path, int]) -> None:
    place, port = running
    good, personal = place / "용탕 온도 기록.csv", place / "contacts.csv"
    good.write_bytes(GOOD.encode("cp949"))
    personal.write_text(PERSONAL, encoding="utf-8")

    code, told = rehearse(place, port, good, personal)
    played = json.loads((place / "played.json").read_text(encoding="utf-8"))
    nobody, refused = rehearse(place, free_port(), good)

    assert code == 0, told
    assert played["passed"]
    steps = [(step["subject"], step["name"]) for step in played["steps"]]
    told_of = {pair: step["told"] for pair, step in zip(steps, played["steps"], strict=True)}
    bought = [name for subject, name in steps if subject in {BUYER, FINANCE}]
    assert steps[-len(bought) - 4 : -len(bought)] == [
        ("용탕 온도 기록.csv", "find"), ("contacts.csv", "begin"), ("contacts.csv", "upload"),
        ("contacts.csv", "examine"),
    ]  # fmt: skip
    assert bought == [
        "gather", "quote", "pay_by_card", "take_home", "pay_by_transfer", "accept", "withdraw",
        "draft", "approve", "pay", "balance",
    ]  # fmt: skip
    assert "blocked" in told_of["contacts.csv", "examine"]
    assert "PII_CONTACT" in told_of["contacts.csv", "examine"]
    assert re.fullmatch(r"Q20\d\d-\d{6} ₩1,100,000", told_of[BUYER, "quote"])
    assert re.fullmatch(r"P20\d\d-\d{6} ₩1,100,000", told_of[BUYER, "pay_by_card"])
    assert re.fullmatch(r"1 files, [\d,]+ bytes, equal", told_of[BUYER, "take_home"])
    # 5 % of the supply value and its tax are the exchange's.
    assert told_of[FINANCE, "draft"].endswith("₩1,100,000 - ₩55,000 = ₩1,045,000")
    assert told_of[FINANCE, "approve"] == "approved"
    assert nobody == 1
    assert "FAIL" in refused
