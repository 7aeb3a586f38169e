"""Units in the names of columns, as factories spell them."""

import pytest

from quality.units import ucum_of, unit_named, unit_of


@pytest.mark.parametrize(
    ("name", "unit", "ucum"),
    [
        # Of real files.
        ("Air temperature [K]", "K", "K"),
        ("Rotational speed [rpm]", "rpm", "/min"),
        ("Torque [Nm]", "Nm", "N.m"),
        ("Tool wear [min]", "min", "min"),
        ("Usage_kWh", "kWh", "kW.h"),
        ("Lagging_Current_Reactive.Power_kVarh", "kVarh", None),
        ("CO2(tCO2)", "tCO2", "t{CO2}"),
        # In brackets of any width, Latin and Korean.
        ("온도(℃)", "℃", "Cel"),
        ("온도 （℃）", "℃", "Cel"),
        ("온도(섭씨)", "섭씨", "Cel"),
        ("온도(C)", "C", "Cel"),
        ("습도[%RH]", "%RH", "%"),
        ("소음(dB(A))", "dB(A)", "dB{A}"),
        ("전류(A)", "A", "A"),
        ("압력(kgf/cm2)", "kgf/cm2", "kgf/cm2"),
        ("압력(㎏f/㎠)", "㎏f/㎠", "kgf/cm2"),
        ("유량(㎥/h)", "㎥/h", "m3/h"),
        ("가속도 (m/s^2)", "m/s^2", "m/s2"),
        ("길이(㎜)", "㎜", "mm"),
        ("회전수(회전/분)", "회전/분", "/min"),
        ("수량(개)", "개", None),
        ("흐름 [unit/x]", "unit/x", None),
        # As the end of the name.
        ("Temp_C", "C", "Cel"),
        ("Motor_RPM", "RPM", "/min"),
        ("Motor RPM", "RPM", "/min"),
        ("spindleRPM", "RPM", "/min"),
        ("rpm", "rpm", "/min"),
        ("speed_mm_s", "mm/s", "mm/s"),
        ("spindle_load_kN", "kN", "kN"),
        ("cycle_min", "min", "min"),
        ("Tool wear_s", "s", "s"),
        ("force_N", "N", "N"),
        # What only looks like one.
        ("Factory_Temp_Min", None, None),
        ("zone_C", None, None),
        ("type_A", None, None),
        ("등급(상)", None, None),
        ("Sales (Korea)", None, None),
        ("Lagging_Current_Power_Factor", None, None),
        ("Volume Flow RateRMS", None, None),
        ("Spray_1_Time", None, None),
        ("x_nm", None, None),
        ("mm", None, None),
    ],
)
def test_a_unit_is_found_in_the_name_of_a_column(
    name: str, unit: str | None, ucum: str | None
) -> None:
    assert (unit_of(name), ucum_of(name, unit_of(name))) == (unit, ucum)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("℃", "degC", True), ("°C", "[℃]", True), ("rpm", "RPM", True), ("㎜", "mm", True), ("KG", "kg", True),
        ("Nm", "nm", False), ("MW", "mW", False), ("K", "℃", False), ("원", "천원", False), ("kvar", "kvarh", False),
    ],
)  # fmt: skip
def test_spellings_of_one_unit_are_one(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a table
    assert (unit_named(one) == unit_named(other)) is same


def test_what_is_not_certain_is_no_unit() -> None:
    assert unit_named("mw") is None
    assert ucum_of("기계(C)", "C") is None
