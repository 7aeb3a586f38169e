"""The conventions of CONTRIBUTING.md, read from every file; a rule that is not checked is forgotten."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests import repository
from tests.repository import ROOT, name_of

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
# Counted are statements: the formatter puts each argument of a long call on a line of its own.
# A page also says what it shows after a refusal.
ENDPOINT_STATEMENTS_MAX = 10
PAGE_STATEMENTS_MAX = 14
MAY_END_A_TRANSACTION = {"marketplace/db.py", "marketplace/worker.py"}
# The sanitiser of markdown; what it lets through has a test of its own.
MAY_MARK_SAFE = {"marketplace/web/prose.py", "quality/html/charts/shapes.py"}
FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "stuff", "base"}
HEAVY = ("great_expectations", "pandas", "pyarrow", "duckdb", "dask", "distributed", "stripe")

CODE = repository.sources(*repository.PACKAGES)
TESTS = repository.sources("tests")
EVERYTHING = [*CODE, *TESTS, *repository.sources("tools", "benchmarks")]
PAGES = sorted(repository.TEMPLATES.rglob("*.html"))
STATIC = sorted(path for path in repository.STATIC.iterdir() if path.suffix != ".otf")

# What a template must not hold, and why. The content policy refuses the inline ones at run time.
UNSAFE_IN_TEMPLATES = {
    r"\|\s*safe\b": "escaping is never switched off",
    r"\bautoescape\b": "escaping is never switched off",
    r"\bMarkup\b": "nothing is marked safe",
    r"\sstyle\s*=": "no inline style",
    r"<style\b": "no inline style",
    # A block of data runs nowhere; tojson writes it without any character that could end the block.
    r"<script(?![^>]*\ssrc=)(?! type=\"application/ld\+json\">\{\{ \w+\|tojson \}\}</script>)": "no inline script",
    r"\son[a-z]+\s*=": "no inline handler",
    r"\shx-on[:-]": "no inline handler",
    r"javascript:": "no inline script",
}
FOREIGN_ADDRESS = re.compile(
    r"(?:https?:)?//(?!\w+\.w3\.org/)[a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE
)
# Work not finished, or a merge not finished.
LEFT_OVER = re.compile(r"\b(?:TODO|FIXME|XXX)\b|^(?:<{7}|>{7}) ")
TEXTS = {".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".yaml", ".yml", ".ini", ".po"}


def nodes(paths: list[Path]) -> Iterator[tuple[str, ast.AST]]:
    """Yield every node of the files with the place where it stands."""
    for path in paths:
        for node in ast.walk(repository.tree_of(path)):
            yield f"{name_of(path)}:{getattr(node, 'lineno', 0)}", node


def test_files_are_short() -> None:
    lines = {name_of(p): p.read_text(encoding="utf-8").count("\n") for p in EVERYTHING}
    assert {name: n for name, n in lines.items() if n > FILE_LINES_MAX} == {}


def test_functions_are_short() -> None:
    found = [
        f"{name_of(path)}:{function.name}"
        for path in EVERYTHING
        for function in repository.functions(repository.tree_of(path))
        if (function.end_lineno or 0) - function.lineno >= FUNCTION_LINES_MAX
    ]
    assert found == []


def test_only_the_database_module_and_the_worker_end_a_transaction() -> None:
    paths = [path for path in CODE if name_of(path) not in MAY_END_A_TRANSACTION]
    found = [
        place
        for place, node in nodes(paths)
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    ]
    assert found == []


def test_endpoints_parse_call_one_function_and_shape_the_answer() -> None:
    found = [
        f"{name_of(path)}:{function.name}"
        for path in CODE
        for function in repository.functions(repository.tree_of(path))
        if repository.is_endpoint(function)
        and repository.statements(function)
        > (PAGE_STATEMENTS_MAX if "web" in path.parts else ENDPOINT_STATEMENTS_MAX)
    ]
    assert found == []


def test_modules_classes_and_functions_say_what_they_are_for() -> None:
    assert [name for path in CODE for name in undocumented(path)] == []


def undocumented(path: Path) -> Iterator[str]:
    tree = repository.tree_of(path)
    if ast.get_docstring(tree) is None:
        yield name_of(path)
    for node in tree.body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not node.name.startswith("_") and ast.get_docstring(node) is None:
            yield f"{name_of(path)}:{node.name}"


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    found = [
        name_of(path)
        for path in EVERYTHING
        if FORBIDDEN_NAMES & {*path.relative_to(ROOT).parts[:-1], path.stem}
    ]
    assert found == []


def test_templates_hold_nothing_inline_and_switch_no_escaping_off() -> None:
    found = [
        f"{name_of(path)}: {why}"
        for path in PAGES
        for pattern, why in UNSAFE_IN_TEMPLATES.items()
        if re.search(pattern, path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert found == []


def test_pages_name_no_other_server() -> None:
    found = {
        name_of(path): FOREIGN_ADDRESS.findall(path.read_text(encoding="utf-8"))
        for path in [*PAGES, *STATIC]
    }
    assert {name: addresses for name, addresses in found.items() if addresses} == {}


def test_code_marks_no_text_safe_but_the_sanitiser_and_the_shapes() -> None:
    found = [
        place
        for place, node in nodes([path for path in CODE if name_of(path) not in MAY_MARK_SAFE])
        if isinstance(node, ast.Name | ast.Attribute) and "Markup" in ast.unparse(node).split(".")
    ]
    assert found == []


def test_tests_patch_nothing() -> None:
    found = [
        f"{name_of(path)}:{call.lineno}"
        for path in TESTS
        for call in repository.calls(repository.tree_of(path), "monkeypatch.setattr")
    ]
    found += [
        place
        for place, node in nodes(TESTS)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and re.search(r"\bmock\b", ast.unparse(node))
    ]
    assert found == [], "pass a stand-in through the constructor"


def test_a_skipped_test_gives_its_reason() -> None:
    found = []
    for path in TESTS:
        tree = repository.tree_of(path)
        skips = list(
            repository.calls(tree, "pytest.skip", "pytest.mark.skip", "pytest.mark.skipif")
        )
        found += [f"{name_of(path)}:{call.lineno}" for call in skips if not has_reason(call)]
        called = {id(call.func) for call in skips}
        found += [
            f"{name_of(path)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr == "skip" and id(node) not in called
        ]
    assert found == []


def has_reason(call: ast.Call) -> bool:
    by_position = ast.unparse(call.func) == "pytest.skip" and bool(call.args)
    return by_position or any(keyword.arg == "reason" for keyword in call.keywords)


def test_nothing_unfinished_is_left_in_the_repository() -> None:
    found = []
    for path in repository.kept_files():
        if path.suffix in TEXTS and path != Path(__file__):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if LEFT_OVER.search(line):
                    found.append(f"{name_of(path)}:{number}")
    assert found == []


def test_constraints_name_exact_versions_and_no_index() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9.-]+==\S+", line) for line in pins)
    names = [line.partition("==")[0] for line in pins]
    assert names == sorted(names)


def test_the_web_process_loads_none_of_the_heavy_libraries() -> None:
    program = (
        f"import sys, marketplace.app\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert answer.stdout.strip() == "[]"


def test_the_import_contracts_are_kept() -> None:
    answer = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert answer.returncode == 0, answer.stdout[-3_000:]
