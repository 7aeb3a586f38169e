"""What is wrong with a rule."""

from typing import NamedTuple


class Wrong(NamedTuple):
    """A sentence in both languages."""

    ko: str
    en: str
