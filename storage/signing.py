"""Signed requests: AWS signature version 4 in the query string, with any headers signed.

The client library signs the host alone; a link for an upload must also fix the length, and
the probes must be able to send what no honest client sends. So the signature is made here.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit

from storage.objects import Bucket, Connection, ObjectKey

ALGORITHM: Final = "AWS4-HMAC-SHA256"
UNSIGNED: Final = "UNSIGNED-PAYLOAD"


def path_of(bucket: Bucket, key: ObjectKey | None = None) -> str:
    """Return the encoded path of a bucket or of an object in it."""
    return "/" + bucket.name if key is None else f"/{bucket.name}/{quote(key.value, safe='/~')}"


def presign(  # noqa: PLR0913 - a request has six independent facts
    connection: Connection,
    method: str,
    path: str,
    *,
    expires_s: int,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> str:
    """Return the address of a request that is allowed until it expires.

    Args:
        path: encoded as it will be sent
        expires_s: validity from ``now`` [s]
        query: further parameters, for instance ``partNumber``; they are part of the signature
        headers: headers the sender must send with exactly these values; ``host`` is added
        now: time of signing, the machine's clock without it [UTC]

    Source:
        Amazon S3 API reference, "Authenticating requests: using query parameters (AWS
        signature version 4)": the order of the canonical request and the key derivation.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    stamp, day = f"{moment:%Y%m%dT%H%M%SZ}", f"{moment:%Y%m%d}"
    scope = f"{day}/{connection.region}/s3/aws4_request"
    signed = {name.lower(): value.strip() for name, value in (headers or {}).items()}
    signed["host"] = urlsplit(connection.public_endpoint).netloc
    names = ";".join(sorted(signed))
    parameters = {
        **(query or {}),
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{connection.access_key}/{scope}",
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(expires_s),
        "X-Amz-SignedHeaders": names,
    }
    encoded = sorted((quote(k, safe="~"), quote(v, safe="~")) for k, v in parameters.items())
    query_string = "&".join(f"{name}={value}" for name, value in encoded)
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    request = f"{method}\n{path}\n{query_string}\n{lines}\n{names}\n{UNSIGNED}"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}"
    signature = hmac.new(_signing_key(connection, day), text.encode(), hashlib.sha256).hexdigest()
    return f"{connection.public_endpoint}{path}?{query_string}&X-Amz-Signature={signature}"


def _signing_key(connection: Connection, day: str) -> bytes:
    key = b"AWS4" + connection.secret_key.encode()
    for step in (day, connection.region, "s3", "aws4_request"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    return key
