"""In words: which machine, lot or unit something was found in."""

from quality.groupfacts import Groups
from quality.report import Table


def of_machine(table: Table, name: str | None) -> str:
    """Return the machine in brackets, nothing where the table knows none."""
    entity = entities(table)
    return "" if entity is None or not name else f" ({entity.column}: {name})"


def entities(table: Table) -> Groups | None:
    """Return the groups of the column within which steps of time are even, None where there is none."""
    return next((one for one in table.groups if one.role == "entity"), None)


def taking_turns(table: Table, turns: float) -> Groups | None:
    """Return groups whose rows take turns though nothing is measured within each, None where there are none."""
    if entities(table) is not None:
        return None
    return next(
        (
            one
            for one in table.groups
            if one.role == "group" and one.run_count > turns * one.group_count
        ),
        None,
    )
