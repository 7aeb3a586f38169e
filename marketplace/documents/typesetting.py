"""PDF by typst: a template of ours and data; text of users is data and never becomes markup."""

import importlib.util
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec


@cache
def fonts_folder() -> Path:
    """Return the folder of the Korean font that ships."""
    found = importlib.util.find_spec("pylopdf_fonts_ko")
    assert found is not None, "the font's package is a dependency"
    assert found.submodule_search_locations is not None, "and a package"
    return Path(found.submodule_search_locations[0])


def pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """Return a PDF/A-3b; blocks some 30 ms, so call it in a thread.

    Args:
        template: a ``.typ`` file that reads ``json(bytes(sys.inputs.data))``
        data: what it shows
    """
    import typst  # noqa: PLC0415 - a compiler of 80 MB that only documents need

    made: bytes = typst.compile(
        str(template),
        sys_inputs={"data": msgspec.json.encode(data).decode()},
        font_paths=[str(fonts_folder())],
        ignore_system_fonts=True,
        pdf_standards=["a-3b"],
    )
    return made
