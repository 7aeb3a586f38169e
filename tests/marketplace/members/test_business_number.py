"""Numbers of businesses: what people type, check digit, hints."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.errors import Invalid
from marketplace.members.registry.business_number import (
    check_digit,
    format_business_number,
    format_corporate_number,
    holder_hint,
    parse_business_number,
    parse_corporate_number,
)

# Numbers that large companies publish in the footers of their own pages.
PUBLISHED = [
    "124-81-00998",
    "120-81-47521",
    "220-81-62517",
    "411-86-01799",
    "120-88-01280",
    "116-82-00276",
    "134-86-72683",
    "138-86-02200",
]

serials = st.tuples(st.integers(101, 999), st.integers(1, 99), st.integers(0, 9999), st.none()).map(
    lambda parts: f"{parts[0]:03d}{parts[1]:02d}{parts[2]:04d}"
)


def reason_of(text: str) -> str:
    with pytest.raises(Invalid) as refused:
        parse_business_number(text, field="number")
    (reason,) = refused.value.fields
    assert reason.field == "number"
    assert reason.ko
    assert reason.en
    return reason.code


@pytest.mark.parametrize("number", PUBLISHED)
def test_accepts_published_numbers(number: str) -> None:
    assert parse_business_number(number) == number.replace("-", "")


@pytest.mark.parametrize(
    "typed",
    [
        "1248100998",
        " 124-81-00998 ",
        "124 81 00998",
        "124.81.00998",
        "１２４－８１－００９９８",
        "124–81—00998",
        "124\u30fc81\u30fc00998",
        "124\u300081\u300000998",
        "\ufeff124-81-00998\n",
    ],
)
def test_reads_what_people_type(typed: str) -> None:
    assert parse_business_number(typed) == "1248100998"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "business_number_format"),
        ("124-81-0099", "business_number_format"),
        ("124-81-009980", "business_number_format"),
        ("124-81-0099a", "business_number_format"),
        ("124-81-0099\x00", "business_number_format"),
        ("١٢٤٨١٠٠٩٩٨", "business_number_format"),
        ("+1248100998", "business_number_format"),
        ("9" * 100_000, "business_number_format"),
        ("000-00-00000", "business_number_range"),
        ("100-81-00000", "business_number_range"),
        ("124-00-00998", "business_number_range"),
        ("1248100999", "business_number_checksum"),
        ("124-81-00989", "business_number_checksum"),
    ],
)
def test_refuses_with_the_reason(typed: str, code: str) -> None:
    assert reason_of(typed) == code


@given(serials)
def test_reads_back_its_own_form(first_nine: str) -> None:
    number = f"{first_nine}{check_digit(first_nine)}"

    shown = format_business_number(number)

    assert shown == f"{number[:3]}-{number[3:5]}-{number[5:]}"
    assert parse_business_number(shown) == number


@given(serials, st.integers(0, 9), st.integers(1, 9))
def test_finds_every_single_wrong_digit(first_nine: str, position: int, shift: int) -> None:
    number = f"{first_nine}{check_digit(first_nine)}"
    wrong = (int(number[position]) + shift) % 10
    mistyped = f"{number[:position]}{wrong}{number[position + 1 :]}"

    assert reason_of(mistyped) in {"business_number_checksum", "business_number_range"}


@given(st.text(alphabet="0123456789０９١①-－ー. \u3000\u200b가a+\x00", max_size=60))
def test_gives_ten_ascii_digits_or_refuses(text: str) -> None:
    with suppress(Invalid):
        assert re.fullmatch("[0-9]{10}", parse_business_number(text), re.ASCII)


@pytest.mark.parametrize(
    ("middle", "code"),
    [
        ("00", None),
        ("01", "individual"),
        ("79", "individual"),
        ("80", "other"),
        ("81", "corporation"),
        ("82", "non_profit"),
        ("83", "government"),
        ("84", "foreign"),
        ("85", "branch"),
        ("86", "corporation"),
        ("87", "corporation"),
        ("88", "corporation"),
        ("89", "religious"),
        ("90", "individual_exempt"),
        ("99", "individual_exempt"),
    ],
)
def test_hints_at_the_holder(middle: str, code: str | None) -> None:
    hint = holder_hint(f"124{middle}00998")

    assert (hint.code if hint else None) == code


@pytest.mark.parametrize(
    "typed", ["130111-0006246", "1301110006246", "130111 0006240", "１３０１１１－０００６２４９"]
)
def test_never_refuses_a_corporate_number_for_its_check_digit(typed: str) -> None:
    number = parse_corporate_number(typed)

    assert number[:12] == "130111000624"
    assert format_corporate_number(number) == f"130111-{number[6:]}"


@pytest.mark.parametrize("typed", ["", "130111-000624", "130111-00062466", "130111-000624x"])
def test_refuses_a_corporate_number_of_another_form(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_corporate_number(typed)

    assert [reason.code for reason in refused.value.fields] == ["corporate_number_format"]
