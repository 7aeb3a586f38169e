"""The setting with the keys that sign: its form, whose time it is, and what is refused."""

from datetime import UTC, date, datetime

import pytest

from marketplace.errors import ConfigurationError
from marketplace.signing import SigningRing, new_signing_key

ONE, TWO = "A" * 43 + "=", "B" * 43 + "="


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def test_the_newest_key_whose_time_it_is_signs() -> None:
    ring = SigningRing.parse(f"2026-01-01/2027-02-01:{ONE}, 2027-01-01:{TWO}")
    one, two = ring.signers

    assert ring.at(at("2025-12-31")) is None
    assert ring.at(at("2026-01-01")) is one
    assert ring.at(at("2027-01-01")) is two
    assert ring.at(at("2027-01-01"), {two.published.id}) is one
    assert ring.at(at("2027-02-01"), {two.published.id}) is None
    assert one.published.valid_until == at("2027-02-01")


def test_a_new_entry_is_usable_and_shows_no_private_key() -> None:
    entry = new_signing_key(date(2026, 11, 27))
    ring = SigningRing.parse(entry)

    assert ring.at(at("2026-11-27")) is ring.signers[0]
    assert entry.partition(":")[2] not in repr(ring)
    assert SigningRing.parse("").signers == ()


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        f"k1:{ONE}",
        f"2026-13-01:{ONE}",
        f"2026-01-01/2026-01-01:{ONE}",
        f"2026-01-01:{'C' * 20}",
        f"2026-01-01:{ONE},2027-01-01:{ONE}",
    ],
)
def test_another_form_is_refused_without_saying_the_key(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        SigningRing.parse(text)

    assert ONE[:20] not in refused.value.text("en")
