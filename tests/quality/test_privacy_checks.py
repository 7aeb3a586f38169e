"""What looks like persons or trade secrets, and what does not."""

from pathlib import Path
from typing import Final

import pytest

from quality import Severity
from tests.quality.test_checks import ROWS, clean, replaced
from tests.quality.test_checks_of_files import found_by, looked, only

PLANTED: Final = (
    ("V1", "PII_RRN", "900101-1234567", "900***-*******"),
    ("V2", "PII_CONTACT", "010-1234-5678", "010-****-****"),
    ("V2", "PII_CARD", "4111-1111-1111-1111", "411*-****-****-****"),
    ("V2", "BUSINESS_NUMBER", "123-45-67891", "123-**-*****"),
    ("V2", "PII_PASSPORT", "여권번호: M12345678", "여권번*: *********"),
    ("V2", "PII_PASSPORT", "passport no. M123A4567", "pas***** **. *********"),
    ("V2", "PII_ACCOUNT", "가상은행 110-123-456789", "가상은* ***-***-******"),
    ("V2", "PII_ACCOUNT", "계좌 12345601123456", "계좌 **************"),
)


@pytest.mark.parametrize(("check", "code", "value", "masked"), PLANTED)
def test_personal_data_is_found_and_masked(
    check: str, code: str, value: str, masked: str, tmp_path: Path
) -> None:
    memo = replaced(["정상 가동"] * ROWS, 77, [value])
    finding = only(looked(clean() | {"메모": memo}, tmp_path), check)

    assert (finding.code, finding.count, finding.row) == (code, 1, 78)
    assert [(one.row, one.column, one.value) for one in finding.places] == [(78, "메모", masked)]


def test_numbers_that_only_look_like_it_are_left_alone(tmp_path: Path) -> None:
    wrong = ["4111-1111-1111-1112", "123-45-67892", "901301-1234567", "2026-03-02"]
    report = looked(clean() | {"메모": [wrong[at % 4] for at in range(ROWS)]}, tmp_path)

    assert [one.code for one in report.findings if one.check in ("V1", "V2")] == []


@pytest.mark.parametrize(
    ("code", "header", "value", "masked"),
    [
        ("PII_PASSPORT", "여권번호", "M12345678", "M12******"),
        ("PII_PASSPORT", "passport", "s123b4567", "s12******"),
        ("PII_ACCOUNT", "입금 계좌", "301-0123-4567-01", "301-****-****-**"),
        ("PII_ACCOUNT", "Bank account", "1002-123-456789", "100*-***-******"),
        ("PII_ACCOUNT", "account_no", "11012345678", "110********"),
    ],
)
def test_numbers_without_a_check_digit_count_where_the_header_says_what_they_are(
    code: str, header: str, value: str, masked: str, tmp_path: Path
) -> None:
    def numbers(name: str) -> dict[str, list[str]]:
        return clean() | {name: [value] * ROWS}

    report = looked(numbers(header), tmp_path)
    finding = only(report, "V2")
    column = next(one for one in report.tables[0].columns if one.name == header)

    assert (finding.code, finding.severity, finding.count) == (code, Severity.blocker, ROWS)
    assert {one.value for one in finding.places} == {masked}
    assert {one for one, _ in column.top_values} == {masked}
    assert found_by(looked(numbers("값"), tmp_path), "V2") == []


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("계좌", "02-123-4567"), ("계좌", "2026-03-02"), ("account", "A-100"), ("accounting_code", "1101234567890"),
        ("여권", "M1234"), ("part", "M123A4567"), ("메모", "은행 1588-9999"), ("메모", "은행나무 3그루"),
        ("센서", "여권 없음"), ("lot", "110-123-456789"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_passport_or_an_account_is_left_alone(
    header: str, value: str, tmp_path: Path
) -> None:
    report = looked(clean() | {header: [value] * ROWS}, tmp_path)

    assert [one.code for one in report.findings if one.check == "V2"] == []


def test_names_and_addresses_are_warned_of_and_hidden(tmp_path: Path) -> None:
    names = [("김가나", "이다라", "박마바")[at % 3] for at in range(ROWS)]
    homes = [f"가상시 나라구 다리로 {at % 9 + 1}" for at in range(ROWS)]
    report = looked(clean() | {"작업자": names, "주소": homes}, tmp_path)
    column = next(one for one in report.tables[0].columns if one.name == "작업자")

    assert {one.code for one in found_by(report, "V3")} == {"PII_NAME", "PII_ADDRESS"}
    assert {one.severity for one in found_by(report, "V3")} == {Severity.warning}
    assert {value for value, _ in column.top_values} == {"김**", "이**", "박**"}


def test_names_of_things_are_no_persons(tmp_path: Path) -> None:
    things = {
        "작업자": [("OP-1", "OP-2", "OP-3")[at % 3] for at in range(ROWS)],
        "재질명": [("강판", "주물", "황동")[at % 3] for at in range(ROWS)],
    }
    assert found_by(looked(clean() | things, tmp_path), "V3") == []


@pytest.mark.parametrize("name", ["거래처명", "Customer", "수주번호", "도면 번호", "호선", "단가(원)", "unit_price", "담당자"])  # fmt: skip
def test_signs_of_trade_secrets_ask_the_seller(name: str, tmp_path: Path) -> None:
    report = looked(clean() | {name: [f"K{at % 7}" for at in range(ROWS)]}, tmp_path)
    finding = only(report, "V4")

    assert (finding.column, finding.severity) == (name, Severity.note)


@pytest.mark.parametrize("name", ["수량", "order_size", "drawing_speed", "costing_factor", "온도 목표", "operation"])  # fmt: skip
def test_ordinary_names_are_no_trade_secret(name: str, tmp_path: Path) -> None:
    report = looked(clean() | {name: [f"K{at % 7}" for at in range(ROWS)]}, tmp_path)

    assert found_by(report, "V4") == []
