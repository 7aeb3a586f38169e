"""Writes docs/error-codes.md: every error of the product with its status and both sentences.

Run ``python -m tools.error_codes`` after adding an error; a test compares the file.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import billing
import marketplace
import quality
import storage
from marketplace.errors import MarketplaceError, Refusal, Unavailable, subclasses_of
from marketplace.http.problems import OurFault, status_of

TARGET = Path(__file__).resolve().parents[1] / "docs" / "error-codes.md"
WIRE = (Refusal, Unavailable, OurFault)
HEAD = """# 오류 코드 · Error codes

Written by `python -m tools.error_codes`; do not edit. A code is never renamed after release. What stands in braces
is a fact of the case, also in the field `facts` of the problem answer (RFC 9457).
"""
TABLE = """
| code | status | 한국어 | English |
| --- | --- | --- | --- |
"""


def import_everything() -> None:
    """Import every module of the packages, so that every error is known."""
    for package in (marketplace, quality, billing, storage):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def errors() -> list[type[MarketplaceError]]:
    """Return every error that has a code of its own, by code."""
    import_everything()
    found = set(subclasses_of(MarketplaceError)) - {MarketplaceError, Refusal}
    found = {kind for kind in found if not kind.__module__.startswith("tests.")}
    return sorted(found, key=lambda kind: (kind.code, kind.__name__))


def status_of_kind(kind: type[MarketplaceError]) -> int:
    """Return the status an error of this class is answered with."""
    return status_of(kind.__new__(kind))


def rows(kinds: list[type[MarketplaceError]], *, wire: bool) -> Iterator[str]:
    """Yield the lines of one table."""
    for kind in kinds:
        if issubclass(kind, WIRE) == wire:
            status = str(status_of_kind(kind)) if wire else "–"
            cells = (f"`{kind.code}`", status, kind.ko, kind.en)
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def document() -> str:
    """Return the text of the file."""
    kinds = errors()
    return "".join(
        [
            HEAD,
            "\n## 요청에 대한 답 · Answers to requests\n",
            TABLE,
            *rows(kinds, wire=True),
            "\n## 명령줄과 서버 시작 · Command line and start\n",
            TABLE,
            *rows(kinds, wire=False),
        ]
    )


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
