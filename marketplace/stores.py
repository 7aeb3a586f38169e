"""How this exchange reaches its object store, and which buckets it has there."""

from marketplace.settings import BUCKETS, Settings
from storage.objects import Bucket, Connection
from storage.s3 import S3Store


def store_connection(settings: Settings) -> Connection:
    """Return how to reach the object store that the settings name."""
    return Connection(
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        public_endpoint=settings.s3_public_url,
        region=settings.s3_region,
    )


def make_buckets(settings: Settings) -> None:
    """Make the buckets that are missing; running it twice is fine.

    Raises:
        StorageError: the store does not answer or refuses
    """
    store = S3Store(store_connection(settings))
    store.ensure_buckets([Bucket(settings.bucket(name)) for name in BUCKETS])
