"""A certificate: one byte changed anywhere is found, keys count at the time of issue, numbers come out again."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import UNSET
from msgspec.structs import replace

from quality import (
    DatasetReport,
    FileReport,
    Finding,
    Severity,
    examine,
    report_schema,
    settings_of,
    summarize,
)
from quality.canonical import encode
from quality.certificates import (
    Certificate,
    CertifiedFile,
    Fault,
    Verdict,
    certified,
    read,
    sign,
    verify,
    written,
)
from quality.checks import aged
from quality.cli import FINE, REFUSED, UNREADABLE, WARNED, run
from quality.differing import Difference, differing
from quality.errors import CertificateDamaged, KeysUnreadable
from quality.gathering import gather
from quality.keys import SigningKey, encoded, key_id, public_of, read_keys
from quality.recomputing import match, recompute
from quality.settings import Settings

Shown = pytest.CaptureFixture[str]

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
AT = datetime(2026, 11, 27, 3, 0, 0, 123_456, tzinfo=UTC)
HOUR = timedelta(hours=1)
CONTENT = "t,x,이름\n" + "".join(f"{n},{n * n / 7},기계{n % 3}\n" for n in range(1, 60))


def published(key: Ed25519PrivateKey = KEY, **facts: Any) -> dict[str, SigningKey]:
    public = public_of(key)
    one = SigningKey(id=key_id(public), public_key=encoded(public), valid_from=AT - HOUR)
    return {one.id: replace(one, **facts)}


def signed(
    report: DatasetReport, files: list[CertifiedFile], key: Ed25519PrivateKey = KEY
) -> Certificate:
    return sign(report, key, files, issuer="시험 거래소", subject="상품 1 판 1", at=AT)


def small() -> Certificate:
    finding = Finding(code="COL_CONSTANT", severity=Severity.note, ko="가", en="a", column="열")
    report = FileReport(name="a.csv", kind="csv", size_bytes=7, findings=(finding,), memory_bytes=9)
    return signed(summarize([report]), [CertifiedFile("a.csv", 7, "0" * 64)])


def judged(content: bytes, keys: dict[str, SigningKey] | None) -> Verdict | None:
    """Return what is said of bytes; None where they are no certificate."""
    try:
        return verify(read(content), keys)
    except CertificateDamaged:
        return None


def test_a_certificate_is_good_as_it_was_written() -> None:
    certificate = small()

    assert judged(written(certificate), published()) == Verdict((), key_checked=True)
    assert certificate.issued_at == datetime(2026, 11, 27, 3, tzinfo=UTC)
    assert "memory_bytes" not in json.dumps(certificate.report)
    assert written(signed(summarize([]), [])) == written(signed(summarize([]), []))


@pytest.mark.slow  # thousands of signatures
def test_one_flipped_bit_at_any_byte_is_found() -> None:
    content = written(small())

    missed = []
    for place in range(len(content)):
        for bit in {place % 8, 5}:
            flipped = bytearray(content)
            flipped[place] ^= 1 << bit
            verdict = judged(bytes(flipped), published())
            if verdict is not None and not verdict.faults:
                missed.append((place, bit))

    assert missed == []


@pytest.mark.parametrize("change", [b"%s\n", b" %s", b"%s%s", b"", b"{}", b"[" * 100_000])
def test_other_bytes_are_no_certificate(change: bytes) -> None:
    content = written(small())

    with pytest.raises(CertificateDamaged):
        read(change.replace(b"%s", content))


def test_a_changed_report_is_named_whoever_rewrites_the_hash() -> None:
    certificate = small()
    report = certificate.report | {"row_count": 5}
    forged = replace(certificate, report=report)

    assert verify(forged, published()).faults == (Fault.report_changed, Fault.signature_wrong)
    forged = replace(forged, report_sha256=hashlib.sha256(encode(report)).hexdigest())
    assert verify(forged, published()).faults == (Fault.signature_wrong,)


@pytest.mark.parametrize(
    ("keys", "faults"),
    [
        ({}, (Fault.key_unknown,)),
        (published(OTHER), (Fault.key_unknown,)),
        (published(valid_from=AT + HOUR), (Fault.key_not_yet_valid,)),
        (published(valid_until=AT - HOUR / 2), (Fault.key_expired,)),
        (published(valid_until=AT.replace(microsecond=0)), (Fault.key_expired,)),
        (published(revoked_at=AT - HOUR / 2), (Fault.key_revoked,)),
        (published(valid_until=AT + HOUR), ()),
    ],
)
def test_the_key_must_be_known_and_valid_at_the_time_of_issue(
    keys: dict[str, SigningKey], faults: tuple[Fault, ...]
) -> None:
    assert verify(small(), keys).faults == faults


def test_a_key_revoked_later_is_told_and_not_refused() -> None:
    verdict = verify(small(), published(revoked_at=AT + HOUR))

    assert verdict == Verdict((), key_checked=True, revoked_later=AT + HOUR)


def test_without_keys_nobody_says_whose_it_is() -> None:
    assert verify(small(), None) == Verdict((), key_checked=False)


def listed(*keys: SigningKey) -> bytes:
    items = [
        {"id": one.id, "public_key": one.public_key, "valid_from": one.valid_from.isoformat(), "said": "more"}
        for one in keys
    ]  # fmt: skip
    return json.dumps({"items": items}).encode()


def test_a_published_list_is_read_and_a_wrong_one_is_not() -> None:
    (one,) = published().values()
    (two,) = published(OTHER).values()

    assert set(read_keys(listed(one, two))) == {one.id, two.id}
    for wrong in (b"", b"[]", listed(one, one), listed(replace(one, id=two.id))):
        with pytest.raises(KeysUnreadable):
            read_keys(wrong)
    with pytest.raises(KeysUnreadable, match="timezone"):
        read_keys(listed(one).replace(b"+00:00", b""))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1.0}, {"a": 1.0 + 1e-12}, []),
        ({"a": 1.0}, {"a": 1.0 + 1e-8}, [Difference("a", 1.0, 1.0 + 1e-8)]),
        ({"a": 1_000_000_000_000}, {"a": 1_000_000_000_001}, [Difference("a", 10**12, 10**12 + 1)]),
        ({"a": None}, {"a": 0}, [Difference("a", None, 0)]),
        ({"a": True}, {"a": 1}, [Difference(path="a", before=True, after=1)]),
        ({"a": [1]}, {"a": [1, 2]}, [Difference("a[1]", UNSET, 2)]),
        (
            {"t": [{"name": "x", "n": 1}, {"name": "y", "n": 1}]},
            {"t": [{"name": "y", "n": 2}, {"name": "x", "n": 1}]},
            [Difference("t[y].n", 1, 2)],
        ),
    ],
)
def test_counts_differ_exactly_and_fractions_beyond_a_billionth(
    before: dict[str, Any], after: dict[str, Any], found: list[Difference]
) -> None:
    assert list(differing(before, after)) == found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Certificate]:
    """A folder with two files, and their certificate."""
    folder = tmp_path_factory.mktemp("certified")
    (folder / "a.csv").write_text(CONTENT)
    (folder / "b.csv").write_text("p,q\n1,2\n3,\n")
    given = gather([folder])
    report = summarize([examine(one.path, name=one.name) for one in given])
    return folder, signed(report, [certified(one.path, one.name) for one in given])


def changed(folder: Path, made: tuple[Path, Certificate], content: str) -> Path:
    (folder / "files").mkdir()
    (folder / "files/a.csv").write_text(content)
    (folder / "files/b.csv").write_bytes((made[0] / "b.csv").read_bytes())
    return folder / "files"


@pytest.mark.slow  # real children
def test_the_same_bytes_give_every_number_again(made: tuple[Path, Certificate]) -> None:
    folder, certificate = made

    matched = match(certificate, gather([folder]))
    again = recompute(certificate, matched.same)

    assert (len(matched.same), matched.changed, matched.missing, matched.foreign) == (2, {}, (), ())
    assert (again.differing, again.incomparable, again.whole) == ((), (), True)
    assert again.numbers > 150


def test_one_flipped_bit_at_any_byte_of_a_file_is_found(
    made: tuple[Path, Certificate], tmp_path: Path
) -> None:
    folder, certificate = made
    content = (folder / "a.csv").read_bytes()
    path = tmp_path / "a.csv"
    missed = []
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 1 << (place % 8)
        path.write_bytes(bytes(flipped))
        if match(certificate, gather([path])).changed != {0: path}:
            missed.append(place)

    assert missed == []


@pytest.mark.slow  # real children
def test_a_changed_number_is_named_with_both_values(
    made: tuple[Path, Certificate], tmp_path: Path
) -> None:
    folder = changed(tmp_path, made, CONTENT.replace("\n3,", "\n3000,"))

    matched = match(made[1], gather([folder]))
    again = recompute(made[1], matched.same | matched.changed)

    assert list(matched.changed) == [0]
    places = {one.path: (one.before, one.after) for one in again.differing}
    column = "files[a.csv].tables[a.csv].columns[t]"
    assert places[f"{column}.number.high"] == (59, 3000)
    assert not any(".columns[x]" in path or "b.csv" in path for path in places)


@pytest.mark.slow  # real children
def test_another_engine_is_said_and_only_bare_counts_are_held_against_it(
    made: tuple[Path, Certificate], tmp_path: Path
) -> None:
    folder, certificate = made
    report = json.loads(encode(certificate.report))
    report["files"][0]["tables"][0]["columns"][1]["number"]["mean"] = 1.0
    older = replace(certificate, engine="marketplace-quality 0", report=report)

    again = recompute(older, match(older, gather([folder])).same)

    assert again.differing == ()
    assert [one.path for one in again.incomparable] == [
        "files[a.csv].tables[a.csv].columns[x].number.mean"
    ]
    report["files"][0]["tables"][0]["row_count"] = 1
    again = recompute(replace(older, report=report), match(older, gather([folder])).same)
    assert [one.path for one in again.differing] == ["files[a.csv].tables[a.csv].row_count"]


@pytest.mark.slow  # real children
def test_what_was_declared_is_declared_again(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CONTENT)
    said = settings_of(
        {
            "columns": {"t": {"low": 3.14159265358979323, "high": 50}},
            "thresholds": {"stuck_rows": 20},
            "preset": "equal",
        }
    )
    report = summarize([examine(path, name="a.csv", settings=said)])
    certificate = read(written(signed(report, [certified(path, "a.csv")])))

    again = recompute(certificate, match(certificate, gather([path])).same)
    forgotten = recompute(replace(certificate, report=certificate.report | {"settings": []}), {0: path})  # fmt: skip

    assert (again.differing, again.incomparable) == ((), ())
    # Without them other numbers come out, and they are told as not comparable.
    assert forgotten.differing == ()
    assert any("kept" in one.path for one in forgotten.incomparable)


@pytest.mark.slow  # real children
def test_one_file_of_two_is_compared_without_totals(made: tuple[Path, Certificate]) -> None:
    folder, certificate = made

    matched = match(certificate, gather([folder / "b.csv"]))
    again = recompute(certificate, matched.same)

    assert [one.name for one in matched.missing] == ["a.csv"]
    assert (again.whole, again.differing) == (False, ())


def test_the_age_of_data_is_measured_again_by_the_certified_date() -> None:
    def look(_path: Path, _name: str, settings: Settings) -> FileReport:
        report = FileReport(name="a.csv", kind="csv", size_bytes=7, settings=settings, settings_id=settings.id)  # fmt: skip
        return aged(report, settings.as_of) if settings.as_of is not None else report

    dated = look(Path("a.csv"), "a.csv", Settings(as_of=date(2026, 11, 27)))
    certificate = signed(summarize([dated]), [CertifiedFile("a.csv", 7, "0" * 64)])

    again = recompute(certificate, {0: Path("a.csv")}, look=look)

    assert certificate.report["files"][0]["as_of"] == "2026-11-27"
    assert (again.differing, again.incomparable) == ((), ())


def ran(capsys: Shown, *arguments: object) -> tuple[int, str, str]:
    code = run([str(one) for one in arguments])
    return (code, *capsys.readouterr())


@pytest.mark.slow  # real children
def test_the_command_says_what_it_checked(
    made: tuple[Path, Certificate], tmp_path: Path, capsys: Shown
) -> None:
    folder, certificate = made
    proof, keys = tmp_path / "certificate.json", tmp_path / "keys.json"
    proof.write_bytes(written(certificate))
    keys.write_bytes(listed(*published().values()))

    code, out, _ = ran(capsys, "verify", proof, folder, "--keys", keys)
    assert (code, "[주의]" in out, "[틀림]" in out) == (FINE, False, False)
    assert "결과: 확인됨." in out
    assert "상품 1 판 1" in out

    code, out, _ = ran(capsys, "verify", proof, folder / "a.csv", "--lang", "en")
    assert code == WARNED
    assert "Whose key it is was not checked" in out
    assert "1 certified file(s) were not given" in out

    keys.write_bytes(listed(*published(OTHER).values()))
    code, out, _ = ran(capsys, "verify", proof, "--keys", keys)
    assert (code, "목록에 없는 열쇠" in out) == (REFUSED, True)

    bad = changed(tmp_path, made, CONTENT.replace("기계1", "기계2", 1))
    code, out, _ = ran(capsys, "verify", proof, bad)
    assert code == REFUSED
    assert "파일 1개의 바이트가 인증서의 것과 다릅니다" in out
    assert "top_values" in out

    code, out, _ = ran(capsys, "compare", proof, folder)
    assert (code, "같습니다" in out) == (FINE, True)


def test_the_command_refuses_what_is_no_certificate(tmp_path: Path, capsys: Shown) -> None:
    proof, keys = tmp_path / "certificate.json", tmp_path / "keys.json"
    proof.write_bytes(written(small()).replace(b'"row_count":0', b'"row_count":00'))
    keys.write_text("{}")

    assert ran(capsys, "verify", proof)[0] == REFUSED
    assert ran(capsys, "verify", proof, "--keys", keys)[0] == UNREADABLE
    assert ran(capsys, "verify", tmp_path / "none.json")[0] == UNREADABLE


def test_a_report_in_a_certificate_fits_the_schema() -> None:
    jsonschema_rs.validator_for(report_schema()).validate(small().report)
