"""Passkeys: the options that a browser gets, and the check of what its authenticator answers.

Pure. A passkey counts as both factors, so the authenticator must have verified its holder (PIN,
finger, face). The caller keeps each challenge, lets it be used once and for five minutes, and
stores the new sign count under a row lock.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import (
    options_to_json_dict,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationFormat,
    AttestationObject,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from marketplace.members.accounts.errors import PasskeyNotRegistered, PasskeyRefused

TIMEOUT_S: Final = 300
LIFETIME: Final = timedelta(seconds=TIMEOUT_S)
# Web Authentication Level 3, section 5.8.3: longer ids are refused at registration.
CREDENTIAL_ID_BYTES_MAX: Final = 1023

# What the library lets through for bytes that no authenticator makes, besides its own errors.
_UNREADABLE = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError)


@dataclass(frozen=True)
class RelyingParty:
    """Who asks: ``id`` is the host, ``origin`` what the browser must have been on."""

    id: str
    name: str
    origin: str

    @classmethod
    def at(cls, public_url: str, name: str) -> "RelyingParty | None":
        """Return the party of an address, or None where browsers allow no passkeys.

        They need a host name, so the sandbox offers passkeys at ``localhost`` only, not at
        ``127.0.0.1``; elsewhere they need https.

        Args:
            public_url: where people reach the exchange
            name: of the exchange, shown by the authenticator
        """
        parts = urlsplit(public_url)
        host = parts.hostname or ""
        if not host or _is_address(host) or (parts.scheme != "https" and host != "localhost"):
            return None
        default_port = 443 if parts.scheme == "https" else 80
        port = "" if parts.port in {None, default_port} else f":{parts.port}"
        return cls(id=host, name=name, origin=f"{parts.scheme}://{host}{port}")


@dataclass(frozen=True)
class Ceremony:
    """A ceremony just begun: the challenge is stored, the options go to the browser as JSON."""

    challenge: bytes = field(repr=False)
    options: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class NewPasskey:
    """A credential to store. ``sign_count`` stays 0 for passkeys that are synchronised."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


def begin_registration(
    party: RelyingParty, *, user_id: UUID, email: str, name: str, existing: Iterable[bytes]
) -> Ceremony:
    """Begin to register a passkey for a signed-in person.

    Args:
        party: this exchange
        user_id: of the person; becomes the user handle
        email: shown by the authenticator as the account
        name: shown as the person
        existing: ids of the person's passkeys; an authenticator that holds one refuses
    """
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=user_id.bytes,
        user_name=email,
        user_display_name=name,
        timeout=TIMEOUT_S * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(existing),
    )
    return Ceremony(challenge=options.challenge, options=options_to_json_dict(options))


def finish_registration(
    party: RelyingParty, answer: dict[str, Any], *, challenge: bytes
) -> NewPasskey:
    """Check the browser's answer (``PublicKeyCredential.toJSON()``) and return the credential.

    Args:
        party: this exchange
        answer: from outside, anything
        challenge: the stored one of this ceremony

    Raises:
        PasskeyNotRegistered: the answer is unreadable, or belongs to another challenge, origin
            or exchange, or its holder was not verified
    """
    try:
        credential = parse_registration_credential_json(answer)
        _refuse_attested(parse_attestation_object(credential.response.attestation_object))
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise PasskeyNotRegistered from error
    if len(verified.credential_id) > CREDENTIAL_ID_BYTES_MAX:
        raise PasskeyNotRegistered
    return NewPasskey(
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        backed_up=verified.credential_backed_up,
    )


def begin_sign_in(party: RelyingParty, *, allowed: Iterable[bytes] = ()) -> Ceremony:
    """Begin a sign-in or a re-authentication.

    Args:
        party: this exchange
        allowed: ids of the person's passkeys; empty where the person is not known yet and the
            authenticator offers what it holds
    """
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        timeout=TIMEOUT_S * 1000,
        allow_credentials=_descriptors(allowed),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Ceremony(challenge=options.challenge, options=options_to_json_dict(options))


def credential_id_of(answer: dict[str, Any]) -> bytes:
    """Return the credential that an answer speaks of, to look up its key; nothing is proven yet.

    Raises:
        PasskeyRefused: the answer is unreadable
    """
    try:
        return parse_authentication_credential_json(answer).raw_id
    except _UNREADABLE as error:
        raise PasskeyRefused from error


def finish_sign_in(
    party: RelyingParty,
    answer: dict[str, Any],
    *,
    challenge: bytes,
    user_id: UUID,
    held: NewPasskey,
) -> int:
    """Check the browser's answer and return the new sign count to store.

    Args:
        party: this exchange
        answer: from outside, anything
        challenge: the stored one of this ceremony
        user_id: owner of the stored credential
        held: the stored credential with its last sign count

    Raises:
        PasskeyRefused: the answer is unreadable, was made for something else, is signed by
            another key, its holder was not verified, or its count did not grow (a copied
            authenticator)
    """
    try:
        credential = parse_authentication_credential_json(answer)
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=held.public_key,
            credential_current_sign_count=held.sign_count,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise PasskeyRefused from error
    handle = credential.response.user_handle
    if verified.credential_id != held.credential_id or handle not in {None, user_id.bytes}:
        raise PasskeyRefused
    return verified.new_sign_count


def _refuse_attested(attestation: AttestationObject) -> None:
    """Refuse a maker's statement: we ask for none, trust no chain, and run no code over one.

    Nothing at all, or a statement by the new key itself, is what browsers send then.
    """
    by_itself = attestation.fmt == AttestationFormat.PACKED and not attestation.att_stmt.x5c
    if attestation.fmt != AttestationFormat.NONE and not by_itself:
        raise PasskeyNotRegistered


def _descriptors(ids: Iterable[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in ids]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
