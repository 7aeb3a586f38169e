"""The audit trail speaks to officials: every act that is written down has a name, not only a code."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.repository import ROOT

TITLES = ROOT / "marketplace" / "web" / "templates" / "operator" / "actions.html"


def recorded(path: Path) -> Iterator[str]:
    """Yield the actions that a module passes to ``record`` by their literal names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in {
            "record",
            "audit.record",
        }:
            continue
        action = node.args[1] if len(node.args) > 1 else None
        if isinstance(action, ast.Constant) and isinstance(action.value, str):
            yield action.value


def test_every_recorded_act_has_a_title() -> None:
    titles = TITLES.read_text(encoding="utf-8")
    actions = {action for path in (ROOT / "marketplace").rglob("*.py") for action in recorded(path)}

    assert len(actions) > 40
    assert sorted(action for action in actions if f'"{action}":' not in titles) == []
