"""What may look at the blocks of a pass beside the profile."""

from typing import Protocol

from quality.profile.blocks import Block
from quality.profile.planned import Plan
from quality.suites.results import SuiteResult


class Rules(Protocol):
    """Rules that are fed with the blocks of each table."""

    results: list[SuiteResult]

    def begin(self, plan: Plan, *names: str | None) -> None:
        """Begin a table that goes by these names."""

    def add(self, block: Block) -> None:
        """Take the table's next block."""

    def finish(self, table: str) -> None:
        """End the table, which has this name in the report."""
