"""Keeping a search, changing how it tells, letting it go; and stopping its alerts from a mail."""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from msgspec import UNSET
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.catalog.saved import queries
from marketplace.catalog.saved.errors import (
    SavedSearchEmpty,
    SavedSearchesFull,
    SavedSearchKnown,
    StopLinkWrong,
)
from marketplace.catalog.saved.models import Frequency, SavedSearch, SavedSearchMatch
from marketplace.catalog.saved.schemas import SavedSearchPatch
from marketplace.catalog.search.lexemes import FACETS
from marketplace.catalog.search.service import Query
from marketplace.db import now, take_turns


@dataclass(frozen=True)
class Keeping:
    """Under which name a search is kept, and how it tells.

    Args:
        most: how many searches one person may keep
    """

    name: str
    alert: bool
    frequency: Frequency
    most: int


async def save(session: AsyncSession, user_id: UUID, query: Query, keeping: Keeping) -> SavedSearch:
    """Keep a search for a person.

    Raises:
        SavedSearchEmpty: it has neither words nor conditions
        SavedSearchKnown: the person keeps the same one
        SavedSearchesFull: the person keeps as many as one may
    """
    words, filters = _plain(query.text, query.filters)
    if not words and not filters:
        raise SavedSearchEmpty
    # Two windows of a person do not pass the limit.
    await take_turns(session, "saved_search", user_id)
    fingerprint = hashlib.sha256(
        msgspec.json.encode([words, filters, query.sort], order="sorted")
    ).digest()
    known = await session.scalar(
        select(col(SavedSearch.name)).where(
            col(SavedSearch.user_id) == user_id, col(SavedSearch.fingerprint) == fingerprint
        )
    )
    if known is not None:
        raise SavedSearchKnown(name=known)
    if await queries.count_own(session, user_id) >= keeping.most:
        raise SavedSearchesFull(most=keeping.most)
    saved = SavedSearch(
        user_id=user_id,
        name=keeping.name.strip(),
        words=words,
        filters=filters,
        sort=query.sort,
        fingerprint=fingerprint,
        alert=keeping.alert,
        frequency=keeping.frequency,
        saved_at=now(session),
    )
    session.add(saved)
    await session.flush()
    await record(session, "saved_search.saved", _thing(saved), facts=_telling(saved))
    return saved


async def change(
    session: AsyncSession, user_id: UUID, search_id: UUID, given: SavedSearchPatch
) -> SavedSearch:
    """Rename a search, switch its alerts on or off, choose how often; what waits goes with the alerts.

    Raises:
        SavedSearchNotFound: none of this person
    """
    saved = await queries.get_own(session, user_id, search_id, lock=True)
    if given.name is not UNSET:
        saved.name = given.name.strip()
    if given.frequency is not UNSET:
        saved.frequency = given.frequency
    if given.alert is not UNSET:
        saved.alert = given.alert
    await _settle(session, saved)
    await record(session, "saved_search.changed", _thing(saved), facts=_telling(saved))
    return saved


async def remove(session: AsyncSession, user_id: UUID, search_id: UUID) -> None:
    """Let a search go, with what it found.

    Raises:
        SavedSearchNotFound: none of this person
    """
    saved = await queries.get_own(session, user_id, search_id, lock=True)
    await session.delete(saved)
    await session.flush()
    await record(session, "saved_search.removed", _thing(saved))


def stop_token(key: str, search_id: UUID) -> str:
    """Return what proves that a link came with the search's mail; it can only stop the alerts.

    Args:
        key: secret of this installation
    """
    mac = hmac.new(key.encode(), b"saved_search.stop:" + search_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()[:18]).decode("ascii")


async def get_for_stopping(
    session: AsyncSession, search_id: UUID, *, token: str, key: str
) -> SavedSearch:
    """Return the search of a mail's link, its row locked; no sign-in is needed.

    Args:
        session: of the system's scope
        token: of the link
        key: secret of this installation

    Raises:
        StopLinkWrong: the token is not this search's, or the search is gone
    """
    expected = stop_token(key, search_id)
    if not hmac.compare_digest(token.encode(), expected.encode()):
        raise StopLinkWrong
    saved: SavedSearch | None = await session.scalar(
        select(SavedSearch).where(col(SavedSearch.id) == search_id).with_for_update()
    )
    if saved is None:
        raise StopLinkWrong
    return saved


async def stop(session: AsyncSession, saved: SavedSearch) -> SavedSearch:
    """Switch the alerts of a search off, as the link of its mail does; twice changes nothing."""
    if saved.alert:
        saved.alert = False
        await _settle(session, saved)
        await record(session, "saved_search.stopped", _thing(saved))
    return saved


async def _settle(session: AsyncSession, saved: SavedSearch) -> None:
    await session.flush()
    if not saved.alert:
        await session.execute(
            delete(SavedSearchMatch).where(
                col(SavedSearchMatch.search_id) == saved.id,
                col(SavedSearchMatch.told_at).is_(None),
            )
        )


def _plain(words: str, filters: Mapping[str, Sequence[str]]) -> tuple[str, dict[str, list[str]]]:
    """Return a search in the one form in which equal searches are equal."""
    plain = " ".join(unicodedata.normalize("NFC", words).split())
    chosen = {name: sorted({v for v in filters.get(name, ()) if v}) for name in FACETS}
    return plain, {name: values for name, values in chosen.items() if values}


def _telling(saved: SavedSearch) -> dict[str, object]:
    return {"alert": saved.alert, "frequency": saved.frequency.value}


def _thing(saved: SavedSearch) -> Thing:
    return Thing("saved_search", saved.id)
