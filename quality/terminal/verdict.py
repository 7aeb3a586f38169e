"""What came out when a certificate was checked, one line for each thing looked at. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from msgspec import UNSET, Struct

from quality.certificates import Certificate, Fault, Verdict
from quality.differing import Difference
from quality.recomputing import Matched, Recomputed
from quality.terminal.words import Tongue, cut, safe

DIFFERENCES_MOST: Final = 20
NAMES_MOST: Final = 5


class Held(StrEnum):
    """How one thing came out: good, good with a reservation, or refused."""

    good = "good"
    reserved = "reserved"
    refused = "refused"


class Point(Struct, frozen=True):
    """One thing that was looked at, in both languages, with what belongs to it."""

    held: Held
    ko: str
    en: str
    lines: tuple[str, ...] = ()


FAULTS: Final = {
    Fault.report_changed: ("보고서가 바뀌었습니다. 보고서의 해시가 인증서의 것과 다릅니다.", "The report was changed: its hash is not the certified one."),
    Fault.signature_wrong: ("서명이 맞지 않습니다. 인증서의 내용이 바뀌었거나 다른 열쇠의 서명입니다.", "The signature is wrong: the certificate was changed, or another key signed."),
    Fault.key_unknown: ("목록에 없는 열쇠의 서명입니다. 발급자의 열쇠 목록을 다시 받아 보고, 그래도 없으면 믿지 마십시오.", "The key is not in the list. Fetch the issuer's list again; if the key is still missing, do not trust this."),
    Fault.key_not_yet_valid: ("발급 시각에 아직 유효하지 않은 열쇠입니다.", "The key was not yet valid at the time of issue."),
    Fault.key_expired: ("발급 시각에 유효 기간이 지난 열쇠입니다.", "The key was no longer valid at the time of issue."),
    Fault.key_revoked: ("발급 시각에 폐기된 열쇠입니다.", "The key was revoked at the time of issue."),
}  # fmt: skip

MARKS: Final = {
    Held.good: ("[맞음]", "[good]"),
    Held.reserved: ("[주의]", "[note]"),
    Held.refused: ("[틀림]", "[BAD] "),
}

RESULTS: Final = {
    Held.good: ("결과: 확인됨. 인증서와 파일이 서로 맞습니다.", "Result: verified. Certificate and files agree."),
    Held.reserved: ("결과: 일부만 확인됨. [주의]를 읽으십시오.", "Result: verified in part. Read what is marked [note]."),
    Held.refused: ("결과: 거절. 이 인증서를 이 파일들의 증거로 쓸 수 없습니다.", "Result: refused. The certificate is no proof for these files."),
}  # fmt: skip


def points_of(
    certificate: Certificate, verdict: Verdict, matched: Matched, again: Recomputed | None
) -> list[Point]:
    """Return everything that was looked at, in its order.

    Args:
        again: what examining again gave; None where no file was at hand
    """
    return [*_signed(verdict), *_bytes(matched), *_numbers(certificate, again)]


def worst(points: Sequence[Point]) -> Held:
    """Return how the whole came out."""
    held = {one.held for one in points}
    return next(one for one in (Held.refused, Held.reserved, Held.good) if one in held)


def shown(certificate: Certificate, points: Sequence[Point], say: Tongue) -> list[str]:
    """Return the lines that are shown."""
    lines = [
        f"{say('품질 인증서', 'Quality certificate')}: {safe(certificate.subject)}",
        f"  {say('발급자', 'issuer')}: {safe(certificate.issuer)}",
        f"  {say('발급', 'issued')}: {_when(certificate.issued_at)}, {say('열쇠', 'key')} {safe(certificate.key_id)}",
        f"  {safe(certificate.engine)}, {safe(certificate.rules)}",
        "",
    ]
    for one in points:
        lines.append(f"{say(*MARKS[one.held])} {say(one.ko, one.en)}")
        lines += [f"       {line}" for line in one.lines]
    return [*lines, "", say(*RESULTS[worst(points)])]


def _signed(verdict: Verdict) -> Iterator[Point]:
    for fault in verdict.faults:
        yield Point(Held.refused, *FAULTS[fault])
    if not {Fault.report_changed, Fault.signature_wrong} & set(verdict.faults):
        yield Point(
            Held.good,
            "서명이 맞습니다. 발급한 뒤로 인증서의 한 글자도 바뀌지 않았습니다.",
            "The signature is right: nothing in the certificate was changed since it was issued.",
        )
    if not verdict.key_checked:
        yield Point(
            Held.reserved,
            "누구의 열쇠인지 확인하지 않았습니다. 발급자의 열쇠 목록을 --keys로 주십시오.",
            "Whose key it is was not checked. Give the issuer's list of keys with --keys.",
        )
    elif not verdict.faults:
        yield Point(
            Held.good,
            "발급자의 열쇠이고, 발급할 때 유효했습니다.",
            "The key is the issuer's and was valid at the time of issue.",
        )
    if verdict.revoked_later is not None:
        at = _when(verdict.revoked_later)
        yield Point(
            Held.reserved,
            f"이 열쇠는 발급한 뒤 {at}에 폐기되었습니다.",
            f"The key was revoked later, at {at}.",
        )


def _bytes(matched: Matched) -> Iterator[Point]:
    if matched.same:
        yield Point(
            Held.good,
            f"파일 {len(matched.same):,}개의 바이트가 인증서의 것과 같습니다.",
            f"The bytes of {len(matched.same):,} file(s) are the certified ones.",
        )
    if matched.changed:
        yield Point(
            Held.refused,
            f"파일 {len(matched.changed):,}개의 바이트가 인증서의 것과 다릅니다:",
            f"The bytes of {len(matched.changed):,} file(s) are not the certified ones:",
            _names([str(one) for one in matched.changed.values()]),
        )
    if matched.foreign:
        yield Point(
            Held.refused,
            f"인증서에 없는 파일 {len(matched.foreign):,}개:",
            f"{len(matched.foreign):,} file(s) are not in the certificate:",
            _names([str(one.path) for one in matched.foreign]),
        )
    if matched.missing:
        yield Point(
            Held.reserved,
            f"인증서의 파일 {len(matched.missing):,}개는 받지 않아 확인하지 못했습니다:",
            f"{len(matched.missing):,} certified file(s) were not given, and not checked:",
            _names([one.name for one in matched.missing]),
        )


def _numbers(certificate: Certificate, again: Recomputed | None) -> Iterator[Point]:
    if again is None:
        return
    if (again.engine, again.rules) != (certificate.engine, certificate.rules):
        count = len(again.incomparable)
        yield Point(
            Held.reserved,
            f"지금의 측정기는 {again.engine}, {again.rules}입니다. 다르게 나온 {count:,}곳은 견줄 수 없습니다:",
            f"Examined now by {again.engine}, {again.rules}. What differs in {count:,} place(s) cannot be compared:",
            _differences(again.incomparable),
        )
    if again.differing:
        yield Point(
            Held.refused,
            f"다시 검사하니 {len(again.differing):,}곳이 다릅니다(인증서 → 지금):",
            f"Examined again, {len(again.differing):,} place(s) differ (certified → now):",
            _differences(again.differing),
        )
    else:
        of = again.numbers - len(again.incomparable)
        yield Point(
            Held.good,
            f"다시 검사한 수 {of:,}개가 인증서와 같습니다.",
            f"Examined again: {of:,} numbers are the certified ones.",
        )


def _names(names: Sequence[str]) -> tuple[str, ...]:
    more = [f"… (+{len(names) - NAMES_MOST:,})"] if len(names) > NAMES_MOST else []
    return (*(safe(one) for one in names[:NAMES_MOST]), *more)


def _differences(found: Sequence[Difference]) -> tuple[str, ...]:
    lines = [
        f"{safe(one.path)}: {_value(one.before)} → {_value(one.after)}"
        for one in found[:DIFFERENCES_MOST]
    ]
    if len(found) > DIFFERENCES_MOST:
        lines.append(f"… (+{len(found) - DIFFERENCES_MOST:,})")
    return tuple(lines)


def _value(value: Any) -> str:
    if value is UNSET:
        return "–"
    if isinstance(value, dict | list):
        return "…"
    return cut(safe(str(value)), 60)


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
