"""The worker process: the only place that chooses the concrete parts that jobs work with."""

import asyncio
import logging
import os
import signal
import threading
from dataclasses import dataclass

from billing.papers.ports import TaxInvoiceProvider
from marketplace.catalog.listings.buyers import VersionBuyers
from marketplace.db import STATEMENT_TIMEOUT_WORKER_MS, Database
from marketplace.encryption import Keyring
from marketplace.jobs.declaring import declared_jobs, declared_periodics
from marketplace.jobs.running import CONTROL_POOL_SIZE, JobWorker, Timing
from marketplace.logs import configure
from marketplace.members.registry.choosing import registry_of
from marketplace.members.registry.port import BusinessRegistry
from marketplace.notices.mail import FolderMailSender, MailSender, SmtpMailSender
from marketplace.notices.outbox import Letterhead
from marketplace.orders.delivery.buyers import EntitledBuyers
from marketplace.orders.invoices.choosing import provider_of
from marketplace.orders.payments.choosing import Gateways, gateways_of
from marketplace.settings import Settings
from marketplace.stores import store_connection
from marketplace.tables import import_models
from quality.children import Children
from storage.ports import ObjectStore
from storage.s3 import S3Store

logger = logging.getLogger(__name__)

# A job may hold one transaction and write its progress in another.
CONNECTIONS_PER_JOB = 2
# After a signal to end, the process is gone by then, whatever still runs [s].
STOP_LIMIT_S = 3.5
# Where the sandbox's mail is found, in the folder with the data.
MAIL_FOLDER = "mail"


@dataclass(frozen=True)
class WorkerParts:
    """What jobs find in ``context.parts``; a job's function declares the ones it uses."""

    settings: Settings
    store: ObjectStore
    keyring: Keyring
    registry: BusinessRegistry
    mail: MailSender
    letterhead: Letterhead
    version_buyers: VersionBuyers
    children: Children
    gateways: Gateways
    tax_invoices: TaxInvoiceProvider


def parts_of(settings: Settings, database: Database) -> WorkerParts:
    """Choose the concrete parts that the settings name."""
    return WorkerParts(
        settings=settings,
        store=S3Store(store_connection(settings)),
        keyring=Keyring.parse(settings.encryption_keys.get_secret_value()),
        registry=registry_of(settings),
        mail=mail_sender_of(settings),
        letterhead=Letterhead(
            name=settings.operator_name,
            public_url=settings.public_url,
            sender=settings.mail_from,
            contact=settings.operator_email,
        ),
        version_buyers=EntitledBuyers(),
        children=Children(),
        gateways=gateways_of(settings, database),
        tax_invoices=provider_of(settings, database),
    )


def mail_sender_of(settings: Settings) -> MailSender:
    """Choose the SMTP server where one is set, else the sandbox's folder."""
    if settings.smtp_url is not None:
        return SmtpMailSender(settings.smtp_url.get_secret_value())
    return FolderMailSender(settings.data_dir / MAIL_FOLDER)


def database_of(settings: Settings) -> Database:
    """Return the pool that jobs work with."""
    pool_size = max(settings.database_pool_size, CONNECTIONS_PER_JOB * settings.worker_concurrency)
    url = settings.database_url.get_secret_value()
    return Database(url, pool_size=pool_size, statement_timeout_ms=STATEMENT_TIMEOUT_WORKER_MS)


async def work(
    settings: Settings, database: Database, parts: WorkerParts, stop: asyncio.Event
) -> bool:
    """Run one worker until ``stop`` is set.

    Returns:
        Whether everything ended in time; what did not is given back by the reaper of another worker.
    """
    control = Database(settings.database_url.get_secret_value(), pool_size=CONTROL_POOL_SIZE)
    try:
        worker = JobWorker(
            database=database,
            control=control,
            parts=parts,
            jobs=declared_jobs(),
            periodics=declared_periodics(),
            concurrency=settings.worker_concurrency,
            timing=Timing(settings.worker_heartbeat_s, settings.worker_lease_s),
        )
        return await worker.run(stop)
    finally:
        await database.dispose()
        await control.dispose()


def run_worker(settings: Settings) -> int:
    """Run this process as a worker until SIGTERM or SIGINT; within five seconds it exits with 0.

    Returns:
        Only in the signature: the process has ended by then.
    """
    configure(settings.log_format or "text", process="worker")
    import_models()
    database = database_of(settings)
    parts = parts_of(settings, database)
    # They load their libraries before the first file comes.
    parts.children.prepare()

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        working = asyncio.create_task(work(settings, database, parts, stop))
        told = asyncio.create_task(stop.wait())
        await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
        # A job may swallow its interruption; then this ends the process.
        last = threading.Timer(STOP_LIMIT_S, _leave, args=("something did not end in time",))
        last.daemon = True
        last.start()
        ended = await working
        _leave("worker ended" if ended else "something did not end in time")

    asyncio.run(main())
    return 0


def _leave(why: str) -> None:
    """End this process at once: Python itself would wait for every thread that still calls outside.

    What it still ran is given back when its lease has ended.
    """
    logger.info(why)
    logging.shutdown()
    os._exit(0)
