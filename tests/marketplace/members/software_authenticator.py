"""An authenticator in software, for the tests: real keys, real signatures, no browser."""

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, encode_cbor

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class SoftwareAuthenticator:
    """Holds one passkey of one person; its fields may be changed to make it lie.

    ``counts`` is False for a synchronised passkey, whose count stays at zero.
    """

    origin: str
    rp_id: str
    flags: int = USER_PRESENT | USER_VERIFIED
    counts: bool = True
    count: int = 0
    user_handle: bytes | None = None
    attestation_format: str = "none"
    attests_itself: bool = False
    attestation_statement: dict[str, Any] = field(default_factory=dict)
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def register(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.create`` as ``toJSON`` gives it."""
        self.user_handle = base64url_to_bytes(options["user"]["id"])
        length = struct.pack(">H", len(self.credential_id))
        credential = bytes(16) + length + self.credential_id + self.public_key()
        data = self.authenticator_data(HAS_CREDENTIAL) + credential
        client_data = self.client_data("webauthn.create", options)
        statement = self.attestation_statement
        if self.attests_itself:
            statement = {"alg": -7, "sig": self.sign(data, client_data)}
        attestation = {
            "fmt": self.attestation_format,
            "attStmt": statement,
            "authData": data,
        }
        return self.answer(client_data, attestationObject=base64url(encode_cbor(attestation)))

    def sign_in(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.get`` as ``toJSON`` gives it."""
        client_data = self.client_data("webauthn.get", options)
        data = self.authenticator_data(0)
        parts = {
            "authenticatorData": base64url(data),
            "signature": base64url(self.sign(data, client_data)),
        }
        if self.user_handle is not None:
            parts["userHandle"] = base64url(self.user_handle)
        return self.answer(client_data, **parts)

    def sign(self, data: bytes, client_data: bytes) -> bytes:
        signed = data + hashlib.sha256(client_data).digest()
        return self.key.sign(signed, ec.ECDSA(SHA256()))

    def answer(self, client_data: bytes, **parts: str) -> dict[str, Any]:
        return {
            "id": base64url(self.credential_id),
            "rawId": base64url(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {"clientDataJSON": base64url(client_data), **parts},
        }

    def client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        content = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**content, "crossOrigin": False}).encode()

    def authenticator_data(self, more_flags: int) -> bytes:
        self.count += 1 if self.counts else 0
        rp_hash = hashlib.sha256(self.rp_id.encode()).digest()
        return rp_hash + bytes([self.flags | more_flags]) + struct.pack(">I", self.count)

    def public_key(self) -> bytes:
        """Return the key in COSE form: EC2, ES256, P-256."""
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return bytes(encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y}))
