"""What the worker does for saved searches: match one product, send the digests."""

from typing import Protocol
from uuid import UUID

from marketplace.catalog.saved.alerts import Letter, Round, due_searches, match_batch, tell
from marketplace.jobs import JobContext, PeriodicContext, job, periodic
from marketplace.settings import Settings

DIGEST_EVERY_S = 600.0


class Parts(Protocol):
    """What this work uses of the worker's parts."""

    @property
    def settings(self) -> Settings:
        """The settings of the worker."""


@job("saved.match", attempts=5, limit_s=600)
async def match(context: JobContext[Parts], *, product_id: str) -> None:
    """Match a product that came onto the market with all saved searches, batch by batch."""
    letter, going = letter_of(context.parts.settings), Round(UUID(product_id))
    more = True
    while more:
        async with context.phases() as session:
            more = await match_batch(session, going, letter)


@periodic("saved.digest", every_s=DIGEST_EVERY_S, limit_s=300)
async def send_digests(context: PeriodicContext[Parts]) -> None:
    """Send the digests whose time has come, one transaction for each search."""
    letter = letter_of(context.parts.settings)
    async with context.phases() as session:
        due = await due_searches(session)
    for search_id in due:
        async with context.phases() as session:
            await tell(session, search_id, letter)


def letter_of(settings: Settings) -> Letter:
    """Return what the mail of an alert needs."""
    return Letter(settings.public_url, settings.session_key.get_secret_value())
