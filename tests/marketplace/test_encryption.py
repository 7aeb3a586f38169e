"""Encryption of single values at rest."""

import base64
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from marketplace.encryption import (
    DecryptionFailed,
    EncryptionKeyMissing,
    Keyring,
    Place,
    new_key,
)
from marketplace.errors import ConfigurationError

ROW = UUID("00000000-0000-4000-8000-000000000001")
OTHER_ROW = UUID("00000000-0000-4000-8000-000000000002")
PLACE = Place("second_factor", "secret_encrypted", ROW)
OLD = "2026:" + base64.b64encode(b"o" * 32).decode()
VALUE = b"value"
NUMBER = b"110-1234"
NEW = "2027:" + base64.b64encode(b"n" * 32).decode()


@given(st.binary(max_size=300))
def test_gives_back_what_was_sealed(value: bytes) -> None:
    keyring = Keyring.parse(OLD)

    assert keyring.unseal(keyring.seal(value, PLACE), PLACE) == value


def test_the_same_value_never_looks_the_same() -> None:
    keyring = Keyring.parse(OLD)

    sealed = {keyring.seal(VALUE, PLACE) for _ in range(100)}

    assert len(sealed) == 100
    assert not any(VALUE in each for each in sealed)


def test_the_form_is_the_documented_one() -> None:
    """Stored values outlive releases, so the form is written out here a second time."""
    parts = [b"marketplace.encryption.1", b"\x01\x042026", b"bank_account", b"number", ROW.bytes]
    bound = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    nonce = b"n" * 12
    sealed = b"\x01\x042026" + nonce + AESGCM(b"o" * 32).encrypt(nonce, NUMBER, bound)

    opened = Keyring.parse(OLD).unseal(sealed, Place("bank_account", "number", ROW))

    assert opened == NUMBER


@pytest.mark.parametrize(
    "place",
    [
        Place("bank_account", "secret_encrypted", ROW),
        Place("second_factor", "number_encrypted", ROW),
        Place("second_factor", "secret_encrypted", OTHER_ROW),
        Place("second_factors", "ecret_encrypted", ROW),
    ],
)
def test_a_value_cannot_be_read_in_another_place(place: Place) -> None:
    keyring = Keyring.parse(OLD)
    sealed = keyring.seal(VALUE, PLACE)

    with pytest.raises(DecryptionFailed):
        keyring.unseal(sealed, place)


def test_every_changed_byte_is_found() -> None:
    keyring = Keyring.parse(OLD)
    sealed = keyring.seal(VALUE, PLACE)

    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises((DecryptionFailed, EncryptionKeyMissing)):
            keyring.unseal(bytes(changed), PLACE)


def test_every_shortened_value_is_found() -> None:
    keyring = Keyring.parse(OLD)
    sealed = keyring.seal(VALUE, PLACE)

    for length in range(len(sealed)):
        with pytest.raises((DecryptionFailed, EncryptionKeyMissing)):
            keyring.unseal(sealed[:length], PLACE)


@given(st.binary(max_size=80))
def test_any_bytes_are_refused_as_ours(sealed: bytes) -> None:
    with pytest.raises((DecryptionFailed, EncryptionKeyMissing)):
        Keyring.parse(OLD).unseal(sealed, PLACE)


@pytest.mark.parametrize(
    "stored",
    [b"", b"plain text", b"\x02\x042026" + b"x" * 28, b"\x01\x02\xff\xff" + b"x" * 28, b"\x01\x00"],
)
def test_what_was_never_sealed_is_an_incident(stored: bytes) -> None:
    keyring = Keyring.parse(OLD)

    with pytest.raises(DecryptionFailed):
        keyring.unseal(stored, PLACE)
    with pytest.raises(DecryptionFailed):
        keyring.needs_rewrap(stored)


def test_a_new_first_key_takes_over_and_the_old_one_still_reads() -> None:
    sealed = Keyring.parse(OLD).seal(VALUE, PLACE)
    both = Keyring.parse(f"{NEW},{OLD}")

    assert both.needs_rewrap(sealed)
    assert both.unseal(sealed, PLACE) == VALUE

    rewrapped = both.rewrap(sealed, PLACE)

    assert not both.needs_rewrap(rewrapped)
    assert both.rewrap(rewrapped, PLACE) is rewrapped
    assert Keyring.parse(NEW).unseal(rewrapped, PLACE) == VALUE


def test_a_removed_key_is_named() -> None:
    sealed = Keyring.parse(OLD).seal(VALUE, PLACE)

    with pytest.raises(EncryptionKeyMissing) as failed:
        Keyring.parse(NEW).unseal(sealed, PLACE)

    assert failed.value.facts == {"key_id": "2026"}


def test_another_key_under_the_same_id_reads_nothing() -> None:
    sealed = Keyring.parse(OLD).seal(VALUE, PLACE)

    with pytest.raises(DecryptionFailed):
        Keyring.parse(new_key("2026")).unseal(sealed, PLACE)


@pytest.mark.parametrize("key", [b"\xff" * 32, b"\x00" * 32])
def test_reads_both_alphabets_with_and_without_padding(key: bytes) -> None:
    sealed = Keyring.parse("k:" + base64.b64encode(key).decode()).seal(VALUE, PLACE)
    forms = [base64.b64encode(key), base64.urlsafe_b64encode(key)]

    for form in [*forms, *(each.rstrip(b"=") for each in forms)]:
        assert Keyring.parse(f" k:{form.decode()} ").unseal(sealed, PLACE) == VALUE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "k",
        ":",
        OLD + ",",
        f"{OLD},{OLD}",
        "k:",
        "k:QUJD",
        "k:" + "A" * 42,
        "k:" + "A" * 44,
        "k:" + "!" * 43,
        "k k:" + "A" * 43,
        "키:" + "A" * 43,
        "k" * 33 + ":" + "A" * 43,
    ],
)
def test_a_wrong_setting_stops_the_start_without_showing_a_key(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Keyring.parse(text)

    assert "AAAA" not in str(refused.value)
    assert "QUJD" not in str(refused.value)


def test_keys_do_not_show_themselves() -> None:
    keyring = Keyring.parse(OLD)

    assert "AESGCM" not in repr(keyring)
    assert "ooo" not in repr(keyring)
