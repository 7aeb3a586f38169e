"""Units that measure the same thing, and how one is turned into another.

Source:
    The International System of Units (SI Brochure, 9th edition), with the exact inch, pound and kilogram-force.
"""

from typing import Final

from msgspec import Struct

from quality.units import unit_named


class Scale(Struct, frozen=True):
    """A unit: what it measures, and how a value becomes one of the base unit: ``factor * value + offset``."""

    measures: str
    factor: float
    offset: float = 0.0


# By the code in UCUM, which ``quality.units`` knows the spellings of.
_SCALES: Final = {
    "K": Scale("temperature", 1.0),
    "Cel": Scale("temperature", 1.0, 273.15),
    "[degF]": Scale("temperature", 5 / 9, 459.67 * 5 / 9),
    "Pa": Scale("pressure", 1.0),
    "kPa": Scale("pressure", 1e3),
    "MPa": Scale("pressure", 1e6),
    "bar": Scale("pressure", 1e5),
    "[psi]": Scale("pressure", 6_894.757293168),
    "kgf/cm2": Scale("pressure", 98_066.5),
    "m": Scale("length", 1.0),
    "cm": Scale("length", 1e-2),
    "mm": Scale("length", 1e-3),
    "um": Scale("length", 1e-6),
    "nm": Scale("length", 1e-9),
    "[in_i]": Scale("length", 0.0254),
    "kg": Scale("mass", 1.0),
    "g": Scale("mass", 1e-3),
    "t": Scale("mass", 1e3),
    "[lb_av]": Scale("mass", 0.45359237),
    "s": Scale("duration", 1.0),
    "ms": Scale("duration", 1e-3),
    "min": Scale("duration", 60.0),
    "h": Scale("duration", 3_600.0),
    "A": Scale("current", 1.0),
    "mA": Scale("current", 1e-3),
    "V": Scale("voltage", 1.0),
    "kV": Scale("voltage", 1e3),
    "W": Scale("power", 1.0),
    "kW": Scale("power", 1e3),
    "kW.h": Scale("energy", 3.6e6),
    "J": Scale("energy", 1.0),
    "/min": Scale("turning", 1.0),
    "Hz": Scale("frequency", 1.0),
    "kHz": Scale("frequency", 1e3),
    "N": Scale("force", 1.0),
    "kN": Scale("force", 1e3),
    "kgf": Scale("force", 9.80665),
    "N.m": Scale("torque", 1.0),
    "kgf.m": Scale("torque", 9.80665),
    "%": Scale("share", 1.0),
    "m/s": Scale("speed", 1.0),
    "mm/s": Scale("speed", 1e-3),
    "m/min": Scale("speed", 1 / 60),
    "L/min": Scale("flow", 1.0),
    "m3/h": Scale("flow", 1000 / 60),
}
# What a buyer may write where a unit is asked for, and a column's name may not mean.
_ALONE: Final = {
    "c": "Cel", "도": "Cel", "f": "[degF]", "mpa": "MPa", "in": "[in_i]", '"': "[in_i]", "밀리": "mm", "마이크론": "um",
    "lb": "[lb_av]", "lbs": "[lb_av]", "회전수": "/min", "kg/cm2": "kgf/cm2", "kg/cm²": "kgf/cm2",
}  # fmt: skip


def scale_of(unit: str) -> Scale | None:
    """Return what a unit means, None where it is not known."""
    code = _ALONE.get(unit.strip().casefold().replace(" ", ""))
    known = unit_named(unit) if code is None else None
    return _SCALES.get(known.ucum if known is not None else code or "")


def converted(value: float, own: Scale, other: Scale) -> float:
    """Return a value in another unit of the same kind."""
    assert own.measures == other.measures, "asked only for units of one kind"
    return (own.factor * value + own.offset - other.offset) / other.factor
