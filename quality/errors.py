"""Why an examination could not take place; what is wrong with a file is a finding, no error."""

from collections.abc import Sequence


class QualityError(Exception):
    """The examination could not run; nothing is said about the file."""


class SandboxUnavailable(QualityError):
    """The kernel offers no way to keep the parsing child in."""


class CertificateDamaged(QualityError):
    """The bytes are no certificate as it was issued: another file, or something in it was changed."""


class KeysUnreadable(QualityError):
    """The list of keys cannot be read, or an id in it is not the one of its key."""


class SettingsInvalid(QualityError):
    """What was declared cannot be used.

    Args:
        problems: all that is wrong, each in Korean and English
    """

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{ko} {en}" for ko, en in self.problems))


class ExaminationCancelled(QualityError):
    """Whoever asked for the examination asked for its end."""

    def __init__(self) -> None:
        super().__init__("the examination was cancelled")


class PartialDamaged(QualityError):
    """What a child counted of a part of a table cannot be read."""


class EngineUnavailable(QualityError):
    """The engine is not installed here, or does not answer."""
