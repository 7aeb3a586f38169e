"""A report that anybody can check: signed with its files' hashes, verified offline, counted again. Pure but for files.

A certificate is one line of canonical JSON. Its signature (Ed25519, RFC 8032) covers everything else in
it, and bytes that are not the canonical form are refused, so that no byte of it can be another one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct, to_builtins

from quality.canonical import encode, plain
from quality.errors import CertificateDamaged
from quality.keys import Instant, SigningKey, decoded, encoded, key_id, loaded, public_of
from quality.report import DatasetReport

FORMAT: Final = "marketplace-quality-certificate 1"
CHUNK_BYTES: Final = 1 << 20


class CertifiedFile(Struct, frozen=True):
    """A file that was examined, in the order of the report's files."""

    name: str
    size_bytes: int
    sha256: str


class Certificate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found in which bytes, by which engine and rules, when, and who says so.

    Args:
        issuer: who signs, in words
        subject: what the files are to the issuer, in words
        report: in canonical form, read as plain data
        key_id, public_key: of the key that signed; whose it is, only a list of keys can say
        signature: over the canonical form of everything else, in base64
    """

    issuer: str
    subject: str
    files: tuple[CertifiedFile, ...]
    engine: str
    rules: str
    report: dict[str, Any]
    report_sha256: str
    issued_at: Instant
    key_id: str
    public_key: str
    signature: str
    format: str = FORMAT


class Fault(StrEnum):
    """Why a certificate is refused."""

    report_changed = "report_changed"
    signature_wrong = "signature_wrong"
    key_unknown = "key_unknown"
    key_not_yet_valid = "key_not_yet_valid"
    key_expired = "key_expired"
    key_revoked = "key_revoked"


class Verdict(Struct, frozen=True):
    """What the certificate alone says.

    Args:
        faults: why it is refused; none when it is good
        key_checked: whether a list of keys was given; without one anybody may have signed
        revoked_later: when its key was revoked, where that was after it signed
    """

    faults: tuple[Fault, ...]
    key_checked: bool
    revoked_later: datetime | None = None


def sign(
    report: DatasetReport,
    key: Ed25519PrivateKey,
    files: Sequence[CertifiedFile],
    *,
    issuer: str,
    subject: str,
    at: datetime,
) -> Certificate:
    """Return the certificate of a report.

    Args:
        files: in the order of the report's files
        at: time of issue [UTC], kept to the second
    """
    assert [one.size_bytes for one in files] == [one.size_bytes for one in report.files]
    made, public = plain(report), public_of(key)
    unsigned = Certificate(
        issuer=issuer,
        subject=subject,
        files=tuple(files),
        engine=report.engine,
        rules=report.rules,
        report=made,
        report_sha256=hashlib.sha256(encode(made)).hexdigest(),
        issued_at=at.astimezone(UTC).replace(microsecond=0),
        key_id=key_id(public),
        public_key=encoded(public),
        signature="",
    )
    return msgspec.structs.replace(unsigned, signature=encoded(key.sign(_signed(unsigned))))


def written(certificate: Certificate) -> bytes:
    """Return the bytes of a certificate, as they are given out."""
    return encode(to_builtins(certificate))


def read(content: bytes) -> Certificate:
    """Read a certificate.

    Raises:
        CertificateDamaged: it is none, or a byte of it is not as it was written
    """
    try:
        found = msgspec.json.decode(content, type=Certificate)
        same = written(found) == content
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise CertificateDamaged(str(error)) from error
    if not same or found.format != FORMAT:
        raise CertificateDamaged("not as it was written")
    return found


def verify(certificate: Certificate, keys: Mapping[str, SigningKey] | None) -> Verdict:
    """Say whether a certificate is as it was signed, and whether its key could sign then.

    Args:
        keys: the issuer's published keys by id; without them only changes are found
    """
    faults = list(_changes(certificate))
    if keys is None:
        return Verdict(tuple(faults), key_checked=False)
    key = keys.get(certificate.key_id)
    if key is None or key.public_key != certificate.public_key:
        return Verdict((*faults, Fault.key_unknown), key_checked=True)
    at, revoked = certificate.issued_at, key.revoked_at
    if at < key.valid_from:
        faults.append(Fault.key_not_yet_valid)
    if key.valid_until is not None and at >= key.valid_until:
        faults.append(Fault.key_expired)
    if revoked is not None and at >= revoked:
        faults.append(Fault.key_revoked)
    later = revoked if Fault.key_revoked not in faults else None
    return Verdict(tuple(faults), key_checked=True, revoked_later=later)


def _changes(certificate: Certificate) -> Sequence[Fault]:
    faults = []
    if hashlib.sha256(encode(certificate.report)).hexdigest() != certificate.report_sha256:
        faults.append(Fault.report_changed)
    if not _signature_good(certificate):
        faults.append(Fault.signature_wrong)
    return faults


def _signature_good(certificate: Certificate) -> bool:
    public, signature = loaded(certificate.public_key), decoded(certificate.signature)
    if public is None or signature is None:
        return False
    if key_id(public.public_bytes_raw()) != certificate.key_id:
        return False
    try:
        public.verify(signature, _signed(certificate))
    except InvalidSignature:
        return False
    return True


def _signed(certificate: Certificate) -> bytes:
    said: dict[str, Any] = to_builtins(certificate)
    del said["signature"]
    return encode(said)


def certified(path: Path, name: str) -> CertifiedFile:
    """Return the size and hash of a file; reads it whole.

    Raises:
        OSError: it cannot be read
    """
    hashed, size_bytes = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            hashed.update(chunk)
            size_bytes += len(chunk)
    return CertifiedFile(name, size_bytes, hashed.hexdigest())
