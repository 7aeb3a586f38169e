"""Whether the delivered bytes are those of the quality report: each file's SHA-256 in both."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.catalog.datasets.queries import files_of, find_report


class DeliveredFile(Struct, frozen=True, kw_only=True):
    """A file as it is delivered; ``profiled`` says whether the report was made from these very bytes."""

    path: str
    size_bytes: int
    sha256: str
    profiled: bool


async def delivered_files(session: AsyncSession, version_id: UUID) -> list[DeliveredFile]:
    """Return the files of a version with their hashes, compared with those that its report names.

    Bytes lie under the key of their hash and never change, so equal hashes mean that profiling them again gives the
    same report.

    Args:
        session: of the exchange itself; the caller has looked for the version by its buyer
    """
    report = await find_report(session, version_id)
    named = report.report.get("files", []) if report else []
    profiled = {one.get("sha256") for one in named}
    return [
        DeliveredFile(
            path=one.path, size_bytes=one.size_bytes, sha256=one.sha256 or "",
            profiled=bool(one.sha256) and one.sha256 in profiled,
        )
        for one in await files_of(session, version_id)
    ]  # fmt: skip
