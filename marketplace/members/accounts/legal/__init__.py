"""Terms and privacy policy: the texts ship as files, are published into the database, and stay.

A new version is a new pair of files, ``<kind>-<version>.ko.md`` and ``.en.md``; a published one is
never edited.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col

from marketplace.errors import ConfigurationError
from marketplace.members.accounts.models import LegalKind, LegalText

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class ShippedText:
    """One version of a text as its two files hold it."""

    kind: LegalKind
    version: int
    effective_on: date
    title_ko: str
    title_en: str
    text_ko: str
    text_en: str

    @property
    def sha256(self) -> str:
        """Hash of both languages: what a consent was given to."""
        return hashlib.sha256(f"{self.text_ko}\0{self.text_en}".encode()).hexdigest()


def shipped_texts(folder: Path = FOLDER) -> Iterator[ShippedText]:
    """Yield every version in the folder, by kind and version."""
    for path in sorted(folder.glob("*.ko.md")):
        kind, version = path.name.removesuffix(".ko.md").rsplit("-", 1)
        title_ko, effective_on, text_ko = _read(path)
        title_en, _, text_en = _read(path.with_name(f"{kind}-{version}.en.md"))
        yield ShippedText(
            kind=LegalKind(kind),
            version=int(version),
            effective_on=date.fromisoformat(effective_on),
            title_ko=title_ko,
            title_en=title_en,
            text_ko=text_ko,
            text_en=text_en,
        )


def _read(path: Path) -> tuple[str, str, str]:
    head, _, text = path.read_text(encoding="utf-8").partition("\n---\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return fields["title"], fields["effective_on"], text.strip() + "\n"


def publish_texts(owner_url: str, folder: Path = FOLDER) -> int:
    """Put the shipped versions that the database does not hold yet into it; run after migrating.

    Args:
        owner_url: SQLAlchemy URL of the role ``marketplace_owner``
        folder: where the files are

    Returns:
        How many were published.

    Raises:
        ConfigurationError: the file of a published version was edited
    """
    engine = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    published = 0
    with engine.begin() as connection:
        known = {
            (kind, version): sha256
            for kind, version, sha256 in connection.execute(
                sa.select(col(LegalText.kind), col(LegalText.version), col(LegalText.sha256))
            )
        }
        for text in shipped_texts(folder):
            held = known.get((text.kind, text.version))
            if held is None:
                connection.execute(sa.insert(LegalText).values(**_row(text)))
                published += 1
            elif held != text.sha256:
                raise ConfigurationError(
                    reason=f"{text.kind.value} version {text.version} is published already and its"
                    " file was edited; add a new version instead"
                )
    return published


def _row(text: ShippedText) -> dict[str, object]:
    return LegalText(**vars(text), sha256=text.sha256).model_dump(exclude={"published_at"})
