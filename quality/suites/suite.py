"""A suite of rules in great-expectations' own form, and the one form in which it is stored."""

import hashlib
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct

from quality.canonical import encode

SEVERITIES = ("critical", "warning", "info")


class Expectation(Struct, frozen=True, kw_only=True):
    """One rule: its type, its arguments, and what its author wrote beside it.

    ``meta`` may name the tables that the rule is about (``{"table": "sensor*.csv"}``); without it the rule
    is about every table.
    """

    type: str
    kwargs: dict[str, Any]
    severity: str = "critical"
    meta: dict[str, Any] = {}

    @property
    def table(self) -> str | None:
        """The tables it is about, ``*`` for any part of the name; None for all of them."""
        named = self.meta.get("table")
        return named if isinstance(named, str) else None

    def about(self, *names: str) -> bool:
        """Whether it is about a table that goes by any of these names."""
        return self.table is None or any(fnmatchcase(name, self.table) for name in names)


class Suite(Struct, frozen=True, kw_only=True):
    """Rules under a name."""

    name: str
    expectations: tuple[Expectation, ...] = ()
    meta: dict[str, Any] = {}

    def plain(self) -> dict[str, Any]:
        """Return it as great-expectations reads it, without what has no value."""
        return {
            "name": self.name,
            "expectations": [
                {"type": one.type, "kwargs": one.kwargs, "severity": one.severity, "meta": one.meta}
                for one in self.expectations
            ],
            "meta": self.meta,
        }

    def refers_to(self, name: str) -> bool:
        """Whether a rule needs the file of this name beside the one that it is run on."""
        named = (one.kwargs.get("other_file") for one in self.expectations)
        return any(isinstance(one, str) and fnmatchcase(name, one) for one in named)

    def stored(self) -> bytes:
        """Return its stored form: the same bytes for the same rules."""
        return encode(self.plain())

    @property
    def sha256(self) -> str:
        """The hash of its stored form."""
        return hashlib.sha256(self.stored()).hexdigest()
