"""Signatures of webhooks by HMAC-SHA256: the two shapes in use, each with several secrets.

Two secrets are valid at once while one replaces the other. Comparison takes the same time
whatever is wrong.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from billing.gateways.errors import WebhookForged, WebhookStale, WebhookUnreadable
from billing.gateways.facts import Headers

TOLERANCE: Final = timedelta(minutes=5)
"""Source: Standard Webhooks, "Verifying webhook timestamps"; Stripe, "Webhook signatures"."""
BODY_BYTES_MAX: Final = 256 * 1024
SECRET_PREFIX: Final = "whsec_"  # noqa: S105


def lowered(headers: Headers) -> dict[str, str]:
    """Return the headers with their names in small letters."""
    return {name.lower(): value for name, value in headers.items()}


def _seconds_of(gateway: str, stamp: str) -> int:
    """Return the signed time [s since 1970]; what is no number was not signed by a provider."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise WebhookForged(gateway, "the time is no number")
    return int(stamp)


def _require_recent(gateway: str, signed_s: int, now: datetime) -> None:
    """Refuse a time too far from now on either side; asked after the signature."""
    if abs(now.timestamp() - signed_s) > TOLERANCE.total_seconds():
        raise WebhookStale(gateway, f"signed at {signed_s}")


def _require_size(gateway: str, raw: bytes) -> None:
    if len(raw) > BODY_BYTES_MAX:
        raise WebhookUnreadable(gateway, f"{len(raw)} bytes")


def _any_equal(candidates: Sequence[bytes], expected: Sequence[bytes]) -> bool:
    """Compare each with each, all of them."""
    found = [hmac.compare_digest(mine, theirs) for mine in expected for theirs in candidates]
    return any(found)


def standard_signature(secret: str, event_id: str, stamp: int, raw: bytes) -> str:
    """Return the value of ``webhook-signature`` for one secret.

    Source:
        Standard Webhooks, "Signature scheme": ``v1,`` and base64 of HMAC-SHA256 over
        ``id.timestamp.body`` with the base64 part of ``whsec_…`` as key
    """
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    signed = f"{event_id}.{stamp}.".encode() + raw
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def verify_standard(
    gateway: str, raw: bytes, headers: Headers, *, secrets: Sequence[str], now: datetime
) -> str:
    """Verify a webhook of the Standard Webhooks shape and return its event id.

    Args:
        secrets: ``whsec_`` and base64, the newest first; one of them must have signed

    Raises:
        WebhookForged, WebhookStale, WebhookUnreadable: as the port says
    """
    _require_size(gateway, raw)
    found = lowered(headers)
    event_id, stamp = found.get("webhook-id", ""), found.get("webhook-timestamp", "")
    given = [s.encode() for s in found.get("webhook-signature", "").split() if s[:3] == "v1,"]
    if not event_id or not stamp or not given or not secrets:
        raise WebhookForged(gateway, "no signature")
    signed_s = _seconds_of(gateway, stamp)
    expected = [standard_signature(s, event_id, signed_s, raw).encode() for s in secrets]
    if not _any_equal(given, expected):
        raise WebhookForged(gateway, "signed by nobody we know")
    _require_recent(gateway, signed_s, now)
    return event_id


def stripe_signature(secret: str, stamp: int, raw: bytes) -> str:
    """Return the ``v1`` part of ``Stripe-Signature`` for one secret.

    Source:
        Stripe, "Verify webhook signatures manually": HMAC-SHA256 in hexadecimal over
        ``timestamp.body`` with the whole secret as key
    """
    return hmac.new(secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()


def verify_stripe(
    gateway: str, raw: bytes, headers: Headers, *, secrets: Sequence[str], now: datetime
) -> None:
    """Verify a webhook of Stripe's shape; a time in the future is refused as well.

    Raises:
        WebhookForged, WebhookStale, WebhookUnreadable: as the port says
    """
    _require_size(gateway, raw)
    parts = [p.partition("=") for p in lowered(headers).get("stripe-signature", "").split(",")]
    stamps = [value for name, _, value in parts if name.strip() == "t"]
    given = [value.strip().encode() for name, _, value in parts if name.strip() == "v1"]
    if len(stamps) != 1 or not given or not secrets:
        raise WebhookForged(gateway, "no signature")
    signed_s = _seconds_of(gateway, stamps[0].strip())
    if not _any_equal(given, [stripe_signature(s, signed_s, raw).encode() for s in secrets]):
        raise WebhookForged(gateway, "signed by nobody we know")
    _require_recent(gateway, signed_s, now)
