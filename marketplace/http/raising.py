"""Which refusals an endpoint can end in, found by following its calls through the source.

A list kept by hand is forgotten when a service learns to refuse something new. What is found here
is what stands in the code: every error that the endpoint's function, or a function of ours that it
calls, makes. A refusal that a caller catches is listed too; what a port behind an interface raises
is not, so a slice adds that with ``answers(...)``.
"""

import ast
import inspect
import sys
import typing
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from marketplace.errors import MarketplaceError

OURS = ("marketplace", "storage", "billing", "quality")

Found = frozenset[type[MarketplaceError]]


def raised_by(function: Callable[..., Any]) -> Found:
    """Return every error that the function, or what it calls of ours, makes."""
    seen: set[FunctionType] = set()
    waiting = [*_functions(function)]
    errors: set[type[MarketplaceError]] = set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        made, called = _read(current)
        errors |= made
        waiting += called
    return frozenset(errors)


@cache
def _read(function: FunctionType) -> tuple[Found, tuple[FunctionType, ...]]:
    """Return the errors a function makes and the functions of ours it names."""
    node = _tree(function)
    if node is None:
        return frozenset(), ()
    made: set[type[MarketplaceError]] = set()
    called: list[FunctionType] = []
    ignored = set(_only_compared(node))
    for expression in ast.walk(node):
        if isinstance(expression, ast.Name | ast.Attribute) and expression not in ignored:
            target = _resolve(expression, function)
            if isinstance(target, type) and issubclass(target, MarketplaceError):
                made.add(target)
            else:
                called += _functions(target)
    return frozenset(made), tuple(called)


def _only_compared(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is named to be caught, compared or annotated, and not made."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.ExceptHandler) and inner.type is not None:
            yield from ast.walk(inner.type)
        elif isinstance(inner, ast.Call) and ast.unparse(inner.func) == "isinstance":
            yield from ast.walk(inner.args[1])
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in inner.decorator_list:
                yield from ast.walk(decorator)
        elif isinstance(inner, ast.arg | ast.AnnAssign) and inner.annotation is not None:
            yield from ast.walk(inner.annotation)


def _functions(target: Any) -> Iterator[FunctionType]:
    """Yield the function of ours behind a name; of a class what making and entering it runs."""
    if isinstance(target, type) and target.__module__.startswith(OURS):
        for name in ("__init__", "__post_init__", "__aenter__", "__enter__"):
            yield from _functions(vars(target).get(name))
        return
    if isinstance(target, staticmethod | classmethod):
        target = target.__func__
    if callable(target) and not isinstance(target, type):
        target = inspect.unwrap(target)
    if isinstance(target, FunctionType) and target.__module__.startswith(OURS):
        yield target


def _resolve(expression: ast.expr, function: FunctionType) -> Any:
    """Return the object that an expression names inside a function, None where that is open."""
    if isinstance(expression, ast.Name):
        return function.__globals__.get(expression.id)
    if not isinstance(expression, ast.Attribute):
        return None
    owner = _owner(expression.value, function)
    if not isinstance(owner, ModuleType | type):
        return None
    return inspect.getattr_static(owner, expression.attr, None)


def _owner(expression: ast.expr, function: FunctionType) -> Any:
    """Return the module or class whose attribute is asked for; of an argument its type."""
    if isinstance(expression, ast.Name):
        if expression.id in {"self", "cls"}:
            return _class_of(function)
        kind = _hints(function).get(expression.id)
        if kind is not None:
            return kind
    return _resolve(expression, function)


def _class_of(function: FunctionType) -> Any:
    place: Any = sys.modules[function.__module__]
    for name in function.__qualname__.split(".")[:-1]:
        place = getattr(place, name, None)
    return place


@cache
def _hints(function: FunctionType) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function)
    except (NameError, TypeError):
        return {}


@cache
def _module_trees(module: str) -> dict[tuple[str, int], ast.AST]:
    """Return the functions of a module by name and the line their definition begins at."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {
        (node.name, min([node.lineno, *(d.lineno for d in node.decorator_list)])): node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _tree(function: FunctionType) -> ast.AST | None:
    code = function.__code__
    return _module_trees(function.__module__).get((code.co_name, code.co_firstlineno))
