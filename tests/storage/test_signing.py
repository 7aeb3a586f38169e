"""The signature against the example that Amazon publishes with its expected value."""

from datetime import UTC, datetime

from storage.objects import Bucket, Connection, ObjectKey
from storage.signing import path_of, presign


def test_signs_the_published_example() -> None:
    """Source: S3 API reference, "Authenticating requests: using query parameters", the example."""
    connection = Connection(
        "https://examplebucket.s3.amazonaws.com",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )

    url = presign(
        connection,
        "GET",
        "/test.txt",
        expires_s=86400,
        now=datetime(2013, 5, 24, tzinfo=UTC),
    )

    assert url == (
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


def test_a_path_is_encoded_once_and_keeps_its_slashes() -> None:
    assert path_of(Bucket("mdx-a"), ObjectKey("a b/한+~.csv")) == "/mdx-a/a%20b/%ED%95%9C%2B~.csv"
    assert path_of(Bucket("mdx-a")) == "/mdx-a"
