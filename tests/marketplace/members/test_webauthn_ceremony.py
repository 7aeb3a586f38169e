"""Passkeys: registration and sign-in against an authenticator in software."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.members.accounts.errors import PasskeyNotRegistered, PasskeyRefused
from marketplace.members.accounts.webauthn_ceremony import (
    NewPasskey,
    RelyingParty,
    begin_registration,
    begin_sign_in,
    credential_id_of,
    finish_registration,
    finish_sign_in,
)
from tests.marketplace.members.software_authenticator import USER_PRESENT, SoftwareAuthenticator

PARTY = RelyingParty("localhost", "제조데이터 거래소", "http://localhost:8000")
USER = UUID("00000000-0000-4000-8000-000000000001")
OTHER_USER = UUID("00000000-0000-4000-8000-000000000002")

Change = Callable[[SoftwareAuthenticator], None]


def an_authenticator() -> SoftwareAuthenticator:
    return SoftwareAuthenticator(origin=PARTY.origin, rp_id=PARTY.id)


def register(device: SoftwareAuthenticator) -> NewPasskey:
    ceremony = begin_registration(
        PARTY, user_id=USER, email="minjun@hanbit.example", name="서민준", existing=[]
    )
    return finish_registration(
        PARTY, device.register(ceremony.options), challenge=ceremony.challenge
    )


def sign_in(device: SoftwareAuthenticator, held: NewPasskey, user_id: UUID = USER) -> int:
    ceremony = begin_sign_in(PARTY, allowed=[held.credential_id])
    answer = device.sign_in(ceremony.options)
    assert credential_id_of(answer) == device.credential_id
    return finish_sign_in(PARTY, answer, challenge=ceremony.challenge, user_id=user_id, held=held)


@pytest.mark.parametrize(
    ("url", "party"),
    [
        ("https://exchange.example", ("exchange.example", "https://exchange.example")),
        ("https://exchange.example:443/", ("exchange.example", "https://exchange.example")),
        ("https://exchange.example:8443", ("exchange.example", "https://exchange.example:8443")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]:8000", None),
        ("http://exchange.example", None),
        ("", None),
    ],
)
def test_passkeys_need_a_host_name_and_a_secure_address(
    url: str, party: tuple[str, str] | None
) -> None:
    made = RelyingParty.at(url, "거래소")

    assert (made and (made.id, made.origin)) == party


def test_asks_for_a_verified_holder_and_no_attestation() -> None:
    ceremony = begin_registration(
        PARTY, user_id=USER, email="minjun@hanbit.example", name="서민준", existing=[b"known"]
    )

    options = ceremony.options
    assert options["rp"] == {"name": "제조데이터 거래소", "id": "localhost"}
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["timeout"] == 300_000
    assert [each["id"] for each in options["excludeCredentials"]] == ["a25vd24"]
    assert len(ceremony.challenge) >= 32
    assert begin_sign_in(PARTY).challenge != begin_sign_in(PARTY).challenge


def test_registers_and_signs_in_again_and_again() -> None:
    device = an_authenticator()

    held = register(device)
    assert (held.credential_id, held.sign_count) == (device.credential_id, 1)

    for count in (2, 3):
        new_count = sign_in(device, held)
        assert new_count == count
        held = replace(held, sign_count=new_count)


def test_a_synchronised_passkey_never_counts() -> None:
    device = an_authenticator()
    device.counts = False
    held = register(device)

    assert [sign_in(device, held) for _ in range(2)] == [0, 0]


def test_a_key_may_attest_to_itself() -> None:
    device = an_authenticator()
    device.attestation_format = "packed"
    device.attests_itself = True

    assert sign_in(device, register(device)) == 2


def test_a_device_may_leave_out_the_person() -> None:
    device = an_authenticator()
    held = register(device)
    device.user_handle = None

    assert sign_in(device, held) == 2


def set_to(name: str, value: object) -> Change:
    return lambda device: setattr(device, name, value)


LIES = [
    set_to("origin", "https://localhost:8000"),
    set_to("origin", "http://localhost.example:8000"),
    set_to("origin", None),
    set_to("rp_id", "example.org"),
    set_to("flags", 0),
    set_to("flags", USER_PRESENT),
]


@pytest.mark.parametrize(
    "lie",
    [
        *LIES,
        set_to("credential_id", b""),
        set_to("credential_id", b"x" * 1024),
        set_to("attestation_format", "android-safetynet"),
        set_to("attestation_format", "tpm"),
        set_to("attestation_format", "packed"),
        set_to("attestation_format", 1),
        set_to("attestation_statement", {"x5c": [b"chain"]}),
    ],
)
def test_registers_nothing_that_does_not_hold(lie: Change) -> None:
    device = an_authenticator()
    lie(device)

    with pytest.raises(PasskeyNotRegistered) as refused:
        register(device)

    assert [reason.field for reason in refused.value.fields] == ["answer"]


@pytest.mark.parametrize(
    "lie",
    [
        *LIES,
        set_to("key", ec.generate_private_key(ec.SECP256R1())),
        set_to("count", 0),
        set_to("user_handle", OTHER_USER.bytes),
        set_to("user_handle", b""),
    ],
)
def test_signs_nobody_in_who_does_not_hold_the_key(lie: Change) -> None:
    device = an_authenticator()
    held = register(device)
    lie(device)

    with pytest.raises(PasskeyRefused):
        sign_in(device, held)


def test_a_passkey_opens_only_its_owners_account() -> None:
    device = an_authenticator()
    held = register(device)

    with pytest.raises(PasskeyRefused):
        sign_in(device, held, user_id=OTHER_USER)


def test_an_answer_fits_one_challenge_and_one_kind_of_ceremony() -> None:
    device = an_authenticator()
    held = register(device)
    first, second = begin_sign_in(PARTY), begin_sign_in(PARTY)

    with pytest.raises(PasskeyRefused):
        finish_sign_in(
            PARTY,
            device.sign_in(first.options),
            challenge=second.challenge,
            user_id=USER,
            held=held,
        )
    with pytest.raises(PasskeyNotRegistered):
        finish_registration(PARTY, device.sign_in(first.options), challenge=first.challenge)


def test_the_key_of_another_passkey_does_not_fit() -> None:
    device, other = an_authenticator(), an_authenticator()
    held, other_held = register(device), register(other)

    with pytest.raises(PasskeyRefused):
        sign_in(device, replace(other_held, credential_id=held.credential_id))
    with pytest.raises(PasskeyRefused):
        sign_in(device, replace(held, credential_id=other.credential_id))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


def mutations(answer: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Answers with one field replaced by anything, or with one byte of a field changed."""
    response = answer["response"]

    def damaged(name: str, position: int, value: int) -> dict[str, Any]:
        raw = bytearray(base64.urlsafe_b64decode(response[name] + "=="))
        raw[position % len(raw)] = value
        return {**answer, "response": {**response, name: base64.urlsafe_b64encode(raw).decode()}}

    def cut(name: str, length: int) -> dict[str, Any]:
        return {**answer, "response": {**response, name: response[name][:length]}}

    names = st.sampled_from(sorted(response))
    return (
        st.builds(
            lambda name, value: {**answer, name: value},
            st.sampled_from(sorted(answer)),
            json_values,
        )
        | st.builds(
            lambda name, value: {**answer, "response": {**response, name: value}},
            names,
            json_values,
        )
        | st.builds(damaged, names, st.integers(0, 400), st.integers(0, 255))
        | st.builds(cut, names, st.integers(0, 400))
    )


