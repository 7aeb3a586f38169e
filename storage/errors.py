"""The errors of the object store; no class of the client library leaves this package."""

from typing import ClassVar


class StorageError(Exception):
    """Base of everything this package raises on purpose.

    ``repeat_is_safe`` says whether the same call may simply be made again.
    """

    code: ClassVar[str] = "storage_error"
    repeat_is_safe: ClassVar[bool] = False

    def __init__(self, subject: str, reason: str = "") -> None:
        self.subject = subject
        self.reason = reason
        text = (self.__doc__ or "").partition("\n")[0].rstrip(".")
        super().__init__(f"{subject}: {text}" + (f" ({reason})" if reason else ""))


class ObjectMissing(StorageError):
    """No object lies under this key."""

    code = "object_missing"


class BucketMissing(StorageError):
    """The bucket does not exist."""

    code = "bucket_missing"


class UploadMissing(StorageError):
    """The multipart upload does not exist: never begun, completed or aborted."""

    code = "upload_missing"


class ObjectExists(StorageError):
    """An object lies under this key already, and only a new one was asked for."""

    code = "object_exists"


class AccessDenied(StorageError):
    """The store refuses: wrong credentials, no right, or a locked version."""

    code = "access_denied"


class PartsRefused(StorageError):
    """The parts do not fit: missing, changed, out of order or too small."""

    code = "parts_refused"


class RangeOutside(StorageError):
    """The range begins behind the end of the object."""

    code = "range_outside"


class ContentDiffers(StorageError):
    """The bytes are not those that were sent or looked at before."""

    code = "content_differs"


class StoreRefused(StorageError):
    """The store gives an answer we have no name for."""

    code = "store_refused"


class StoreUnavailable(StorageError):
    """The store does not answer or is overloaded; a repeat is safe."""

    code = "store_unavailable"
    repeat_is_safe = True
