"""Units as people spell them: found in the names of columns, with their code in UCUM where it is certain. Pure.

``Torque [Nm]``, ``온도(℃)``, ``Temp_C``, ``Motor RPM``. The name's own spelling is kept for people; the code is
for machines. A short suffix (``_C``, ``_A``) counts only behind a word that it measures, since it is as often
the name of a zone or a type; ``_min`` is a minute only where the name speaks of time, else a minimum.

Source:
    The Unified Code for Units of Measure (ucum.org), case-sensitive codes.
"""

import re
import unicodedata
from typing import Final

from msgspec import Struct


class Unit(Struct, frozen=True):
    """A unit: how we write it, and its code in UCUM, empty where there is none or it is not certain."""

    symbol: str
    ucum: str = ""


# Code in UCUM, and how people spell it, ours first; compared as written, then in small letters.
_TABLE: Final = (
    ("Cel", "℃ °C degC deg_C celsius 섭씨 도씨"), ("[degF]", "℉ °F degF fahrenheit 화씨"),
    ("K", "K kelvin 켈빈"), ("%", "% ％ pct percent 퍼센트 %RH RH% %rh"),
    ("m", "m meter 미터"), ("mm", "mm ㎜ 밀리미터"), ("cm", "cm ㎝ 센티미터"),
    ("um", "um µm μm ㎛ micron 마이크로미터"), ("nm", "nm ㎚ 나노미터"), ("km", "km ㎞"),
    ("[in_i]", "inch 인치"), ("mm2", "mm2 mm² ㎟"), ("m2", "m2 m² ㎡"),
    ("m3", "m3 m³ ㎥ 루베"), ("L", "L l ℓ liter 리터"), ("mL", "mL ml ㎖ cc"),
    ("g", "g gram 그램"), ("kg", "kg ㎏ 킬로그램"), ("mg", "mg ㎎"), ("t", "t ton tonne 톤"),
    ("s", "s sec secs second seconds 초"), ("ms", "ms msec ㎳ 밀리초"), ("us", "us µs μs usec"),
    ("min", "min mins minute minutes 분"), ("h", "h hr hrs hour hours 시간"), ("d", "day days 일"),
    ("/min", "rpm r/min rev/min 회전/분"), ("Hz", "Hz ㎐ hertz 헤르츠"), ("kHz", "kHz ㎑"), ("MHz", "MHz ㎒"),
    ("Pa", "Pa ㎩"), ("kPa", "kPa ㎪"), ("MPa", "MPa Mpa MPA ㎫"), ("mPa", "mPa"), ("hPa", "hPa"),
    ("bar", "bar 바"), ("mbar", "mbar"), ("[psi]", "psi"), ("kgf/cm2", "kgf/cm2 kgf/cm² ㎏f/㎠ kgf/㎠"),
    ("mm[Hg]", "mmHg"), ("", "Torr"), ("N", "N newton 뉴턴"), ("kN", "kN"), ("kgf", "kgf"),
    ("N.m", "Nm N·m N.m N-m 뉴턴미터"), ("kgf.m", "kgf·m kgf.m kgfm"), ("V", "V volt volts 볼트"), ("mV", "mV ㎷"), ("kV", "kV ㎸"),
    ("A", "A amp amps ampere 암페어"), ("mA", "mA ㎃"), ("kA", "kA"), ("W", "W watt 와트"), ("kW", "kW ㎾ 킬로와트"), ("MW", "MW ㎿"), ("mW", "mW"),
    ("kW.h", "kWh kW·h ㎾h 킬로와트시"), ("W.h", "Wh"), ("V.A", "VA"), ("kV.A", "kVA"),
    ("", "kvar kVar kVAR"), ("", "kvarh kVarh kVARh"), ("J", "J joule"), ("kJ", "kJ"), ("kcal", "kcal"),
    ("Ohm", "Ω Ohm ohm 옴"), ("kOhm", "kΩ kOhm"), ("MOhm", "MΩ MOhm"),
    ("m/s", "m/s ㎧ mps"), ("mm/s", "mm/s mm/sec"), ("cm/s", "cm/s"), ("m/min", "m/min mpm"), ("mm/min", "mm/min"), ("km/h", "km/h kph"),
    ("m/s2", "m/s2 m/s² m/s^2 ㎨"), ("[g]", "gravity"), ("L/min", "L/min l/min lpm LPM ℓ/min"), ("L/h", "L/h"), ("m3/h", "m3/h m³/h ㎥/h CMH"), ("m3/min", "m3/min ㎥/min CMM"),
    ("g/cm3", "g/cm3 g/cm³ g/㎤"), ("kg/m3", "kg/m3 kg/㎥"), ("ug/m3", "ug/m3 µg/m³ ㎍/㎥ μg/m³"),
    ("[ppm]", "ppm"), ("[ppb]", "ppb"), ("[pH]", "pH"), ("dB", "dB ㏈ 데시벨"), ("dB{A}", "dB(A) dBA"),
    ("lx", "lx lux ㏓ 럭스"), ("deg", "deg ° degree"), ("rad", "rad"), ("uS/cm", "uS/cm µS/cm μS/cm"), ("mS/cm", "mS/cm"), ("A/dm2", "A/dm2 A/dm² ASD"),
    ("cP", "cP"), ("t{CO2}", "tCO2 tCO₂"), ("kg{CO2}", "kgCO2 kgCO₂"),
    # Money and counted things have no unit in UCUM.
    ("", "ea EA pcs 개 매 장"), ("", "회 count counts 건"), ("", "원 KRW"), ("", "천원"),
)  # fmt: skip


