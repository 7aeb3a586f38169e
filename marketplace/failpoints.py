"""Named places where a test ends the process: what is half done must be finished by whoever comes next.

Without effect unless a test's own process arms it.
"""

from collections.abc import Callable

_armed: list[Callable[[str], None]] = []


def failpoint(name: str) -> None:
    """Pass a named place.

    Args:
        name: dotted, the act first: ``settle.asked``
    """
    for hook in _armed:
        hook(name)


def arm(hook: Callable[[str], None]) -> None:
    """Have a hook called at every place; for processes of tests alone."""
    _armed.append(hook)
