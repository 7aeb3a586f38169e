"""Every error has a stable code and two complete sentences, and is raised with the facts they name."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter

from marketplace.errors import MarketplaceError
from tests import repository
from tests.repository import name_of
from tools import error_codes

HANGUL = re.compile(r"[가-힣]")
POLITE = re.compile(r"(?:니다|십시오)(?:[.:]|$)|\{[a-z_]+\}\)?$")


def facts_of(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_each_error_has_a_code_of_its_own() -> None:
    codes = Counter(kind.code for kind in error_codes.errors())
    assert {code for code, times in codes.items() if times > 1} == set()
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{2,59}", code) for code in codes)


def test_both_languages_are_complete_and_say_the_same_facts() -> None:
    wrong = [
        kind.code
        for kind in error_codes.errors()
        if not HANGUL.search(kind.ko)
        or HANGUL.search(kind.en)
        or not kind.en.strip()
        or facts_of(kind.ko) != facts_of(kind.en)
    ]
    assert wrong == []


def test_sentences_are_polite_and_calm() -> None:
    for kind in error_codes.errors():
        assert POLITE.search(kind.ko), f"{kind.code}: 하십시오체로 끝맺으십시오: {kind.ko}"
        assert "!" not in kind.ko + kind.en, kind.code


def test_the_page_of_error_codes_is_current() -> None:
    written = error_codes.TARGET.read_text(encoding="utf-8")
    assert written == error_codes.document(), "run python -m tools.error_codes"


def test_errors_are_raised_with_every_fact_their_sentences_name() -> None:
    kinds = {kind.__name__: kind for kind in error_codes.errors()}
    lacking = [
        f"{name_of(path)}:{node.lineno} {name} lacks {sorted(missing)}"
        for path in repository.sources(*repository.PACKAGES)
        for node, name, given in constructions(repository.tree_of(path), kinds)
        if (missing := needed(kinds[name]) - given)
    ]
    assert lacking == []


def needed(kind: type[MarketplaceError]) -> set[str]:
    """Facts that the caller gives; a constructor of the class or an ancestor adds the others."""
    names = facts_of(kind.ko)
    own = [c for c in kind.__mro__ if "__init__" in vars(c) and issubclass(c, MarketplaceError)]
    return names if own[0] is MarketplaceError else names - {"count", "retry_after_s"}


def constructions(
    tree: ast.Module, kinds: dict[str, type[MarketplaceError]]
) -> Iterator[tuple[ast.expr, str, set[str]]]:
    """Yield where an error is made: by a call, or by raising its class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in kinds:
            yield node.exc, node.exc.id, set()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
            names = {keyword.arg for keyword in node.keywords}
            if None not in names:
                yield node, node.func.id, {name for name in names if name}
