"""The kinds of notice: subject and text in two languages, and whether mail may be muted.

A slice declares its kinds beside its service; declaring registers them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.errors import Language

_FACT = re.compile(r"\{[^{}]*\}")
_KINDS: dict[str, "NoticeKind"] = {}


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice; the texts are templates over the facts of ``notify``.

    Args:
        name: dotted, for example ``organization.invited``
        mutable: whether a person may switch its mail off; security and money kinds may not
    """

    name: str
    subject_ko: str
    subject_en: str
    text_ko: str
    text_en: str
    mutable: bool = True

    def __post_init__(self) -> None:
        if self.name in _KINDS:
            raise ValueError(f"notice kind {self.name} is declared twice")
        _KINDS[self.name] = self

    def label(self, language: Language) -> str:
        """Return what a list of kinds calls it: the subject with a gap for each fact."""
        template = self.subject_ko if language == "ko" else self.subject_en
        return _FACT.sub("○○", template)

    def subject(self, language: Language, facts: Mapping[str, Any]) -> str:
        """Return the subject line, at most 200 characters, on one line."""
        template = self.subject_ko if language == "ko" else self.subject_en
        return " ".join(template.format_map(facts).split())[:200]

    def text(self, language: Language, facts: Mapping[str, Any]) -> str:
        """Return the text of the notice."""
        template = self.text_ko if language == "ko" else self.text_en
        return template.format_map(facts)


def kind_named(name: str) -> NoticeKind:
    """Return a declared kind.

    Raises:
        KeyError: nobody declared it
    """
    return _KINDS[name]


def all_kinds() -> list[NoticeKind]:
    """Return every declared kind, by name."""
    return [_KINDS[name] for name in sorted(_KINDS)]
