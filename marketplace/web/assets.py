"""Static files: our styles and script, and htmx and the Korean font from their installed packages.

An address carries a hash of the content, so browsers keep files for a year and never a stale one.
"""

import hashlib
import importlib.util
from functools import cache
from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath

from marketplace.auth import EVERYONE, allow
from marketplace.errors import NotFound

OWN = Path(__file__).parent / "static"
KEPT = {"cache-control": "public, max-age=31536000, immutable"}
MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".otf": "font/otf",
}


def _in_package(package: str, path: str) -> Path:
    found = importlib.util.find_spec(package)
    assert found is not None, f"{package} is a dependency"
    assert found.submodule_search_locations is not None, f"{package} is a package"
    return Path(found.submodule_search_locations[0]) / path


@cache
def files() -> dict[str, Path]:
    """Return every static file by the name in its address."""
    own = {path.name: path for path in OWN.iterdir() if path.suffix in MEDIA}
    return own | {
        "htmx.js": _in_package("js_lib_htmx", "static/htmx/htmx.min.js"),
        "NotoSansKR-Regular.otf": _in_package("pylopdf_fonts_ko", "NotoSansKR-Regular.otf"),
    }


@cache
def address(name: str) -> str:
    """Return the address of a static file with the hash of its content.

    Raises:
        KeyError: there is no such file
    """
    digest = hashlib.sha256(files()[name].read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:10]}"


@cache
def _content(name: str) -> bytes:
    return files()[name].read_bytes()


@get("/static/{name:str}", opt=allow(EVERYONE), sync_to_thread=False, include_in_schema=False)
def send_static(name: FromPath[str]) -> Response[bytes]:
    """Send a static file."""
    if name not in files():
        raise NotFound
    media = MEDIA[files()[name].suffix]
    return Response(_content(name), media_type=media, headers=dict(KEPT))
