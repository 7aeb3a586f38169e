"""Holds every answer that a test gets from the API to what the description says of it."""

import json
import re
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import httpx
from litestar import Litestar

from marketplace.http import openapi

Hook = Callable[[httpx.Response], Awaitable[None]]


@cache
def hook(app: Litestar) -> Hook:
    """Return what a client calls with each answer; it raises where the description says otherwise."""
    document = openapi.document(app)
    operations: list[tuple[re.Pattern[str], dict[str, Any]]] = [
        (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), methods)
        for path, methods in document["paths"].items()
    ]

    async def check(response: httpx.Response) -> None:
        request = response.request
        for pattern, methods in operations:
            entry = methods.get(request.method.lower())
            if entry is not None and pattern.fullmatch(request.url.path):
                await response.aread()
                assert_described(request, response, entry)
                return

    return check


def assert_described(
    request: httpx.Request, response: httpx.Response, entry: dict[str, Any]
) -> None:
    """Assert that status and code of an answer stand in the description of its operation."""
    place = f"{request.method} {request.url.path}"
    described = entry["responses"].get(str(response.status_code))
    assert described is not None, (
        f"{place} answered {response.status_code}, which its description lacks:"
        f" add | answers(...) to its opt. {response.text[:300]}"
    )
    if "x-codes" in described:
        code = json.loads(response.text)["code"]
        assert code in described["x-codes"], (
            f"{place} answered {response.status_code} {code}, which its description lacks:"
            " add | answers(...) to its opt"
        )
