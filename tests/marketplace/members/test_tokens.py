"""Secrets that people and programs carry."""

import hashlib
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.members.accounts.tokens import (
    API_TOKEN_PATTERN,
    NewToken,
    api_token_hint,
    digest,
    is_api_token,
    new_api_token,
    new_link_token,
    new_session_id,
)

MADE_COUNT = 200


@pytest.mark.parametrize(
    ("make", "form"),
    [
        (new_session_id, r"[0-9A-Za-z_-]{43}"),
        (new_link_token, r"[0-9A-Za-z_-]{22}"),
        (new_api_token, API_TOKEN_PATTERN),
    ],
)
def test_makes_distinct_secrets_of_one_form(make: Callable[[], NewToken], form: str) -> None:
    made = [make() for _ in range(MADE_COUNT)]

    assert all(re.fullmatch(form, token.text) for token in made)
    assert len({token.text for token in made}) == MADE_COUNT
    assert all(token.digest == hashlib.sha256(token.text.encode()).digest() for token in made)


def test_a_secret_does_not_show_itself() -> None:
    token = new_api_token()

    assert token.text not in repr(token)
    assert token.text not in f"{token}"


def test_recognises_its_own_tokens() -> None:
    assert all(is_api_token(new_api_token().text) for _ in range(MADE_COUNT))


def test_the_checksum_is_stable() -> None:
    """The form outlives releases: a token written down today must be read tomorrow."""
    assert is_api_token("mdx_" + "0" * 43 + "2CZclj")


@given(st.integers(4, 52), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcxyz_-"))
def test_finds_one_mistyped_sign(position: int, sign: str) -> None:
    text = new_api_token().text
    mistyped = f"{text[:position]}{sign}{text[position + 1 :]}"

    assert is_api_token(mistyped) == (mistyped == text)


@pytest.mark.parametrize(
    "text", ["", "mdx_", "mdx_" + "a" * 49, "ghp_" + "0" * 49, "mdx_" + "０" * 49, "\ud800"]
)
def test_refuses_what_is_not_a_token(text: str) -> None:
    assert not is_api_token(text)


def test_any_text_from_outside_has_a_digest() -> None:
    assert len({digest(text) for text in ("", "\x00", "\ud800", "é", "e\u0301")}) == 5


def test_the_hint_shows_four_random_signs() -> None:
    text = new_api_token().text

    assert api_token_hint(text) == text[:8] + "…"
