"""Certificates of versions: their reports signed with the exchange's keys, and the history of these keys."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import convert
from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.catalog.datasets import queries
from marketplace.catalog.datasets.errors import KeyUnknown
from marketplace.catalog.datasets.models import (
    DatasetVersion,
    QualityCertificate,
    QualityKey,
    QualityReport,
    VersionState,
)
from marketplace.db import Phases, now
from marketplace.signing import Signer, SigningRing
from quality import DatasetReport
from quality.certificates import Certificate, CertifiedFile, sign, written

AT_ONCE: Final = 50

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Issuer:
    """Who signs: the exchange's name and address, and its keys."""

    name: str
    url: str
    ring: SigningRing


@dataclass(frozen=True)
class Matter:
    """What is signed of one version, and with what."""

    version: DatasetVersion
    report: DatasetReport
    files: list[CertifiedFile]
    signer: Signer
    at: datetime

    def signed(self, issuer: Issuer) -> Certificate:
        """Return the certificate; takes up to seconds of processor for a very large report."""
        product, number = self.version.product_id, self.version.number
        return sign(
            self.report,
            self.signer.key,
            self.files,
            issuer=f"{issuer.name} {issuer.url}",
            subject=f"{issuer.url}/products/{product}/versions/{number}",
            at=self.at,
        )


async def certify(phases: Phases, issuer: Issuer, version_id: UUID) -> None:
    """Sign the newest report of a version that is ready where it has no certificate; twice changes nothing.

    Without a key whose time it is the version stays without one until there is a key.
    """
    async with phases() as session:
        await publish_keys(session, issuer.ring)
        matter = await _matter(session, issuer, version_id)
    if matter is None:
        return
    certificate = await asyncio.to_thread(matter.signed, issuer)
    content = await asyncio.to_thread(written, certificate)
    async with phases() as session:
        added = await session.scalar(
            insert(QualityCertificate)
            .values(
                version_id=version_id,
                organization_id=matter.version.organization_id,
                report_sha256=certificate.report_sha256,
                key_id=certificate.key_id,
                content=content.decode(),
                issued_at=certificate.issued_at,
            )
            .on_conflict_do_nothing()
            .returning(col(QualityCertificate.version_id))
        )
        if added is not None:
            thing = Thing("dataset_version", version_id, matter.version.organization_id)
            facts = {"key_id": certificate.key_id, "report_sha256": certificate.report_sha256}
            await record(session, "dataset.version_certified", thing, facts=facts)


async def _matter(session: AsyncSession, issuer: Issuer, version_id: UUID) -> Matter | None:
    version = await session.get(DatasetVersion, version_id)
    stored = await queries.find_report(session, version_id)
    if version is None or version.state is not VersionState.ready or stored is None:
        return None
    if await session.get(QualityCertificate, (version_id, stored.sha256)) is not None:
        return None
    at = now(session)
    signer = issuer.ring.at(at, [one.id for one in await list_keys(session) if one.revoked_at])
    if signer is None:
        logger.warning("version %s is not signed: no signing key whose time it is", version_id)
        return None
    files = [
        CertifiedFile(file.path, file.size_bytes, file.sha256 or "")
        for file in await queries.files_of(session, version_id)
    ]
    return Matter(version, convert(stored.report, DatasetReport), files, signer, at)


async def certify_waiting(phases: Phases, issuer: Issuer) -> None:
    """Publish the keys, and sign what waits for one; reports that name no rules are older and stay as they are."""
    async with phases() as session:
        await publish_keys(session, issuer.ring)
        if issuer.ring.at(now(session)) is None:
            return
        waiting = await session.scalars(
            select(col(QualityReport.version_id))
            .join(DatasetVersion, col(DatasetVersion.id) == col(QualityReport.version_id))
            .outerjoin(
                QualityCertificate,
                and_(
                    col(QualityCertificate.version_id) == col(QualityReport.version_id),
                    col(QualityCertificate.report_sha256) == col(QualityReport.sha256),
                ),
            )
            .where(
                col(DatasetVersion.state) == VersionState.ready,
                col(QualityCertificate.version_id).is_(None),
                col(QualityReport.report)["rules"].astext != "",
            )
            .order_by(col(QualityReport.made_at))
            .limit(AT_ONCE)
        )
        found = list(waiting)
    for version_id in found:
        await certify(phases, issuer, version_id)


async def publish_keys(session: AsyncSession, ring: SigningRing) -> None:
    """Enter the keys of the settings into the public history; an end that is set later is entered, too."""
    for one in ring.signers:
        told = one.published
        statement = insert(QualityKey).values(
            id=told.id,
            public_key=told.public_key,
            valid_from=told.valid_from,
            valid_until=told.valid_until,
        )
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[col(QualityKey.id)],
                set_={"valid_until": statement.excluded.valid_until},
                where=col(QualityKey.valid_until).is_distinct_from(statement.excluded.valid_until),
            )
        )


async def list_keys(session: AsyncSession) -> Sequence[QualityKey]:
    """Return every key that is known, the newest first."""
    found = await session.scalars(
        select(QualityKey).order_by(col(QualityKey.valid_from).desc(), col(QualityKey.id))
    )
    return found.all()


async def revoke_key(
    session: AsyncSession, key_id: str, *, at: datetime, reason: str
) -> QualityKey:
    """Revoke a key: it signs no more, and what it signed from ``at`` on is refused by everybody.

    Args:
        at: the last moment at which the key was surely the exchange's alone; may lie in the past

    Raises:
        KeyUnknown: no such key
    """
    key = await session.get(QualityKey, key_id, with_for_update=True)
    if key is None:
        raise KeyUnknown(key_id=key_id)
    key.revoked_at, key.revoked_reason = at, reason.strip()
    await session.flush()
    facts = {"revoked_at": at.isoformat()}
    await record(
        session, "quality.key_revoked", Thing("quality_key", key_id), reason=reason, facts=facts
    )
    return key
