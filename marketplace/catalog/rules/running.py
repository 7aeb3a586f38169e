"""Run the rules of a content on its data: every file in the sandboxed child, the results beside the report."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import to_builtins
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.catalog.datasets import queries as datasets
from marketplace.catalog.datasets.fetching import fetch
from marketplace.catalog.datasets.folders import own_folder
from marketplace.catalog.datasets.models import DataFile, DatasetVersion, VersionState
from marketplace.catalog.datasets.processing import Shelves
from marketplace.catalog.products.models import Product, ProductContent
from marketplace.catalog.rules.models import RuleRun, RunState
from marketplace.catalog.rules.notices import BROKEN
from marketplace.catalog.rules.shaping import suite_in
from marketplace.db import Phases, now
from marketplace.members.accounts.models import User
from marketplace.members.accounts.telling import recipient_of
from marketplace.notices.service import notify
from quality import Rules, check
from quality.suites.results import SuiteResult
from quality.suites.suite import Suite


@dataclass(frozen=True)
class Matter:
    """Whose rules are run on which files."""

    content_id: UUID
    organization_id: UUID
    version_id: UUID
    suite: Suite
    files: list[DataFile]


async def check_rules(phases: Phases, shelves: Shelves, content_id: UUID) -> None:
    """Run a content's rules on its data; what was run already is not run again.

    Raises:
        WorkerDiskFull: no room for the files here; tried again later
        StorageError: the store does not answer; tried again later
    """
    async with phases() as session:
        matter = await _matter(session, content_id)
    if matter is None:
        return
    async with own_folder(shelves.folder) as folder:
        results = await asyncio.to_thread(_checked, shelves, matter, folder)
    async with phases() as session:
        await _keep(session, matter, RunState.done, results)


async def give_up(phases: Phases, content_id: UUID) -> None:
    """Say that the rules could not be run, so that nobody waits for them."""
    async with phases() as session:
        matter = await _matter(session, content_id)
        if matter is not None:
            await _keep(session, matter, RunState.failed, [])


async def _matter(session: AsyncSession, content_id: UUID) -> Matter | None:
    content = await session.get(ProductContent, content_id)
    if content is None or content.rules_sha256 is None or content.dataset_version_id is None:
        return None
    version = await session.get(DatasetVersion, content.dataset_version_id)
    if version is None or version.state is not VersionState.ready:
        return None
    known = await session.get(RuleRun, (version.id, content.rules_sha256))
    if known is not None and known.state is RunState.done:
        return None
    files = [*await datasets.files_of(session, version.id)]
    return Matter(content_id, content.organization_id, version.id, suite_in(content), files)


def _checked(shelves: Shelves, matter: Matter, folder: Path) -> list[SuiteResult]:
    """Fetch the files one after the other, those that rules refer to first and to stay; blocks."""
    kept: dict[UUID, Path] = {}
    for file in matter.files:
        if matter.suite.refers_to(file.path):
            kept[file.id] = fetch(shelves, file, folder / f"beside{len(kept)}")
    beside = tuple((kept[one.id], one.path) for one in matter.files if one.id in kept)
    rules = Rules(matter.suite, beside)
    return [one for file in matter.files for one in _of_file(shelves, file, kept, (rules, folder))]


def _of_file(
    shelves: Shelves, file: DataFile, kept: dict[UUID, Path], how: tuple[Rules, Path]
) -> Sequence[SuiteResult]:
    rules, folder = how
    path = kept.get(file.id) or fetch(shelves, file, folder / "file")
    found = check(path, name=file.path, rules=rules, limits=shelves.limits)
    if file.id not in kept:
        path.unlink()
    return found.suites


async def _keep(
    session: AsyncSession, matter: Matter, state: RunState, results: Sequence[SuiteResult]
) -> None:
    failed = {rule.number for one in results for rule in one.failed}
    row: dict[str, Any] = {
        "state": state,
        "rule_count": len(matter.suite.expectations),
        "failed_count": len(failed),
        "results": to_builtins(list(results)),
        "made_at": now(session),
    }
    place = {
        "version_id": matter.version_id,
        "sha256": matter.suite.sha256,
        "organization_id": matter.organization_id,
    }
    stored = await session.execute(
        insert(RuleRun)
        .values(place | row)
        .on_conflict_do_update(
            index_elements=["version_id", "sha256"],
            set_=row,
            where=col(RuleRun.state) == RunState.failed,
        )
        .returning(col(RuleRun.version_id))
    )
    if failed and stored.first() is not None:
        await _tell(session, matter, len(failed))
    thing = Thing("dataset_version", matter.version_id, matter.organization_id)
    facts = {"state": state.value, "rules": row["rule_count"], "failed": row["failed_count"]}
    await record(session, "dataset.rules_checked", thing, facts=facts)


async def _tell(session: AsyncSession, matter: Matter, failed: int) -> None:
    """Tell the person who saved the draft last, once for each version and suite."""
    content = await session.get_one(ProductContent, matter.content_id)
    product = await session.get_one(Product, content.product_id)
    version = await session.get_one(DatasetVersion, matter.version_id)
    person = await session.get_one(User, content.saved_by)
    await notify(
        session, recipient_of(person), BROKEN, link=f"/selling/products/{product.id}/rules",
        product=product.number, number=version.number, rules=len(matter.suite.expectations), failed=failed,
    )  # fmt: skip
