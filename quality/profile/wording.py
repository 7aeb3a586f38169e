"""What stands in the texts of a column, as facts: words for none, forms of numbers, names, personal data. Pure."""

import re
from typing import Any, Final

from msgspec.structs import replace

from quality.checks.checking import Thresholds
from quality.checks.file.number_texts import UNIT
from quality.checks.privacy.persons import ADDRESS, PERSON, gives_addresses, names_persons
from quality.profile import privacy
from quality.profile.parts.names import ALL
from quality.profile.parts.values import Values
from quality.profile.parts.words import Words
from quality.profile.planned import ColumnPlan
from quality.report import Column

SHOWN: Final = 10
NAMES_LOOKED: Final = 2_000
NAMES_MIN: Final = 2
# A number and what stands before or behind it; single letters are codes more often than units.
MEASURED: Final = re.compile(
    r"(?P<before>[₩$€]?)\s*[+-]?[0-9][0-9,]*(\.[0-9]+)?\s*"
    r"(?P<unit>mm|cm|km|um|㎛|kg|㎏|mg|ton|톤|℃|°C|도|%|rpm|bar|MPa|kPa|psi|mA|mV|kV|kW|kWh|Hz|kHz|kN|Nm|sec|초|ms|min|분|시간|개|EA|원|KRW|ℓ|㎥)?"
)


def word_facts(plan: ColumnPlan, words: Words, values: Values, filled: int) -> dict[str, Any]:
    """Return the facts of a column that its texts tell.

    Args:
        filled: cells that are not empty
    """
    forms = sorted(words.forms.items())
    named: tuple[tuple[str, float], ...] = ()
    if plan.kind == "text" and not plan.code and plan.declared != "nested":
        unit = unit_behind(words, values)
        forms += [(f"{UNIT}{unit}", filled)] if unit else []
        named = shares(words, values)
    return {
        "placeholders": tuple(
            sorted(words.placeholders.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]
        ),
        "number_forms": tuple(forms),
        "plain_count": words.plain_count if plan.kind == "text" else 0,
        "odd_count": words.odd.count,
        "leading_zero_count": words.zeros.count,
        "formula_count": words.formulas.count,
        "broken_text_count": words.broken.count,
        "private": tuple(
            (code, places.count, places.first[0][0] + 1)
            for code, places in sorted(words.private.items())
        ),
        "named": named,
    }


def unit_behind(words: Words, values: Values) -> str | None:
    """Return the one unit that all texts of a column carry behind or before a number, None where there is none."""
    names = _names(words, values)
    found = {_unit(name.strip()) for name in names}
    return found.pop() if len(names) >= NAMES_MIN and len(found) == 1 else None


def _unit(name: str) -> str | None:
    measured = MEASURED.fullmatch(name)
    return (measured["unit"] or measured["before"] or None) if measured else None


def shares(words: Words, values: Values) -> tuple[tuple[str, float], ...]:
    """Return which share of the texts looks like names of persons, and like addresses [1]."""
    names = _names(words, values)[:NAMES_LOOKED]
    if not names:
        return ()
    persons = sum(privacy.PERSON.fullmatch(name.strip()) is not None for name in names)
    addresses = sum(privacy.ADDRESS.search(name) is not None for name in names)
    counted = ((PERSON, persons / len(names)), (ADDRESS, addresses / len(names)))
    return tuple((name, share) for name, share in counted if share)


def _names(words: Words, values: Values) -> list[str]:
    """Return the texts, sorted, where all of them are kept."""
    if words.names.bound != ALL or not values.exact:
        return []
    return sorted(words.names.texts.values())


def veiled(column: Column) -> Column:
    """Return a column with the values hidden that name persons, where they live, or are personal data."""
    if column.private:
        return _masked(column)
    thresholds = Thresholds()
    if not (names_persons(column, thresholds) or gives_addresses(column, thresholds)):
        return column
    run = column.longest_run
    return replace(
        column,
        top_values=tuple((privacy.veiled(value), count) for value, count in column.top_values),
        longest_run=run and replace(run, value=privacy.veiled(run.value)),
        variants=(),
    )


def _masked(column: Column) -> Column:
    """Return a column in which somebody's data were found: those of its shown values are masked that look like it."""
    patterns = [re.compile(pattern) for _, pattern in (*privacy.PATTERNS, *privacy.headed(column.name))]  # fmt: skip

    def shown(value: str) -> str:
        return privacy.masked(value) if any(one.search(value) for one in patterns) else value

    run = column.longest_run
    return replace(
        column,
        top_values=tuple((shown(value), count) for value, count in column.top_values),
        longest_run=run and replace(run, value=shown(run.value)),
        variants=tuple(tuple(shown(one) for one in group) for group in column.variants),
    )
