"""Programs that take the description at its word, and those that do not: made by Schemathesis.

The cases are seeded. ``MARKETPLACE_TEST_CASES`` sets how many each operation gets from each caller.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from marketplace.app import Parts
from marketplace.http import openapi
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from tests import servers, sites
from tests.actors import ACTORS, Present, bring, fresh_key, publish_terms
from tests.sites import Site
from tools.access import application

CASES = int(os.environ.get("MARKETPLACE_TEST_CASES", "4"))
CALLERS = ("anonymous", "owner", "administrator", "token_with_all_scopes")
SEED = 20261126
LIMITS = hypothesis.settings(
    max_examples=CASES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[hypothesis.Phase.generate],
)


@pytest.fixture(scope="module")
def site(settings: Settings, parts: Parts, worker_id: str) -> Iterator[Site]:
    """A server over a database that only this module fills."""
    for name in servers.cloned_database(f"fuzz_{worker_id}"):
        with sites.serving(settings, parts, name) as running:
            make_buckets(running.settings)
            running.run(publish_terms(running.database))
            yield running


class Caller:
    """Somebody who is brought into being again when a case ended their sign-in."""

    def __init__(self, site: Site, name: str) -> None:
        self._site = site
        self._actor = next(actor for actor in ACTORS if actor.name == name)
        self._present: Present | None = None

    @property
    def headers(self) -> dict[str, str]:
        if self._present is None:
            self._present = self._site.run(bring(self._site.database, self._actor))
        return dict(self._present.headers)

    def gone(self) -> None:
        self._present = None


def fault(case: Any, response: Any, described: dict[str, Any]) -> str | None:
    """Say what an answer does that the description does not, if anything."""
    place = f"{case.method} {case.formatted_path} {str(case.body)[:120]}"
    if response.status_code >= 500:
        return f"{place}: {response.status_code} {response.text[:300]}"
    if response.status_code == 405:
        return None  # another method than the operation's own, asked on purpose
    if str(response.status_code) not in described["responses"]:
        return f"{place}: {response.status_code} is not described: {response.text[:300]}"
    return None


def asking(caller: Caller, site: Site, found: list[str]) -> Callable[[Any], None]:
    """Return what is done with each made-up case."""

    def ask(case: Any) -> None:
        case.cookies = {}
        given = {k: v for k, v in caller.headers.items() if k != "cookie"}
        if "cookie" in caller.headers:
            name, _, value = caller.headers["cookie"].partition("=")
            case.cookies = {name: value}
        if "Idempotency-Key" in case.headers:
            given["Idempotency-Key"] = fresh_key()
        response = case.call(base_url=site.origin, headers=given)
        problem = fault(case, response, case.operation.definition.raw)
        found.extend([problem] if problem else [])
        if response.status_code == 401:
            caller.gone()

    return ask


@pytest.mark.slow  # some thousand made-up requests
@pytest.mark.parametrize("name", CALLERS)
def test_no_made_up_request_ends_in_a_fault_or_in_an_answer_not_described(
    site: Site, name: str
) -> None:
    document = openapi.document(application())
    schema = schemathesis.openapi.from_dict(document)
    caller = Caller(site, name)
    found: list[str] = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            strategy = operation.as_strategy(generation_mode=mode)
            run = hypothesis.given(case=strategy)(asking(caller, site, found))
            run = hypothesis.seed(SEED)(run)
            # What takes nothing cannot be asked wrongly.
            with contextlib.suppress(hypothesis.errors.Unsatisfiable):
                LIMITS(run)()
    assert found == [], "\n".join(found[:40])
