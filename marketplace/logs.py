"""Logs: one line for each event, without secrets, the same for web, worker and their libraries.

Everything goes through the standard library's loggers; ``configure`` is called once by each
process. A line never holds a secret, wherever it came from: known names are blanked, and texts
are searched for tokens, cookies, signatures and passwords in addresses. A line is a line:
control characters from outside are encoded, so nobody writes a second one.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from typing_extensions import override

LogFormat = Literal["text", "json"]

HIDDEN = "[hidden]"
TEXT_CHARS_MAX = 8_000
SECRET_NAMES = frozenset(
    {
        "authorization", "cookie", "csrf", "key", "number", "otp", "passphrase", "password", "secret",
        "set_cookie", "signature", "token", "url_with_token",
    }
)  # fmt: skip
_SECRET_NAME = re.compile(
    r"password|secret|token(?!_id)|cookie|authorization|signature|_key$", re.IGNORECASE
)
# What is a secret by its looks, and what is kept of it.
_SECRET_TEXTS = (
    (re.compile(r"mdx_[A-Za-z0-9_-]{4,}"), "mdx_" + HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}"), r"\1 " + HIDDEN),
    (re.compile(r"(?i)(x-amz-(?:signature|credential|security-token)=)[^&\s\"']+"), r"\1" + HIDDEN),
    (re.compile(r"(?i)((?:__host-)?(?:session|visitor)=)[^;\s\"']+"), r"\1" + HIDDEN),
    (
        re.compile(r"(?i)([?&;\s\"'](?:token|password|secret|code|key|_csrf)=)[^&\s\"']+"),
        r"\1" + HIDDEN,
    ),
    (re.compile(r"(://[^\s:/@]*:)[^\s/@]+@"), r"\1" + HIDDEN + "@"),
    # What PostgreSQL quotes of a row: addresses of mail, numbers.
    (re.compile(r"(Key \([^)]*\)=\()[^)]*\)"), r"\1" + HIDDEN + ")"),
    (re.compile(r"(Failing row contains \().*\)"), r"\1" + HIDDEN + ")"),
)
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_OWN_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "color_message",
}
_COLORS = {"DEBUG": "2", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}

_context: ContextVar[Mapping[str, Any] | None] = ContextVar("marketplace_log_context", default=None)


@contextmanager
def bound(**facts: Any) -> Iterator[None]:
    """Add facts to every line written inside the block: the request's or the job's number."""
    token = _context.set({**(_context.get() or {}), **facts})
    try:
        yield
    finally:
        _context.reset(token)


def configure(log_format: LogFormat, *, process: str, stream: TextIO | None = None) -> None:
    """Send every logger of this process to one stream in one form.

    Args:
        log_format: ``json`` for collectors, ``text`` for people
        process: who speaks, for example ``web``
        stream: where to; standard error unless given
    """
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        JsonLines(process) if log_format == "json" else TextLines(colors=out.isatty())
    )
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # One line per request is ours; the libraries' own would repeat addresses with their query.
    for name in ("uvicorn.access", "httpx", "httpcore", "urllib3", "asyncio", "alembic.runtime"):
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """One JSON object for each line; names sorted as they come: time, level, logger, event."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": _at(record),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "event": without_secrets(record.getMessage()),
            **facts_of(record),
        }
        if trace := _trace_of(self, record):
            line["trace"] = trace
        # ASCII alone: every control character and separator leaves as an escape.
        return json.dumps(line, default=str, ensure_ascii=True)


class TextLines(logging.Formatter):
    """One line for a person; a trace follows indented."""

    def __init__(self, *, colors: bool) -> None:
        super().__init__()
        self._colors = colors

    @override
    def format(self, record: logging.LogRecord) -> str:
        facts = "".join(
            f" {visible(name)}={visible(str(value))}"
            for name, value in facts_of(record).items()
            if value is not None
        )
        event = visible(without_secrets(record.getMessage()))
        line = f"{_at(record)[11:23]} {record.levelname:<7} {record.name}: {event}{facts}"
        if self._colors and record.levelname in _COLORS:
            line = f"\x1b[{_COLORS[record.levelname]}m{line}\x1b[0m"
        if trace := _trace_of(self, record):
            line += "".join(f"\n    {visible(part)}" for part in trace.splitlines())
        return line


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a line says besides its event, with every secret blanked."""
    given = {k: v for k, v in record.__dict__.items() if k not in _OWN_FIELDS}
    blanked: dict[str, Any] = blank({**(_context.get() or {}), **given})
    return blanked


def blank(value: Any, name: str = "") -> Any:
    """Return a value with the secrets in it blanked, by their names and by their looks."""
    if name and is_secret(name) and value is not None:
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(key): blank(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [blank(inner) for inner in value]
    if isinstance(value, int | float | None):
        return value
    return without_secrets(str(value))


def is_secret(name: str) -> bool:
    """Whether a field of this name holds a secret."""
    plain = name.lower().replace("-", "_")
    return plain in SECRET_NAMES or _SECRET_NAME.search(plain) is not None


def without_secrets(text: str) -> str:
    """Return a text without what looks like a token, cookie, signature or password, and bounded."""
    for looks, kept in _SECRET_TEXTS:
        text = looks.sub(kept, text)
    if len(text) > TEXT_CHARS_MAX:
        return f"{text[:TEXT_CHARS_MAX]} … ({len(text)} characters)"
    return text


def visible(text: str) -> str:
    """Return a text whose control characters, separators and direction marks are written out."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _trace_of(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    if not record.exc_info:
        return ""
    return without_secrets(formatter.formatException(record.exc_info))
