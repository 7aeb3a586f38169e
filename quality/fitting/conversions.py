"""Units that measure the same thing, and how one is turned into another.

Source:
    The International System of Units (SI Brochure, 9th edition), with the exact inch, pound and kilogram-force.
"""

from typing import Final

from msgspec import Struct


class Scale(Struct, frozen=True):
    """A unit: what it measures, and how a value becomes one of the base unit: ``factor * value + offset``."""

    measures: str
    factor: float
    offset: float = 0.0


_SPELLED: Final[dict[str, tuple[Scale, tuple[str, ...]]]] = {
    "K": (Scale("temperature", 1.0), ("k", "kelvin")),
    "°C": (Scale("temperature", 1.0, 273.15), ("°c", "℃", "c", "degc", "도", "섭씨")),
    "°F": (Scale("temperature", 5 / 9, 459.67 * 5 / 9), ("°f", "℉", "f", "degf")),
    "Pa": (Scale("pressure", 1.0), ("pa",)),
    "kPa": (Scale("pressure", 1e3), ("kpa",)),
    "MPa": (Scale("pressure", 1e6), ("mpa",)),
    "bar": (Scale("pressure", 1e5), ("bar",)),
    "psi": (Scale("pressure", 6_894.757293168), ("psi",)),
    "kgf/cm²": (Scale("pressure", 98_066.5), ("kgf/cm2", "kgf/cm²", "kg/cm2", "kg/cm²")),
    "m": (Scale("length", 1.0), ("m",)),
    "cm": (Scale("length", 1e-2), ("cm",)),
    "mm": (Scale("length", 1e-3), ("mm", "밀리")),
    "µm": (Scale("length", 1e-6), ("um", "µm", "μm", "㎛", "마이크론")),
    "in": (Scale("length", 0.0254), ("in", "inch", '"')),
    "kg": (Scale("mass", 1.0), ("kg", "㎏")),
    "g": (Scale("mass", 1e-3), ("g",)),
    "t": (Scale("mass", 1e3), ("t", "ton", "톤")),
    "lb": (Scale("mass", 0.45359237), ("lb", "lbs")),
    "s": (Scale("duration", 1.0), ("s", "sec", "초")),
    "ms": (Scale("duration", 1e-3), ("ms", "msec", "밀리초")),
    "min": (Scale("duration", 60.0), ("min", "분")),
    "h": (Scale("duration", 3_600.0), ("h", "hr", "hour", "시간")),
    "A": (Scale("current", 1.0), ("a", "amp", "암페어")),
    "mA": (Scale("current", 1e-3), ("ma",)),
    "V": (Scale("voltage", 1.0), ("v", "volt", "볼트")),
    "kV": (Scale("voltage", 1e3), ("kv",)),
    "W": (Scale("power", 1.0), ("w",)),
    "kW": (Scale("power", 1e3), ("kw",)),
    "kWh": (Scale("energy", 3.6e6), ("kwh",)),
    "J": (Scale("energy", 1.0), ("j",)),
    "rpm": (Scale("turning", 1.0), ("rpm", "r/min", "회전수")),
    "Hz": (Scale("frequency", 1.0), ("hz", "헤르츠")),
    "kHz": (Scale("frequency", 1e3), ("khz",)),
    "N": (Scale("force", 1.0), ("n",)),
    "kN": (Scale("force", 1e3), ("kn",)),
    "kgf": (Scale("force", 9.80665), ("kgf",)),
    "N·m": (Scale("torque", 1.0), ("nm", "n·m", "n*m", "n.m")),
    "kgf·m": (Scale("torque", 9.80665), ("kgf·m", "kgf.m", "kgfm")),
    "%": (Scale("share", 1.0), ("%", "％", "퍼센트", "percent")),
    "m/s": (Scale("speed", 1.0), ("m/s",)),
    "mm/s": (Scale("speed", 1e-3), ("mm/s",)),
    "m/min": (Scale("speed", 1 / 60), ("m/min", "mpm")),
    "L/min": (Scale("flow", 1.0), ("l/min", "lpm", "ℓ/min")),
    "m³/h": (Scale("flow", 1000 / 60), ("m3/h", "m³/h", "㎥/h")),
}  # fmt: skip
_SCALES: Final = {word: scale for scale, spellings in _SPELLED.values() for word in spellings}


def scale_of(unit: str) -> Scale | None:
    """Return what a unit means, None where it is not known."""
    bare = unit.strip().casefold().replace(" ", "")
    return _SCALES.get(bare)


def converted(value: float, own: Scale, other: Scale) -> float:
    """Return a value in another unit of the same kind."""
    assert own.measures == other.measures, "asked only for units of one kind"
    return (own.factor * value + own.offset - other.offset) / other.factor
