"""The order of the steps, what each took and gave, and how it is told."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from marketplace.demo.credentials import require_sandbox
from marketplace.errors import MarketplaceError
from marketplace.rehearsal.buying import BUYER, Buying
from marketplace.rehearsal.company import Company
from marketplace.rehearsal.product import Listing
from marketplace.rehearsal.settling import FINANCE, Settling
from marketplace.settings import Settings

# What the buyer does, in this order.
BOUGHT = (
    "gather", "quote", "pay_by_card", "take_home", "pay_by_transfer", "accept", "withdraw",
)  # fmt: skip

Say = Callable[[str], None]


class Step(Struct, frozen=True):
    """A step: of the company or of a file, how long it took [s], what it gave or why it failed."""

    subject: str
    name: str
    passed: bool
    seconds: float
    told: str


class Played(Struct, frozen=True):
    """A whole rehearsal."""

    url: str
    passed: bool
    seconds: float
    steps: list[Step]


class Stage:
    """Carries steps out one after the other; the first failure ends it."""

    def __init__(self, say: Say) -> None:
        self.steps: list[Step] = []
        self._say = say

    def step(self, subject: str, name: str, act: Callable[[], str]) -> None:
        """Carry out a step and tell of it.

        Raises:
            MarketplaceError: the step failed
        """
        begun = time.monotonic()
        try:
            told = act()
        except MarketplaceError as error:
            self._note(Step(subject, name, False, time.monotonic() - begun, str(error)))  # noqa: FBT003
            raise
        self._note(Step(subject, name, True, time.monotonic() - begun, told))  # noqa: FBT003

    def _note(self, step: Step) -> None:
        self.steps.append(step)
        mark = "ok  " if step.passed else "FAIL"
        self._say(f"{mark} {step.seconds:7.2f} s  {step.subject:<42} {step.name:<10} {step.told}")


def play(settings: Settings, files: Sequence[Path], say: Say) -> Played:
    """Play the market with files, as new users would.

    Args:
        files: become one product each
        say: gets a line for each step

    Raises:
        DemonstrationRefused: the settings are those of production
    """
    require_sandbox(settings)
    begun = time.monotonic()
    stage = Stage(say)
    company = Company(settings)
    try:
        for name in ("sign_up", "confirm", "prove", "learn", "introduce"):
            stage.step(company.name, name, getattr(company, name))
        listings = [_list(stage, company, path) for path in files]
        _buy(stage, company, [one for one in listings if one.outcome == "listed"])
        passed = True
    except MarketplaceError:
        passed = False
    finally:
        company.leave()
    return Played(settings.public_url, passed, time.monotonic() - begun, stage.steps)


def _list(stage: Stage, company: Company, path: Path) -> Listing:
    listing = Listing(company, path)
    for name in ("begin", "upload", "examine"):
        stage.step(path.name, name, getattr(listing, name))
    if listing.outcome == "listed":
        for name in ("describe", "submit", "approve", "find"):
            stage.step(path.name, name, getattr(listing, name))
    return listing


def _buy(stage: Stage, company: Company, listings: Sequence[Listing]) -> None:
    if not listings:
        return
    buying = Buying(company.settings, listings)
    try:
        for name in BOUGHT:
            stage.step(BUYER, name, getattr(buying, name))
        assert buying.accepted_at is not None, "what was bought was accepted"
        _settle(stage, Settling(company, buying.accepted_at))
    finally:
        buying.leave()


def _settle(stage: Stage, settling: Settling) -> None:
    try:
        for name in ("draft", "approve", "pay", "balance"):
            stage.step(FINANCE, name, getattr(settling, name))
    finally:
        settling.leave()
