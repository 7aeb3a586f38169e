"""Stamps as people write them: in which form a column has them, and their values."""

import re
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.profile.numbers import matching

COMPACT_FORM: Final = "%Y%m%d%H%M%S"
# As people write them; the fraction of a second and the zone are cut off before.
FORMS: Final = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y.%m.%d %H:%M:%S", "%Y.%m.%d",
    "%Y.%m.%d %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", COMPACT_FORM,
    "%H:%M:%S", "%H:%M",
)  # fmt: skip
KOREAN_FORM: Final = "오전/오후 %I:%M:%S"
FRACTION_PATTERN: Final = r"(?P<f>\.[0-9]{1,9})(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
FRACTION: Final = r"(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?$"
ZONE: Final = r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})$"
LIKE_DATE: Final = r"^[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]:[0-9]{2}|^[0-9]{14}$"
SHARE_NEEDED: Final = 0.95
MICRO: Final = 1_000_000
_NONE: Final = np.iinfo(np.int64).min


def find_form(texts: pa.Array) -> str | None:
    """Return the form in which at least 95 % of the texts are stamps, or None.

    Day first and month first are told apart by which reads more of them.
    """
    if not len(texts) or matching(texts, LIKE_DATE).mean() < SHARE_NEEDED / 2:
        return None
    best, share = _best(texts)
    return best if share >= SHARE_NEEDED else None


def best_form(texts: pa.Array) -> str | None:
    """Return the form in which most of the texts are stamps, however few; None where none is."""
    return _best(texts)[0] if len(texts) else None


def _best(texts: pa.Array) -> tuple[str | None, float]:
    best, best_share = None, 0.0
    for form in (*FORMS, KOREAN_FORM):
        share = float((stamps(texts, form) != _NONE).mean())
        if share > best_share:
            best, best_share = form, share
    return best, best_share


def stamps(texts: pa.Array, form: str) -> NDArray[np.int64]:
    """Return stamps in microseconds, the smallest integer where a text is none, shape (n,)."""
    if form == KOREAN_FORM:
        return _korean(texts)
    has_seconds = form.endswith("%S")
    plain = pc.replace_substring_regex(texts, FRACTION, "") if has_seconds else texts
    read = pc.strptime(plain, format=form, unit="us", error_is_null=True)
    micro = pc.fill_null(read.cast(pa.int64()), _NONE).to_numpy(zero_copy_only=False).copy()
    if "%d" in form:
        micro[~_same_day(plain, read, form)] = _NONE
    if has_seconds:
        known = micro != _NONE
        micro[known] += _fractions(texts)[known]
    return np.asarray(micro, dtype=np.int64)


def days_of_month(micro: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the day of the month of stamps [µs], 1 to 31."""
    stamps = micro.view("datetime64[us]")
    days = stamps.astype("datetime64[D]") - stamps.astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(days.astype(np.int64) + 1, dtype=np.int64)


def _same_day(plain: pa.Array, read: pa.Array, form: str) -> NDArray[np.bool_]:
    """Arrow turns the 30th of February into March; a day that comes back as another is none."""
    pattern = form.replace("%Y", "[0-9]{4}").replace("%d", "(?P<day>[0-9]{1,2})")
    pattern = re.sub("%[mHMS]", "[0-9]{1,2}", pattern.replace(".", r"\."))
    if form == COMPACT_FORM:
        pattern = "[0-9]{6}(?P<day>[0-9]{2})"
    day = pc.struct_field(pc.extract_regex(plain, f"^{pattern}"), "day")
    same = pc.equal(pc.cast(day, pa.int64()), pc.day(read))
    return np.asarray(
        pc.fill_null(same, fill_value=False).to_numpy(zero_copy_only=False), dtype=bool
    )


def _fractions(texts: pa.Array) -> NDArray[np.int64]:
    """Return the parts of a second behind the point, in microseconds."""
    found = pc.struct_field(pc.extract_regex(texts, FRACTION_PATTERN), "f")
    part = pc.cast(pc.fill_null(found, "0"), pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray((part * MICRO).round(), dtype=np.int64)


def _korean(texts: pa.Array) -> NDArray[np.int64]:
    pattern = (
        r"^(?P<half>오전|오후)\s*(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2}):(?P<s>[0-9]{2}(?:\.[0-9]+)?)$"
    )
    parts = pc.extract_regex(texts, pattern)
    known = np.asarray(pc.is_valid(parts).to_numpy(zero_copy_only=False), dtype=bool)
    micro = np.full(len(texts), _NONE, dtype=np.int64)
    if known.any():
        rows = parts.filter(pa.array(known))
        hour, minute, second = (
            pc.cast(pc.struct_field(rows, name), pa.float64()).to_numpy(zero_copy_only=False)
            for name in ("h", "m", "s")
        )
        late = pc.equal(pc.struct_field(rows, "half"), "오후").to_numpy(zero_copy_only=False)
        seconds = (hour % 12 + 12 * late) * 3600 + minute * 60 + second
        micro[known] = (seconds * MICRO).round().astype(np.int64)
    return micro
