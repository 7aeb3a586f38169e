"""The demonstration as a job, so that signing in works before it is loaded."""

from typing import Protocol

from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.demo.loading import DemoParts, load_with
from marketplace.encryption import Keyring
from marketplace.jobs import JobContext, job
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.members.registry.sandbox import SandboxRegistry
from marketplace.settings import Settings
from storage.ports import ObjectStore

JOB = "demo.load"


class Parts(Protocol):
    """What the job uses of the worker's parts."""

    @property
    def settings(self) -> Settings:
        """Of the worker."""

    @property
    def store(self) -> ObjectStore:
        """Takes the proof files."""

    @property
    def keyring(self) -> Keyring:
        """Seals the second factors."""


@job(JOB, attempts=3, limit_s=900)
async def load_demonstration(context: JobContext[Parts]) -> None:
    """Load the demonstration; a second run finds everything there."""
    async with context.phases() as session:
        today = seoul_date(now(session))
    passwords = PasswordHashing()
    parts = DemoParts(
        settings=context.parts.settings,
        store=context.parts.store,
        keyring=context.parts.keyring,
        passwords=passwords,
        registry=SandboxRegistry(lambda: today),
    )
    try:
        await load_with(context.phases, parts, context.progress)
    finally:
        passwords.close()
