"""The canonical form: the same bytes again, numbers as ECMAScript writes them, and a schema that fits."""

import json
import struct
from pathlib import Path

import jsonschema_rs
import pytest

from quality import DatasetReport, FileReport, canonical, examine, report_schema, summarize
from quality.canonical import encode, plain, rounded
from quality.summarizing import rules_version
from tests.quality.corpus import GOOD, zipped
from tests.quality.test_real_files import ARCHIVES, TABLES, examined
from tests.repository import ROOT
from tools.report_schema import TARGET, written

VALIDATOR = jsonschema_rs.validator_for(report_schema())


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        # RFC 8785, appendix B.
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)
def test_numbers_are_written_as_ecmascript_does(bits: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))

    assert encode(number).decode() == text


def test_keys_are_sorted_and_text_stays_text() -> None:
    value: dict[str, object] = {"b": [1, True, None, []], "a": {"온도": 'x"\n\x01', "": {}}}

    assert encode(value).decode() == '{"a":{"":{},"온도":"x\\"\\n\\u0001"},"b":[1,true,null,[]]}'


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="no infinite number"):
        encode([number])


def test_fractions_have_twelve_digits_and_zero_no_sign() -> None:
    assert encode(rounded(0.1 + 0.2)) == b"0.3"
    assert encode(rounded(123456.7890123)) == b"123456.789012"
    assert encode(rounded(-0.0)) == b"0"


def report_of(folder: Path, content: bytes, name: str) -> DatasetReport:
    path = folder / name
    path.write_bytes(content)
    return summarize([examine(path, name=name)])


@pytest.mark.slow  # real children, above the size where quantiles come from a sample
def test_the_same_file_gives_the_same_bytes_wherever_it_lies(tmp_path: Path) -> None:
    lines = [f"{n},{(n * 7919) % 10_007 / 13},{'가' if n % 3 else ''}\n" for n in range(120_000)]
    content = ("t,x,이름\n" + "".join(lines)).encode()
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()

    first, second = report_of(one, content, "a.csv"), report_of(other, content, "a.csv")

    assert first.files[0].tables[0].columns[1].number is not None
    assert first.files[0].tables[0].columns[1].number.sampled
    assert canonical(first) == canonical(second)
    assert b"memory_bytes" not in canonical(first)
    assert str(tmp_path).encode() not in canonical(first)


@pytest.mark.slow  # whole files, each read by two real children
@pytest.mark.parametrize("name", [*TABLES, *ARCHIVES])
def test_reports_of_real_files_fit_the_schema(name: str) -> None:
    report = summarize([examined(name)[0]])

    made = canonical(report)

    VALIDATOR.validate(json.loads(made))
    assert encode(json.loads(made)) == made


@pytest.mark.slow  # real children
@pytest.mark.parametrize(
    ("name", "content"),
    [("a.zip", zipped(("a.csv", GOOD), ("b.csv", b"x\n"))), ("a.exe", b"MZ\0\0"), ("a.csv", b"")],
)
def test_reports_of_refused_files_fit_the_schema(tmp_path: Path, name: str, content: bytes) -> None:
    VALIDATOR.validate(json.loads(canonical(report_of(tmp_path, content, name))))


def test_the_schema_refuses_what_no_report_holds() -> None:
    report = plain(summarize([FileReport(name="a", kind="csv", size_bytes=1)]))
    VALIDATOR.validate(report)

    assert not VALIDATOR.is_valid(report | {"memory_bytes": 1})
    assert not VALIDATOR.is_valid({key: report[key] for key in report if key != "grade"})
    assert not VALIDATOR.is_valid(report | {"row_count": "many"})


def test_the_published_schema_is_the_one_of_the_code() -> None:
    assert TARGET.read_text(encoding="utf-8") == written(), "run python -m tools.report_schema"
    assert TARGET == ROOT / "docs/quality-report.schema.json"


def test_a_report_names_its_rules() -> None:
    report = summarize([FileReport(name="a", kind="csv", size_bytes=1)])

    assert report.rules == rules_version()
    assert report.rules.startswith("marketplace-rules ")
