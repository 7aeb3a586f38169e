"""Cursors of lists: they say where a page begins, and nobody makes one up."""

import pytest

from marketplace.http.cursors import CursorRefused, Cursors

CURSORS = Cursors("a-key-for-tests", "people")


def test_a_position_comes_back() -> None:
    assert CURSORS.open(CURSORS.seal("2026-11-26T00:00:00+00:00", 7)) == [
        "2026-11-26T00:00:00+00:00",
        7,
    ]


@pytest.mark.parametrize(
    "made_up",
    [
        "",
        "x",
        "가",
        "\x00",
        "=" * 400,
        "A" * 401,
        Cursors("a-key-for-tests", "organizations").seal(7),
        Cursors("another-key", "people").seal(7),
        CURSORS.seal(7)[:-1],
        CURSORS.seal(7) + "AAAA",
    ],
)
def test_what_was_not_made_here_is_refused(made_up: str) -> None:
    with pytest.raises(CursorRefused):
        CURSORS.open(made_up)
