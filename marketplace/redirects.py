"""Redirects after a form: only to paths of our own."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Response


def is_own_path(path: str) -> bool:
    """Whether an address given by a browser is a path of ours, compared part by part."""
    parts = urlsplit(path)
    return (
        not parts.scheme
        and not parts.netloc
        and path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isprintable()
    )


def path_with_word(path: str, done: str = "") -> str:
    """Return a path of ours that carries the word of a toast.

    Args:
        path: begins with one slash; anything else would leave the exchange
        done: key of a sentence in ``toasts.html``
    """
    assert is_own_path(path), f"{path!r} is not a path of ours"
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}done={done}" if done else path


def redirect_to(location: str) -> Response[Any]:
    """Answer a form with "see other", so that reloading the next page repeats nothing."""
    return Response(b"", status_code=303, headers={"location": location})
