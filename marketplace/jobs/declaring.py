"""Declaring jobs and periodic work: names, limits, and the modules that hold them."""

import importlib
import inspect
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec

from marketplace.jobs.contexts import PeriodicContext
from marketplace.jobs.errors import UnknownJob

# Every module that declares jobs or periodic work; imported when a job is first named.
JOB_MODULES: tuple[str, ...] = (
    "marketplace.housekeeping",
    "marketplace.notices.jobs",
    "marketplace.retention",
    "marketplace.members.organizations.jobs",
    "marketplace.demo.jobs",
    "marketplace.catalog.datasets.jobs",
    "marketplace.catalog.rules.jobs",
    "marketplace.catalog.matches.jobs",
    "marketplace.catalog.profiles.jobs",
    "marketplace.catalog.search.jobs",
    "marketplace.catalog.inquiries.jobs",
    "marketplace.training.jobs",
    "marketplace.catalog.reports.jobs",
    "marketplace.catalog.listings.jobs",
    "marketplace.catalog.saved.jobs",
    "marketplace.catalog.wanted.jobs",
    "marketplace.orders.delivery.jobs",
    "marketplace.orders.payments.jobs",
    "marketplace.orders.checkout.jobs",
    "marketplace.orders.invoices.jobs",
    "marketplace.orders.acceptance.jobs",
    "marketplace.orders.disputes.jobs",
    "marketplace.orders.refunds.jobs",
    "marketplace.orders.settlements.jobs",
)

ATTEMPTS_DEFAULT = 3
LIMIT_DEFAULT_S = 60
BACKOFF_FIRST_S = 5.0
BACKOFF_FACTOR = 4.0
BACKOFF_MOST_S = 3_600.0
BACKOFF_JITTER = 0.2

P = ParamSpec("P")
JobFunction = Callable[..., Awaitable[None]]
PeriodicFunction = Callable[[PeriodicContext[Any]], Awaitable[None]]


@dataclass(frozen=True)
class Job:
    """A declared job: what runs, how often it is tried, for how long it may run, what follows a parking."""

    name: str
    function: JobFunction
    attempts: int
    limit_s: int
    backoff_s: float
    parked: str | None = None

    def check(self, arguments: dict[str, Any]) -> None:
        """Refuse arguments that the function does not take.

        Raises:
            TypeError: one is missing or too many
        """
        inspect.signature(self.function).bind(None, **arguments)

    def wait_after_s(self, attempt: int) -> float:
        """Return how long to wait after a failed attempt [s]: growing, bounded, spread.

        Args:
            attempt: the one that failed, from 1
        """
        wait_s = min(BACKOFF_MOST_S, self.backoff_s * BACKOFF_FACTOR ** (attempt - 1))
        return wait_s * random.uniform(1 - BACKOFF_JITTER, 1 + BACKOFF_JITTER)  # noqa: S311


@dataclass(frozen=True)
class Periodic:
    """Declared periodic work: what runs and how far apart its rounds begin."""

    name: str
    function: PeriodicFunction
    every_s: float
    limit_s: int


_jobs: dict[str, Job] = {}
_periodics: dict[str, Periodic] = {}


def job(
    name: str,
    *,
    attempts: int = ATTEMPTS_DEFAULT,
    limit_s: int = LIMIT_DEFAULT_S,
    backoff_s: float = BACKOFF_FIRST_S,
    parked: str | None = None,
) -> Callable[[Callable[P, Awaitable[None]]], Callable[P, Awaitable[None]]]:
    """Declare a coroutine function as a job; it may run twice and must not mind.

    The function takes a ``JobContext`` and then keyword arguments, which are JSON: ids, not objects.
    An ``Unavailable`` error (an outside service, the database) and a bug are tried again after a
    growing wait; a ``Refusal`` parks the job at once, because a repeat would not help.

    Args:
        name: dotted, slice first: ``members.check_registry``, at most 80 characters
        attempts: how often it is tried before it is parked
        limit_s: longest run of one attempt [s]
        backoff_s: wait after the first failed attempt [s], times four for each further one
        parked: the job that is enqueued with the same arguments when this one is parked, whatever for;
            only so does a job whose worker was killed each time tell those who wait for it
    """
    assert 0 < len(name) <= 80, "the column of the name is 80 characters wide"
    assert min(attempts, limit_s) >= 1, "a job is tried at least once, for at least a second"

    def declare(function: Callable[P, Awaitable[None]]) -> Callable[P, Awaitable[None]]:
        if name in _jobs:
            raise ValueError(f"job {name} is declared twice")
        _jobs[name] = Job(name, function, attempts, limit_s, backoff_s, parked)
        return function

    return declare


def periodic(
    name: str, *, every_s: float, limit_s: int = LIMIT_DEFAULT_S
) -> Callable[[Callable[P, Awaitable[None]]], Callable[P, Awaitable[None]]]:
    """Declare a coroutine function as periodic work, run by one worker at a time.

    A round that fails is logged and shown to the operator; the next one comes at its time.

    Args:
        name: dotted, slice first: ``audit.seal``
        every_s: from the beginning of a round to the beginning of the next [s]
        limit_s: longest round [s]
    """
    assert 0 < len(name) <= 80, "the column of the name is 80 characters wide"

    def declare(function: Callable[P, Awaitable[None]]) -> Callable[P, Awaitable[None]]:
        if name in _periodics:
            raise ValueError(f"periodic work {name} is declared twice")
        _periodics[name] = Periodic(name, function, every_s, limit_s)  # type: ignore[arg-type]
        return function

    return declare


def import_jobs(modules: Sequence[str] = JOB_MODULES) -> None:
    """Import every module that declares jobs."""
    for name in modules:
        importlib.import_module(name)


def job_named(name: str) -> Job:
    """Return a declared job.

    Raises:
        UnknownJob: nobody declared it
    """
    if name not in _jobs:
        import_jobs()
    try:
        return _jobs[name]
    except KeyError:
        raise UnknownJob(f"no job is declared as {name}; is its module in JOB_MODULES?") from None


def declared_jobs() -> list[Job]:
    """Return every declared job, by name."""
    import_jobs()
    return [_jobs[name] for name in sorted(_jobs)]


def declared_periodics() -> list[Periodic]:
    """Return all declared periodic work, by name."""
    import_jobs()
    return [_periodics[name] for name in sorted(_periodics)]
