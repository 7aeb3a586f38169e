"""Figures for the monitoring system, in Prometheus' format.

What a process counts itself (requests, seconds, connections) goes through ``prometheus_client``.
With several web processes they share a folder (``PROMETHEUS_MULTIPROC_DIR``, set by
``marketplace web`` before anything is counted), so that any of them answers for all. What the
database knows (jobs, mail, the sealing of the trail) is asked when somebody looks.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from marketplace.jobs.queries import queue_health
from marketplace.sealing import lag

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 1.0, 2.5, 5.0, 10.0)

_REQUESTS = Counter(
    "marketplace_http_requests",
    "Requests that were answered, by the template of their path.",
    ["method", "route", "status"],
)
_SECONDS = Histogram(
    "marketplace_http_request_seconds",
    "Seconds from the first byte read to the head of the answer.",
    ["method", "route"],
    buckets=SECONDS,
)
_IN_USE = Gauge(
    "marketplace_database_connections_in_use",
    "Connections of the web processes that a transaction holds now.",
    multiprocess_mode="livesum",
)
_MOST = Gauge(
    "marketplace_database_connections_most",
    "Connections that the web processes may open.",
    multiprocess_mode="livesum",
)


@dataclass(frozen=True)
class Figure:
    """One gauge that the database answers; ``labels`` and values in the same order."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


_MAIL = text("select count(*) from mail where sent_at is null and given_up_at is null")


def count_request(method: str, route: str, status: int, took_s: float | None) -> None:
    """Count one answered request.

    Args:
        route: template of the path; never the path itself, which has no end of values
        took_s: seconds from its arrival, where known
    """
    known = method if method in METHODS else "OTHER"
    _REQUESTS.labels(known, route, str(status)).inc()
    if took_s is not None:
        _SECONDS.labels(known, route).observe(took_s)


def show_connections(in_use: int, most: int) -> None:
    """Take over how many database connections this process uses and may use."""
    _IN_USE.set(in_use)
    _MOST.set(most)


async def read_figures(session: AsyncSession) -> list[Figure]:
    """Return what only the database knows.

    Args:
        session: in the scope of the exchange itself
    """
    mail = await session.scalar(_MAIL)
    queue = await queue_health(session)
    unsealed_count, unsealed_s = await lag(session)
    states = {
        "waiting": queue.waiting_count,
        "running": queue.running_count,
        "parked": queue.parked_count,
    }
    return [
        Figure("marketplace_mail_waiting", "Mail that has not left yet.", float(mail or 0)),
        *(
            Figure("marketplace_jobs", "Jobs by state.", float(count), (("state", state),))
            for state, count in states.items()
        ),
        Figure(
            "marketplace_jobs_oldest_due_seconds",
            "How long the oldest job that could run has been waiting.",
            queue.oldest_due_s,
        ),
        Figure(
            "marketplace_audit_unsealed",
            "Rows of the audit trail without their seal yet.",
            float(unsealed_count),
        ),
        Figure(
            "marketplace_audit_oldest_unsealed_seconds",
            "How long the oldest of them has been waiting.",
            unsealed_s,
        ),
        Figure("marketplace_workers", "Workers that live.", float(queue.worker_count)),
        Figure(
            "marketplace_listeners",
            "Workers that hear of new jobs at once; 0 means polling alone.",
            float(queue.listening_count),
        ),
    ]


class _Asked(Collector):
    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = list(figures)

    @override
    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for figure in self._figures:
            names = [name for name, _ in figure.labels]
            family = families.setdefault(
                figure.name, GaugeMetricFamily(figure.name, figure.help, labels=names)
            )
            family.add_metric([value for _, value in figure.labels], figure.value)
        yield from families.values()


def exposition(figures: Iterable[Figure]) -> bytes:
    """Return everything as Prometheus reads it."""
    counted = REGISTRY
    if folder := os.environ.get(FOLDER_VARIABLE):
        _forget_dead_processes(Path(folder))
        counted = CollectorRegistry()
        cast("Any", MultiProcessCollector)(counted)
    asked = CollectorRegistry()
    asked.register(_Asked(figures))
    return generate_latest(counted) + generate_latest(asked)


def share_folder(data_dir: Path) -> None:
    """Let several web processes count together; called before any of them starts."""
    folder = data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[FOLDER_VARIABLE] = str(folder)


def _forget_dead_processes(folder: Path) -> None:
    """Drop the gauges of processes that ended; what they counted stays counted."""
    for file in folder.glob("gauge_live*_*.db"):
        number = file.stem.rpartition("_")[2]
        if number.isdigit() and not Path("/proc", number).exists():
            file.unlink(missing_ok=True)
