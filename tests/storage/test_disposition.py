from urllib.parse import unquote

import pytest

from storage.disposition import NAME_LIMIT_BYTES, attachment


def extended(value: str) -> str:
    """Return the name that a browser of today takes: the second form."""
    return unquote(value.partition("filename*=UTF-8''")[2])


def test_a_korean_name_has_both_forms() -> None:
    assert attachment("진동 1.csv") == (
        "attachment; filename=\"__ 1.csv\"; filename*=UTF-8''%EC%A7%84%EB%8F%99%201.csv"
    )


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ('a"b.csv', "a_b.csv"),
        ("../../etc/x", "_.._etc_x"),
        ("a\r\nSet-Cookie: b", "a__Set-Cookie_ b"),
        ("exe.\u202etxt", "exe._txt"),
        ("\ud800.csv", "_.csv"),
        ("...", "download"),
        ("", "download"),
        ("100%.csv", "100%.csv"),
    ],
)
def test_what_a_machine_would_interpret_is_replaced(name: str, saved: str) -> None:
    value = attachment(name)

    assert extended(value) == saved
    assert value.isascii()
    assert value.isprintable()


def test_the_plain_form_has_no_percent_sign() -> None:
    assert 'filename="100_.csv"' in attachment("100%.csv")


@pytest.mark.parametrize("name", ["한" * 200 + ".parquet", "a" * 300, "a" * 300 + "." + "b" * 40])
def test_a_long_name_is_cut_and_keeps_a_short_extension(name: str) -> None:
    saved = extended(attachment(name))

    assert NAME_LIMIT_BYTES - 3 < len(saved.encode()) <= NAME_LIMIT_BYTES
    assert not name.endswith(".parquet") or saved.endswith("한.parquet")


def test_a_name_at_the_limit_stays() -> None:
    assert extended(attachment("a" * NAME_LIMIT_BYTES)) == "a" * NAME_LIMIT_BYTES
