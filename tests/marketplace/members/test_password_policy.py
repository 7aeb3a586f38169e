"""Which passwords are accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.members.accounts.hangul_keys import keystrokes
from marketplace.members.accounts.password_policy import password_reasons

CONTEXT = ["한빛정밀 주식회사", "Hanbit Precision Co., Ltd.", "minjun.seo@hanbit-precision.example"]
GOOD = "correct horse battery staple"


def codes(password: str) -> list[str]:
    reasons = password_reasons(password, field="new_password", context=CONTEXT)
    assert all(reason.field == "new_password" for reason in reasons)
    assert all(reason.ko and reason.en for reason in reasons)
    return [reason.code for reason in reasons]


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "말 배터리 철심 정답",
        "    \t    x y  ",
        "🐎🔋📎✅🐎🔋📎🐴",
        "q7\x00Zk)2p",
        "xK3$mQ9!",
        "z" * 7 + "Q" + "w5" * 60,
        "kamp correct horse battery staple",
        "minjun likes quiet evening rivers",
        "love" + "48151623428151",
    ],
)
def test_accepts(password: str) -> None:
    assert codes(password) == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_too_short"),
        ("xK3$mQ9", "password_too_short"),
        ("q" * 129, "password_too_long"),
        ("xK3$mQ9!\ud800", "password_unreadable"),
        ("password", "password_common"),
        ("PassWord", "password_common"),
        ("ｐａｓｓｗｏｒｄ", "password_common"),
        ("password2026!", "password_common"),
        ("!!iloveyou!!", "password_common"),
        ("love1234", "password_common"),
        ("1q2w3e4r5t", "password_common"),
        ("qlalfqjsgh1!", "password_common"),
        ("비밀번호1234", "password_common"),
        ("dkssudgktpdy", "password_common"),
        ("xxxxxxxxxxxx", "password_common"),
        ("z9!z9!z9!z9!", "password_common"),
        ("cdefghijklm", "password_common"),
        ("98765432", "password_common"),
        ("Kamp-2026-!", "password_context"),
        ("k.a.m.p.9.9", "password_context"),
        ("제조데이터거래소9!", "password_context"),
        ("한빛정밀2026!", "password_context"),
        ("gksqlcwjdalf1!", "password_context"),
        ("Precision#77x", "password_context"),
        ("minjun!7!7q", "password_context"),
        ("hanbitprecision", "password_context"),
    ],
)
def test_refuses_with_the_reason(password: str, code: str) -> None:
    assert codes(password) == [code]


def test_tells_both_reasons_at_once() -> None:
    reasons = password_reasons("marketplace1", context=["dragonfly"])

    assert [reason.code for reason in reasons] == ["password_context"]
    assert [reason.code for reason in password_reasons("dragonfly1", context=["Dragonfly"])] == [
        "password_common",
        "password_context",
    ]


def test_names_the_word_it_found() -> None:
    (reason,) = password_reasons("Kamp-2026-!")

    assert "'kamp'" in reason.ko
    assert "'kamp'" in reason.en


def test_words_of_everybody_do_not_count() -> None:
    assert password_reasons("naver-y7-q2-z", context=["info@naver.com", "주식회사"]) == []


def test_short_words_do_not_count() -> None:
    assert password_reasons("sun-y7-q2-z", context=["sun@example.org", "Sun"]) == []


@given(st.text(max_size=140), st.lists(st.text(max_size=20), max_size=3))
def test_answers_any_text(password: str, context: list[str]) -> None:
    reasons = password_reasons(password, context=context)

    assert len(password) in range(8, 129) or reasons


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("안녕하세요", "dkssudgktpdy"),
        ("비밀번호", "qlalfqjsgh"),
        ("꽃뚫훑의왜", "RhcEnfggnfxdmldho"),
        ("KAMP 1", "KAMP 1"),
    ],
)
def test_spells_korean_as_keystrokes(text: str, keys: str) -> None:
    assert keystrokes(text) == keys
