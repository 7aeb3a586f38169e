"""The authenticator app and the recovery codes."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.members.accounts.totp import (
    canonical_code,
    code_of_step,
    new_recovery_codes,
    new_secret,
    provisioning_uri,
    qr_code,
    recovery_code_hash,
    step_of,
    verify,
)

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the ASCII text 12345678901234567890 of the RFC
NOW = datetime(2026, 11, 24, 3, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)
USER = UUID("00000000-0000-4000-8000-000000000001")
OTHER_USER = UUID("00000000-0000-4000-8000-000000000002")


def code_at(at: datetime) -> str:
    return code_of_step(SECRET, step_of(at))


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_agrees_with_the_vectors_of_rfc_6238(second: int, code: str) -> None:
    at = datetime.fromtimestamp(second, UTC)

    assert code_at(at) == code
    assert verify(SECRET, code, at=at, last_step=0) == second // 30


@pytest.mark.parametrize(
    ("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_accepts_one_step_of_delay_each_way(steps: int, *, accepted: bool) -> None:
    code = code_at(NOW + steps * STEP)

    expected = step_of(NOW) + steps if accepted else None
    assert verify(SECRET, code, at=NOW, last_step=0) == expected


def test_a_code_works_once() -> None:
    code = code_at(NOW)
    step = verify(SECRET, code, at=NOW, last_step=0)
    assert step is not None

    assert verify(SECRET, code, at=NOW, last_step=step) is None
    assert verify(SECRET, f" {code[:3]} {code[3:]} ", at=NOW, last_step=step) is None
    assert verify(SECRET, code_at(NOW - STEP), at=NOW, last_step=step) is None
    assert verify(SECRET, code_at(NOW + STEP), at=NOW, last_step=step) == step + 1


@pytest.mark.parametrize(
    "typed",
    [
        "287082",
        " 287 082 ",
        "287-082",
        "２８７０８２",
        "２８７\u3000０８２",
        "28\u200b7082\ufeff\n",
    ],
)
def test_reads_what_people_type(typed: str) -> None:
    assert canonical_code(typed) == "287082"


@pytest.mark.parametrize(
    "typed",
    ["", "28708", "2870820", "28708a", "٢٨٧٠٨٢", "+287082", "287082\x00", "\ud800", "2" * 10_000],
)
def test_refuses_what_is_no_code(typed: str) -> None:
    assert canonical_code(typed) is None
    assert verify(SECRET, typed, at=NOW, last_step=0) is None


@given(st.text(max_size=70))
def test_answers_any_text(typed: str) -> None:
    code = canonical_code(typed)

    assert code is None or re.fullmatch("[0-9]{6}", code, re.ASCII)
    assert recovery_code_hash(USER, typed) is None


def test_a_time_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        verify(SECRET, "287082", at=NOW.replace(tzinfo=None), last_step=0)


def test_secrets_have_160_bits() -> None:
    made = {new_secret() for _ in range(100)}

    assert len(made) == 100
    assert all(re.fullmatch("[A-Z2-7]{32}", secret) for secret in made)


def test_the_address_holds_what_an_app_needs() -> None:
    uri = provisioning_uri(SECRET, account="minjun@hanbit.example", issuer="제조데이터 거래소")

    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/제조데이터 거래소:minjun@hanbit.example"
    assert parse_qs(parts.query) == {"secret": [SECRET], "issuer": ["제조데이터 거래소"]}


def test_the_qr_code_is_one_path_without_style() -> None:
    drawn = qr_code(provisioning_uri(SECRET, account="minjun@hanbit.example", issuer="거래소"))

    assert re.sub(r"M\d+ \d+h(\d+)v1h-\1z", "", drawn.path) == ""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)", drawn.path)
    dark = {(int(x) + step, int(y)) for x, y, width in runs for step in range(int(width))}
    # The three finder patterns and the quiet zone of four modules show that it is a QR code.
    corners = [(4, 4), (drawn.size - 11, 4), (4, drawn.size - 11)]
    assert all((x + step, y) in dark for x, y in corners for step in range(7))
    assert all((x + 1, y + 1) not in dark and (x + 3, y + 3) in dark for x, y in corners)
    assert all(4 <= x < drawn.size - 4 and 4 <= y < drawn.size - 4 for x, y in dark)
    assert qr_code("another text").path != drawn.path


def test_makes_ten_recovery_codes_of_120_bits() -> None:
    codes = new_recovery_codes()

    assert len(set(codes)) == 10
    assert all(re.fullmatch("([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}", c) for c in codes)
    assert len({recovery_code_hash(USER, code) for code in codes}) == 10


@pytest.mark.parametrize(
    "typed",
    [
        "0110-ABCD-EFGH-JKMN-PQRS-TVWX",
        "0110ABCDEFGHJKMNPQRSTVWX",
        " 0110 abcd efgh jkmn pqrs tvwx ",
        "oilo-abcd-efgh-jkmn-pqrs-tvwx",
        "０１１０－ＡＢＣＤ－ＥＦＧＨ－ＪＫＭＮ－ＰＱＲＳ－ＴＶＷＸ",
    ],
)
def test_a_recovery_code_may_be_typed_in_many_ways(typed: str) -> None:
    assert recovery_code_hash(USER, typed) == recovery_code_hash(
        USER, "0110-ABCD-EFGH-JKMN-PQRS-TVWX"
    )


def test_a_recovery_code_belongs_to_one_person() -> None:
    code = new_recovery_codes()[0]

    assert recovery_code_hash(USER, code) != recovery_code_hash(OTHER_USER, code)


@pytest.mark.parametrize(
    "typed", ["", "0110-ABCD", "0110-ABCD-EFGH-JKMN-PQRS-TVWXX", "U110-ABCD-EFGH-JKMN-PQRS-TVWX"]
)
def test_refuses_what_is_no_recovery_code(typed: str) -> None:
    assert recovery_code_hash(USER, typed) is None
