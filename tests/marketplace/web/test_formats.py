"""How values look on a page."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from marketplace.web.formats import when


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 11, 22, 15, 30, tzinfo=UTC),
        datetime(2026, 11, 22, 10, 30, tzinfo=timezone(timedelta(hours=-5))),
        datetime(2026, 11, 22, 15, 30),  # noqa: DTZ001 - what a driver without zones gives is UTC
    ],
)
def test_an_instant_is_shown_in_seoul(instant: datetime) -> None:
    assert when(instant, "ko") == "2026. 11. 23. (월) 00:30"
    assert when(instant, "en") == "Mon 23 Nov 2026, 00:30 KST"
