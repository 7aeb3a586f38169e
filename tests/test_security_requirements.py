"""Every security requirement says how it is met and which test holds it, or says that it is not."""

import ast
import re

import pytest

from tests import repository

PAGE = repository.ROOT / "docs" / "security-requirements.md"
NUMBERS = {*range(1, 46), *range(51, 59)}
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
CELLS = 5


def requirements() -> dict[int, list[str]]:
    """Return the cells of each row behind its number."""
    rows = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0].isdecimal():
            assert int(cells[0]) not in rows, f"{cells[0]} stands there twice"
            assert len(cells) == CELLS, f"{cells[0]} has {len(cells)} cells"
            rows[int(cells[0])] = cells[1:]
    return rows


def functions_of(name: str) -> set[str]:
    """Return the test functions that a file defines at its top."""
    path = repository.ROOT / name
    if not path.exists():
        return set()
    return {
        node.name
        for node in repository.tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_requirement_has_a_row() -> None:
    assert set(requirements()) == NUMBERS


@pytest.mark.parametrize("number", sorted(NUMBERS))
def test_a_requirement_is_met_by_tests_that_exist_or_named_as_not_met(number: int) -> None:
    _, _, how, named = requirements()[number]
    found = TEST.findall(named)
    admitted = how.startswith(("Not met: ", "Partly: "))

    assert len(how) > len("Not met: "), "say how"
    assert found or admitted, "a requirement without a test is not met"
    assert found or named == "–"
    assert not how.startswith("Not met: ") or not found
    assert [f"{path}::{test}" for path, test in found if test not in functions_of(path)] == []
