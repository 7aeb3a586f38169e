"""Two languages: Korean is the language of the templates, English comes from the catalogue.

The catalogue is read from its ``.po`` file at start; nothing is compiled. After adding a sentence
to a template run ``python -m marketplace.web.i18n`` and write its English text into the file.
"""

import io
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from marketplace.errors import Language

WEB = Path(__file__).parent
ENGLISH = WEB / "translations" / "en" / "messages.po"
METHODS = [("**/*.html", "jinja2"), ("**/*.txt", "jinja2")]
OPTIONS = {"**/*.html": {"newstyle_gettext": "true", "trimmed": "true"}}


@cache
def english() -> Mapping[str, Any]:
    """Return the English text of each Korean sentence."""
    with ENGLISH.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }


def gettext(language: Language, sentence: str) -> str:
    """Return the sentence in the language; a missing translation shows the Korean one."""
    if language == "ko":
        return sentence
    found = english().get(sentence, sentence)
    return found if isinstance(found, str) else found[0]


def ngettext(language: Language, one: str, many: str, number: int) -> str:
    """Return the sentence for a number of things; Korean has one form."""
    if language == "ko":
        return many
    found = english().get(one, (one, many))
    forms = (found, found) if isinstance(found, str) else found
    return str(forms[0] if number == 1 else forms[1])


def extracted() -> Iterator[str | tuple[str, ...]]:
    """Yield every sentence of the templates."""
    rows = extract_from_dir(WEB / "templates", method_map=METHODS, options_map=OPTIONS)
    for _file, _line, message, _comments, _context in rows:
        yield message


def update() -> list[str]:
    """Bring the catalogue to the sentences of the templates; return those without English."""
    old = english_catalogue()
    new = Catalog(locale="en", charset="utf-8", header_comment="# English texts of the pages.")
    for message in sorted(set(extracted()), key=str):
        key = message if isinstance(message, str) else message[0]
        known = old.get(key)
        new.add(message, string=known.string if known else None)
    out = io.BytesIO()
    write_po(out, new, width=0, omit_header=True, no_location=True, sort_output=True)
    ENGLISH.write_bytes(out.getvalue())
    english.cache_clear()
    return [str(message.id) for message in new if message.id and not _complete(message.string)]


def english_catalogue() -> Catalog:
    """Return the catalogue as it stands in its file."""
    if not ENGLISH.exists():
        return Catalog(locale="en")
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def _complete(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    for sentence in update():
        print(sentence)  # noqa: T201 - a command for developers
