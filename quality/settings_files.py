"""Settings as people write them, TOML or JSON, and what is wrong with them in words. Pure."""

import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from quality import thresholds
from quality.canonical import rounded
from quality.errors import SettingsInvalid
from quality.presets import PRESETS
from quality.settings import (
    CODES_MAX,
    COLUMNS_MAX,
    RELATIONS_MAX,
    SETTINGS_BYTES_MAX,
    SETTINGS_VERSION,
    TEXT_CHARS,
    DeclaredColumn,
    Settings,
    bare,
)
from quality.thresholds import Problem

# What msgspec says, and how a person says it.
WORDS: Final = (
    (r"Object contains unknown field `(.+?)`", "모르는 이름 '{0}'이(가) 있습니다", "unknown name '{0}'"),
    (r"Object missing required field `(.+?)`", "'{0}'이(가) 빠졌습니다", "'{0}' is missing"),
    (r"Invalid enum value '?(.+?)'?$", "'{0}'은(는) 고를 수 있는 값이 아닙니다", "'{0}' is no value to choose"),
    (r"Expected `(.+?)`, got `(.+?)`", "{0} 값이 와야 하는데 {1} 값이 있습니다", "expected {0}, found {1}"),
)  # fmt: skip
KINDS: Final = {
    "str": ("글자", "text"), "float": ("숫자", "a number"), "int": ("정수", "a whole number"),
    "array": ("목록", "a list"), "object": ("표", "a table"), "bool": ("참·거짓", "yes or no"),
    "date": ("날짜", "a date"), "null": ("빈", "nothing"),
}  # fmt: skip


def read_settings(content: bytes, *, toml: bool) -> Settings:
    """Return the settings that a file says.

    ``columns`` may be a list, or a table by the names of the columns.

    Raises:
        SettingsInvalid: everything that is wrong with it, in Korean and English
    """
    try:
        said = tomllib.loads(content.decode()) if toml else json.loads(content)
    except (
        tomllib.TOMLDecodeError,
        json.JSONDecodeError,
        UnicodeDecodeError,
        RecursionError,
    ) as error:
        raise SettingsInvalid([(f"파일의 문법이 틀렸습니다: {error}", f"the file is not well formed: {error}")]) from error  # fmt: skip
    return settings_of(said)


def settings_of(said: Any) -> Settings:
    """Return settings out of plain data.

    Raises:
        SettingsInvalid: everything that is wrong with them
    """
    if isinstance(said, dict) and isinstance(said.get("columns"), dict):
        listed = [{"name": name, **one} if isinstance(one, dict) else one for name, one in said["columns"].items()]  # fmt: skip
        said = {**said, "columns": listed}
    given = said.get("thresholds", {}) if isinstance(said, dict) else {}
    found = list(thresholds.problems(given)) if isinstance(given, dict) else []
    if found:
        raise SettingsInvalid(found)
    try:
        made = msgspec.convert(said, Settings)
    except msgspec.ValidationError as error:
        raise SettingsInvalid([_worded(str(error))]) from error
    return checked(made)


def checked(settings: Settings) -> Settings:
    """Return settings in which nothing contradicts itself; thresholds that are the default are left out.

    Numbers have as many digits as a canonical report keeps, so that it gives back the same settings.

    Raises:
        SettingsInvalid: everything that is wrong with them
    """
    found = list(_problems(settings))
    if found:
        raise SettingsInvalid(found)
    return msgspec.structs.replace(
        settings,
        columns=tuple(_short(one) for one in settings.columns),
        thresholds=thresholds.differing(settings.thresholds),
    )


def _short(one: DeclaredColumn) -> DeclaredColumn:
    low, high = (None if value is None else rounded(value) for value in (one.low, one.high))
    return msgspec.structs.replace(one, low=low, high=high)


def _worded(message: str) -> Problem:
    what, _, where = message.partition(" - at ")
    place = where.strip("`").removeprefix("$").removeprefix(".")
    for pattern, ko, en in WORDS:
        match = re.search(pattern, what)
        if match:
            known = KINDS if pattern.startswith("Expected") else {}
            names = [known.get(one.split(" | ")[0], (one, one)) for one in match.groups()]
            what_ko, what_en = (
                ko.format(*(one for one, _ in names)),
                en.format(*(one for _, one in names)),
            )
            break
    else:
        what_ko = what_en = what
    before = f"{place}: " if place else ""
    return f"{before}{what_ko}.", f"{before}{what_en}"


def _problems(settings: Settings) -> Iterator[Problem]:
    yield from thresholds.problems(settings.thresholds)
    if settings.version != SETTINGS_VERSION:
        yield (
            f"version은 {SETTINGS_VERSION}이어야 합니다.",
            f"version must be {SETTINGS_VERSION}",
        )
    if settings.preset not in PRESETS:
        yield (
            f"가중치 '{settings.preset}'은(는) 없습니다. 쓸 수 있는 이름: {', '.join(PRESETS)}",
            f"there is no preset '{settings.preset}'; there are: {', '.join(PRESETS)}",
        )
    if len(settings.columns) > COLUMNS_MAX or len(settings.relations) > RELATIONS_MAX:
        yield (
            f"열은 {COLUMNS_MAX:,}개, 열 사이의 규칙은 {RELATIONS_MAX:,}개까지입니다.",
            f"at most {COLUMNS_MAX:,} columns and {RELATIONS_MAX:,} relations",
        )
    seen: set[str] = set()
    for one in settings.columns:
        if bare(one.name) in seen:
            yield f"열 '{one.name}'이(가) 두 번 나옵니다.", f"the column '{one.name}' stands twice"
        seen.add(bare(one.name))
        yield from _column_problems(one)
    if not all(map(bare, settings.named())):
        yield "열 이름이 비어 있습니다.", "a column has no name"
    if settings.size_bytes > SETTINGS_BYTES_MAX:
        yield (
            "선언이 너무 큽니다. 허용 값의 목록을 줄이십시오.",
            "too much is declared: shorten the lists of codes",
        )


def _column_problems(one: DeclaredColumn) -> Iterator[Problem]:
    if any(value is not None and not math.isfinite(value) for value in (one.low, one.high)):
        yield f"열 '{one.name}'의 범위는 유한한 숫자여야 합니다.", f"the range of column '{one.name}' must be finite"  # fmt: skip
    elif one.low is not None and one.high is not None and one.low > one.high:
        yield (
            f"열 '{one.name}'의 최소({one.low:g})가 최대({one.high:g})보다 큽니다.",
            f"the least value of column '{one.name}' ({one.low:g}) is above its greatest ({one.high:g})",
        )
    if len(one.codes) > CODES_MAX:
        yield f"열 '{one.name}'의 허용 값은 {CODES_MAX:,}개까지입니다.", f"column '{one.name}' may have {CODES_MAX:,} codes"  # fmt: skip
    if any(len(text) > TEXT_CHARS for text in (one.unit, one.meaning, one.pattern or "", *one.codes)):  # fmt: skip
        yield f"열 '{one.name}'에 {TEXT_CHARS:,}자보다 긴 글이 있습니다.", f"column '{one.name}' has a text of more than {TEXT_CHARS:,} characters"  # fmt: skip


def thresholds_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return thresholds out of plain data, those that are the default left out.

    Raises:
        SettingsInvalid: everything that is wrong with them
    """
    found = list(thresholds.problems(said))
    if found:
        raise SettingsInvalid(found)
    return thresholds.differing(said)
