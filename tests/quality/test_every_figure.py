"""Every figure of every facts file beside the real files: equal to ours, or named with the reason why we state none."""

import sys

import pytest

from quality import summarize
from quality.certificates import certified
from tests.quality.oracle.rules import RULES
from tests.quality.oracle.walking import Case, walk
from tests.quality.test_real_files import ARCHIVES, REAL, TABLES, examined

pytestmark = pytest.mark.slow

# Figures that the report stated and that agreed, when this was last looked at: none may be lost.
COMPARED_AT_LEAST = 4_456


def case_of(name: str) -> Case:
    report, facts = examined(name)
    assert REAL is not None, "examined skips without the folder"
    return Case(facts, report, summarize([report]), certified(REAL / name, name))


def test_every_figure_of_the_real_files_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    wrong: list[str] = []
    unruled: list[str] = []
    compared = silent = 0
    lines = []
    for name in (*TABLES, *ARCHIVES):
        walked = walk(case_of(name), RULES)
        compared += walked.compared
        silent += walked.silent.total()
        wrong += [f"{name} {one}" for one in walked.wrong]
        unruled += [f"{name} {one}" for one in walked.unruled]
        lines.append(f"{name}: {walked.compared:,} compared, {walked.silent.total():,} not stated")
        lines += [f"    {count:5,} {why}" for why, count in walked.silent.most_common()]
    with capsys.disabled():
        sys.stdout.write(
            "\n".join(["", *lines, f"{compared:,} figures compared, {silent:,} not stated", ""])
        )

    assert unruled == []
    assert wrong == []
    assert compared >= COMPARED_AT_LEAST
