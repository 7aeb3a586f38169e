"""What is written down of every request: one access line, security events, figures."""

import logging
import time
from typing import Any

from litestar.types import Scope as AsgiScope

from marketplace.auth import Principal
from marketplace.db import Database
from marketplace.errors import MarketplaceError, NotSignedIn
from marketplace.http.facts import facts_of
from marketplace.http.problems import REFUSAL, status_of
from marketplace.metrics import count_request, show_connections

logger = logging.getLogger("marketplace.access")
security = logging.getLogger("marketplace.security")

SECURITY_STATUSES = frozenset({401, 403, 429})


def write_down(scope: AsgiScope, status: int) -> None:
    """Write the access line and the security event of an answer, and count it."""
    state = scope.setdefault("state", {})
    started_s: float | None = state.get("started_s")
    took_s = None if started_s is None else time.perf_counter() - started_s
    principal: Principal | None = state.get("principal")
    facts = facts_of(scope)
    line: dict[str, Any] = {
        "request_id": facts.request_id,
        "method": scope.get("method", ""),
        # The path without its query: addresses with secrets in the query are never logged.
        "path": scope.get("path", ""),
        "status": status,
        "took_ms": None if took_s is None else round(1e3 * took_s, 1),
        "user_id": None if principal is None else str(principal.user_id),
        "address": facts.address,
    }
    logger.info("request", extra=line)
    _write_security_event(state.get(REFUSAL), line)
    count_request(line["method"], scope.get("path_template") or "unmatched", status, took_s)
    database: Database | None = scope["litestar_app"].state.get("database")
    if database is not None:
        show_connections(*database.connections())


def _write_security_event(error: MarketplaceError | None, line: dict[str, Any]) -> None:
    """Write down a failed sign-in, a denied access or a limit that was reached, with its code."""
    if error is None or status_of(error) not in SECURITY_STATUSES:
        return
    # A page opened without a sign-in is everyday; a wrong password or a missing right is not.
    level = logging.INFO if type(error) is NotSignedIn else logging.WARNING
    security.log(level, "refused", extra=line | {"code": error.code, "status": status_of(error)})