def _tables() -> tuple[dict[str, Unit], dict[str, Unit]]:
    exact: dict[str, Unit] = {}
    loose: dict[str, Unit] = {}
    doubtful: set[str] = set()
    for ucum, spellings in _TABLE:
        for spelling in spellings.split():
            unit = Unit(spellings.split()[0], ucum)
            exact[spelling] = unit
            small = spelling.casefold()
            if loose.setdefault(small, unit) != unit:
                doubtful.add(small)  # MW and mW, Nm and nm
    return exact, {name: unit for name, unit in loose.items() if name not in doubtful}


_EXACT, _LOOSE = _tables()
# What is written without a code of ours is kept as it stands when it looks like a unit at all.
_BRACKETED: Final = re.compile(
    r"(?P<open>[\[(（［])\s*(?P<unit>[^\[\](（）)［］]{1,20}?(?:\([A-Za-z]\))?)\s*[\])）］]\s*$"
)
_SUFFIX: Final = re.compile(
    r"(?:[_ .]|(?<=[a-z])(?=[A-Z]))(?P<unit>(?:mm|cm|m|L|l)_(?:s|min|h)|deg_C|[A-Za-zµμ°℃℉%Ω]{1,6})$"
)
# Short suffixes count only behind a word of what they measure.
_SHORT: Final = (
    (r"temp|tmp|온도|thermo|heat", "C F K degC"), (r"volt|전압", "V mV kV"), (r"curr|전류|amp", "A mA kA"),
    (r"power|전력|watt", "W kW MW"), (r"force|load|하중|thrust", "N kN"), (r"time|시간|dur|cycle|elapsed|wear|주기|period", "s sec min h hr ms us"),
    (r"len|width|height|thick|dist|길이|두께|폭|높이|diam|stroke", "m mm cm um nm"), (r"weight|mass|무게|중량", "g kg t mg"), (r"vol|부피|용량", "L mL l ml"),
    (r"angle|각도", "deg rad"), (r"press|압력", "Pa kPa MPa bar psi hPa"), (r"torque|토크", "Nm N"),
)  # fmt: skip
# Suffixes that are a unit wherever they stand.
_PLAIN: Final = frozenset(["mm", "cm", "um", "kg", "rpm", "kPa", "MPa", "hPa", "mbar", "psi", "Hz", "kHz", "MHz", "ms", "msec", "sec", "kW", "kWh", "Wh", "kVA", "kvarh", "kVarh", "kvar", "kV", "mV", "mA", "pct", "degC", "deg_C", "Nm", "kN", "kgf", "ppm", "ppb", "dB", "lux", "mm_s", "m_s", "mm_min", "m_min", "lpm", "mmHg"])  # fmt: skip
_PLAIN_SMALL: Final = frozenset(one.casefold() for one in _PLAIN)
_CELSIUS: Final = {"C": "Cel", "F": "[degF]"}


def unit_named(text: str) -> Unit | None:
    """Return the unit that a spelling stands for, None where that is not certain."""
    spelling = re.sub(r"\s+", "", unicodedata.normalize("NFC", text))
    if spelling[:1] + spelling[-1:] in ("[]", "()"):
        spelling = spelling[1:-1]
    for one in (spelling, spelling.replace("^", ""), spelling.replace("*", "·")):
        found = _EXACT.get(one) or _LOOSE.get(one.casefold())
        if found is not None:
            return found
    return None


def unit_of(name: str) -> str | None:
    """Return the unit that a name carries at its end as it is written there, or None."""
    bracketed = _BRACKETED.search(name)
    if bracketed:
        text = bracketed["unit"].strip()
        if unit_named(text) is not None or text in _CELSIUS:
            return text
        # Square brackets hold units; round ones as often a remark.
        return text if bracketed["open"] in "[［" else None
    suffixed = _SUFFIX.search(name)
    if suffixed is None:
        return "rpm" if name.strip().casefold() == "rpm" else None
    return _suffix(name[: suffixed.start()], suffixed["unit"])


def ucum_of(name: str, unit: str | None) -> str | None:
    """Return the code of a unit that was found in a name or declared; a bare C or F is a temperature."""
    if not unit:
        return None
    if unit in _CELSIUS:
        return _CELSIUS[unit] if re.search(_SHORT[0][0], name, re.IGNORECASE) else None
    found = unit_named(unit)
    return (found.ucum or None) if found is not None else None


def _suffix(before: str, unit: str) -> str | None:
    for words, units in _SHORT:
        if unit in units.split() and re.search(words, before, re.IGNORECASE):
            return unit
    if unit in _PLAIN or (len(unit) > 2 and unit.casefold() in _PLAIN_SMALL):
        return unit if unit == "deg_C" else unit.replace("_", "/")
    return None
