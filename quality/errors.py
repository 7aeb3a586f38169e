"""Why an examination could not take place; what is wrong with a file is a finding, no error."""


class QualityError(Exception):
    """The examination could not run; nothing is said about the file."""


class SandboxUnavailable(QualityError):
    """The kernel offers no way to keep the parsing child in."""
