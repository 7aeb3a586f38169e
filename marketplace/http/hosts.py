"""The name under which a request reached us, compared literally with the names we have."""

from urllib.parse import urlsplit

from litestar.types import Scope as AsgiScope

from marketplace.errors import Malformed
from marketplace.settings import LOOPBACK, Settings

# Probes ask a machine by its own address.
ANY_NAME = ("/health/", "/metrics")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class UnknownHost(Malformed):
    """The header ``Host`` is missing, stands there twice, or names somebody else."""

    code = "unknown_host"
    ko = "이 거래소의 주소가 아닌 이름으로 들어온 요청입니다. 안내된 주소로 접속하십시오."
    en = "The request came under a name that is not this exchange's. Use its published address."


def names_of(settings: Settings) -> frozenset[str]:
    """Return every value of ``Host`` that is ours: the public address, in sandbox loopback too."""
    public = urlsplit(settings.public_url)
    default = _DEFAULT_PORTS[public.scheme]
    names = set(_with_port(public.hostname or "", public.port or default, default))
    if settings.sandbox:
        for host in LOOPBACK:
            for port in {settings.port, public.port or default}:
                names.update(_with_port(host, port, default))
    return frozenset(names)


def _with_port(host: str, port: int, default: int) -> list[str]:
    shown = f"[{host}]" if ":" in host else host
    return [f"{shown}:{port}", shown] if port == default else [f"{shown}:{port}"]


def refuse_unknown_host(scope: AsgiScope, names: frozenset[str]) -> None:
    """Refuse a request for another name.

    Raises:
        UnknownHost: see there
    """
    if str(scope.get("path", "")).startswith(ANY_NAME):
        return
    given = [value for name, value in scope.get("headers", ()) if name == b"host"]
    if len(given) != 1 or given[0].decode("latin-1").lower() not in names:
        raise UnknownHost
