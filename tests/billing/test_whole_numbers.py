"""No fraction stands in billing: no float, no Decimal, no division that leaves whole numbers, no round()."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import repository
from tests.repository import name_of

SOURCES = repository.sources("billing")


def fractions(tree: ast.AST) -> Iterator[str]:
    """Yield what could make a fraction; a duration in seconds (``…_s``) may be one."""
    durations = {id(inner) for node in ast.walk(tree) for inner in seconds_of(node)}
    for node in ast.walk(tree):
        if id(node) in durations:
            continue
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield f"{node.lineno}: /"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"{node.lineno}: {node.value}"
        elif isinstance(node, ast.Name) and node.id in {"float", "round", "Decimal", "Fraction"}:
            yield f"{node.lineno}: {node.id}"
        elif isinstance(node, ast.Import | ast.ImportFrom) and {"decimal", "fractions", "math"} & {
            *(alias.name for alias in node.names),
            getattr(node, "module", None),
        }:
            yield f"{node.lineno}: {ast.unparse(node)}"


def seconds_of(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the annotation, default or value of a name that says seconds."""
    parts: list[ast.AST | None] = []
    if isinstance(node, ast.arguments):
        parts += defaults_of_seconds(node)
    elif isinstance(node, ast.arg) and node.arg.endswith("_s"):
        parts = [node.annotation]
    elif isinstance(node, ast.keyword) and (node.arg or "").endswith("_s"):
        parts = [node.value]
    elif isinstance(node, ast.AnnAssign) and is_seconds(node.target):
        parts = [node.annotation, node.value]
    elif isinstance(node, ast.Assign) and all(is_seconds(target) for target in node.targets):
        parts = [node.value]
    for part in parts:
        if part is not None:
            yield from ast.walk(part)


def defaults_of_seconds(arguments: ast.arguments) -> list[ast.AST | None]:
    placed = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(placed[len(placed) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return [default for argument, default in pairs if argument.arg.endswith("_s")]


def is_seconds(target: ast.expr) -> bool:
    name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
    return name.lower().endswith("_s")


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_fraction_stands_in_billing(path: Path) -> None:
    assert list(fractions(repository.tree_of(path))) == []


@pytest.mark.parametrize(
    "source",
    [
        "x = a / b",
        "x /= 2",
        "x = 0.1",
        "x = float(a)",
        "x = round(a)",
        "def f(a: float) -> None: ...",
        "from decimal import Decimal",
        "import math",
    ],
)
def test_a_fraction_is_found(source: str) -> None:
    assert list(fractions(ast.parse(source))) != []


@pytest.mark.parametrize(
    "source",
    [
        "x = a // b",
        "def f(wait_s: float = 0.5) -> None: ...",
        "def f(a: int, *, wait_s: float = 0.5) -> None: ...",
        "WAIT_S: float = 0.5",
        "call(wait_s=0.5)",
    ],
)
def test_whole_numbers_and_durations_are_let_be(source: str) -> None:
    assert list(fractions(ast.parse(source))) == []
