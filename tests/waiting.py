"""Waiting in tests for what another process or task will do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


async def until(check: Callable[[], Awaitable[Any] | Any], limit_s: float = 90.0) -> Any:
    """Wait until the check is true and return what it returned."""
    async with asyncio.timeout(limit_s):
        while True:
            found = check()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.02)
