"""A process that does one step of an order's life and ends by kill -9 at a named place."""

import asyncio
import multiprocessing
import os
import signal
from uuid import UUID

from marketplace.db import Database, Scope
from marketplace.failpoints import arm
from marketplace.orders.checkout.paying import start
from marketplace.orders.invoices.amending import amend_for_refund, takings_of
from marketplace.orders.invoices.archive import ArchivingProvider
from marketplace.orders.invoices.issuing import issue
from marketplace.orders.payments.choosing import gateways_of
from marketplace.orders.payments.sending import send_refund
from marketplace.orders.payments.settling import Cause, settle
from marketplace.settings import Settings
from marketplace.tables import import_models

LIMIT_S = 60


def die_doing(act: str, thing_id: UUID, point: str, settings: Settings) -> int | None:
    """Do an act in a process of its own that is killed at a place; returns how it ended."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_live, args=(act, thing_id, point, settings))
    process.start()
    process.join(LIMIT_S)
    assert process.exitcode is not None, f"{act} neither ended nor came to {point}"
    return process.exitcode


def _live(act: str, thing_id: UUID, point: str, settings: Settings) -> None:
    import_models()
    arm(lambda name: os.kill(os.getpid(), signal.SIGKILL) if name == point else None)
    asyncio.run(do(act, thing_id, settings))


async def do(act: str, thing_id: UUID, settings: Settings) -> None:
    """Do an act of an order's life to its end."""
    database = Database(settings.database_url.get_secret_value(), pool_size=2)
    gateways, phases = gateways_of(settings, database), database.phases(Scope.system())
    if act == "start":
        await start(phases, gateways, thing_id, public_url=settings.public_url)
    elif act == "settle":
        await settle(phases, gateways, thing_id, Cause.webhook)
    elif act == "issue":
        await issue(phases, ArchivingProvider(database), thing_id)
    elif act == "amend":
        async with phases() as session:
            takings = await takings_of(session, thing_id)
        for one in takings:
            await amend_for_refund(phases, ArchivingProvider(database), one)
    else:
        await send_refund(phases, gateways, thing_id)
    await database.dispose()
