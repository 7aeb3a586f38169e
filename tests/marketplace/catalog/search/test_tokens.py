"""Texts become the tokens they are found by, however they were typed."""

import unicodedata

import pytest

from marketplace.catalog.search.lexemes import (
    NARROW_BANDS,
    narrow_band,
    price_band,
    quoted,
)
from marketplace.catalog.search.tokens import choseong, index_tokens, jamo, normal, query_word, runs
from marketplace.catalog.search.vocabulary import edit_distance, stems_of


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("금형온도", {"금형", "형온", "온도"}),
        ("벨", {"벨"}),
        ("SpindleSpeed", {"spindle_speed", "spindle", "speed"}),
        ("inj_press1", {"inj_press1", "inj", "press", "1"}),
        ("온도_C", {"온도", "c"}),
        ("두께 5㎜", {"두께", "5mm", "5", "mm"}),
        ("OPC-UA", {"opc-ua", "opc", "ua"}),
        ("ＣＮＣ 진동", {"cnc", "진동"}),
        ("ㄱㅡㅁㅎㅕㅇ", {"금형"}),
        (unicodedata.normalize("NFD", "금형"), {"금형"}),
        ("😀 ' | & ! :* \\", set()),
        ("a" * 500, set()),
    ],
)
def test_a_text_is_found_by(text: str, tokens: set[str]) -> None:
    assert index_tokens(text) == tokens


def test_a_latin_word_and_a_single_syllable_may_go_on() -> None:
    assert query_word("inj") == (("inj",), True)
    assert query_word("벨") == (("벨",), True)
    assert query_word("벨트") == (("벨트",), False)
    assert query_word("온도온도") == (("온도", "도온"), False)


def test_syllables_have_letters_and_first_letters() -> None:
    assert jamo("금형") == "ㄱㅡㅁㅎㅕㅇ"
    assert jamo("뭐a") == "ㅁㅝa"
    assert choseong("사출 온도a") == "ㅅㅊ ㅇㄷa"
    assert normal("닭") == "닭"
    assert runs(normal("ㄷㅏㄺ")) == ["닭"]


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("금형", "금형", 0),
        ("injeciton", "injection", 1),
        ("abc", "", 3),
        ("ab", "ba", 1),
        ("a", "b", 1),
    ],
)
def test_letters_are_inserted_deleted_changed_or_swapped(one: str, other: str, edits: int) -> None:
    assert edit_distance(one, other) == edits
    assert edit_distance(other, one) == edits


def test_a_particle_leaves_a_stem_of_two_syllables() -> None:
    assert stems_of("금형의") == ["금형"]
    assert stems_of("진동으로") == ["진동", "진동으"]
    assert stems_of("도의") == []
    assert stems_of("press") == []


def test_prices_lie_in_bands() -> None:
    assert [price_band(one) for one in (1_000, 999_999, 1_000_000, 2_999_999, 10_000_000)] == [
        "0", "0", "1", "1", "3",
    ]  # fmt: skip
    bands = [narrow_band(one) for one in (1_000, 1_499, 1_500, 1_000_000, 10**10)]
    assert bands[:3] == [0, 0, 1]
    assert bands == sorted(bands)
    assert bands[-1] == NARROW_BANDS - 1


@pytest.mark.parametrize("nasty", ["'", "\\", "a'b\\c", "a:*|b", "\0x"])
def test_any_text_can_be_asked_for(nasty: str) -> None:
    assert quoted(nasty).startswith("'")
    assert "\0" not in quoted(nasty)