DEVICE = an_authenticator()
REGISTRATION = begin_registration(PARTY, user_id=USER, email="a@b.example", name="a", existing=[])
REGISTERED = DEVICE.register(REGISTRATION.options)
HELD = finish_registration(PARTY, REGISTERED, challenge=REGISTRATION.challenge)
SIGN_IN = begin_sign_in(PARTY)
SIGNED_IN = DEVICE.sign_in(SIGN_IN.options)


@settings(deadline=None)
@given(mutations(REGISTERED))
def test_any_damaged_registration_is_refused_or_harmless(answer: dict[str, Any]) -> None:
    try:
        registered = finish_registration(PARTY, answer, challenge=REGISTRATION.challenge)
    except PasskeyNotRegistered:
        return
    assert len(registered.credential_id) <= 1023


@settings(deadline=None)
@given(mutations(SIGNED_IN))
def test_any_damaged_sign_in_is_refused_or_harmless(answer: dict[str, Any]) -> None:
    try:
        count = finish_sign_in(PARTY, answer, challenge=SIGN_IN.challenge, user_id=USER, held=HELD)
    except PasskeyRefused:
        return
    # Only what is not signed may differ: the attachment, the extensions, padding, the handle.
    assert count == 2
    assert answer["rawId"] == SIGNED_IN["rawId"]


@pytest.mark.parametrize("answer", [{}, {"id": 1}, {"id": "a", "rawId": "a", "response": []}])
def test_an_answer_without_its_parts_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(PasskeyRefused):
        credential_id_of(answer)
    with pytest.raises(PasskeyNotRegistered):
        finish_registration(PARTY, answer, challenge=b"c")


def test_a_damaged_stored_key_opens_nothing() -> None:
    for public_key in (b"", b"\x04", b"\xff" * 77, HELD.public_key[:-1], b"\xa1\x01\x02"):
        with pytest.raises(PasskeyRefused):
            finish_sign_in(
                PARTY,
                SIGNED_IN,
                challenge=SIGN_IN.challenge,
                user_id=USER,
                held=replace(HELD, public_key=public_key),
            )
