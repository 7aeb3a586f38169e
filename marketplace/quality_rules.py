"""How this exchange judges data: weights of the total and thresholds of checks, for all and by kind of product."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from marketplace.errors import ConfigurationError
from quality import PRESETS, SettingsInvalid
from quality.presets import DEFAULT
from quality.settings import Threshold
from quality.settings_files import thresholds_of

# The kinds of data that products have; the catalogue's own list is compared with it by a test.
KINDS: Final = ("tabular", "time_series", "image", "sound", "mixed")

Thresholds = Mapping[str, Threshold]


@dataclass(frozen=True)
class QualityRules:
    """What differs from the defaults of ``quality``.

    Args:
        preset: the name of the weights of the total
        thresholds: of all products
        by_kind: of products of a kind, before those of all
    """

    preset: str = DEFAULT
    thresholds: Thresholds = field(default_factory=dict)
    by_kind: Mapping[str, Thresholds] = field(default_factory=dict)

    def thresholds_for(self, kind: str | None) -> dict[str, Threshold]:
        """Return the thresholds of a kind of product; of all where it has no kind yet."""
        return {**self.thresholds, **self.by_kind.get(kind or "", {})}

    def told(self) -> str:
        """Say in one line what differs from the defaults."""
        parts = [f"weights {self.preset}"]
        for name, given in (("all", self.thresholds), *self.by_kind.items()):
            if given:
                listed = ", ".join(f"{one} = {value}" for one, value in sorted(given.items()))
                parts.append(f"{name}: {listed}")
        return "; ".join(parts) if len(parts) > 1 else f"{parts[0]}, default thresholds"


def read_rules(path: Path | None) -> QualityRules:
    """Return the rules of a TOML file, the defaults without one.

    Raises:
        ConfigurationError: the file cannot be read, or what is wrong with it
    """
    if path is None:
        return QualityRules()
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(f"{path} cannot be read: {error}") from error
    return _rules(said)


def _rules(said: Mapping[str, Any]) -> QualityRules:
    _only(said, ("preset", "thresholds", "kinds"), "")
    preset, kinds = said.get("preset", DEFAULT), said.get("kinds", {})
    if not isinstance(preset, str) or preset not in PRESETS:
        raise _wrong(f"there is no preset {preset!r}; there are: {', '.join(PRESETS)}")
    if not isinstance(kinds, dict):
        raise _wrong("kinds must be a table")
    _only(kinds, KINDS, "kinds.")
    by_kind = {}
    for name, one in kinds.items():
        if not isinstance(one, dict):
            raise _wrong(f"kinds.{name} must be a table")
        _only(one, ("thresholds",), f"kinds.{name}.")
        by_kind[name] = _thresholds(one.get("thresholds", {}), f"kinds.{name}.thresholds")
    return QualityRules(preset, _thresholds(said.get("thresholds", {}), "thresholds"), by_kind)


def _thresholds(said: Any, where: str) -> Thresholds:
    if not isinstance(said, dict):
        raise _wrong(f"{where} must be a table")
    try:
        return thresholds_of(said)
    except SettingsInvalid as error:
        raise _wrong("; ".join(f"{where}: {en}" for _, en in error.problems)) from error


def _only(said: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = [name for name in said if name not in known]
    if unknown:
        raise _wrong(f"unknown name {where}{unknown[0]}; there are: {', '.join(known)}")


def _wrong(reason: str) -> ConfigurationError:
    return ConfigurationError(reason=f"quality_rules: {reason}")
