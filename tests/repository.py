"""The repository as the tests of its promises read it: files, sources, functions and their decorators."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("marketplace", "quality", "billing", "storage")
TEMPLATES = ROOT / "marketplace" / "web" / "templates"
STATIC = ROOT / "marketplace" / "web" / "static"
HTTP_DECORATORS = frozenset({"get", "post", "put", "patch", "delete", "head", "route", "asgi"})
_GENERATED = frozenset({"__pycache__", ".venv", "var", ".git", "build", "dist"})

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    """Return the path below the root, as it stands in messages."""
    return path.relative_to(ROOT).as_posix()


@cache
def kept_files() -> tuple[Path, ...]:
    """Return every file of the repository; without git every file that is not generated."""
    answer = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode == 0 and answer.stdout:
        paths = [ROOT / line for line in answer.stdout.splitlines()]
    else:
        paths = [p for p in ROOT.rglob("*") if _GENERATED.isdisjoint(p.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in paths if path.is_file()))


def sources(*folders: str) -> list[Path]:
    """Return the Python files below the folders."""
    return [
        path
        for path in kept_files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders
    ]


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.AST) -> Iterator[FunctionNode]:
    """Yield every function and method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Yield every call of a dotted name, for example ``pytest.skip``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
            yield node


def statements(function: FunctionNode) -> int:
    """Return how many statements a function has, those of inner functions too, the docstring not."""
    inner = [node for node in ast.walk(function) if isinstance(node, ast.stmt)]
    return len(inner) - 1 - (ast.get_docstring(function) is not None)


def is_endpoint(function: FunctionNode) -> bool:
    """Whether a decorator of the web framework makes the function answer requests."""
    return any(
        isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in HTTP_DECORATORS
        for decorator in function.decorator_list
    )
