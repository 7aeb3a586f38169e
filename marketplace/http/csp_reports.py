"""Where browsers tell that a page tried something its content policy forbids."""

import json
import logging
from typing import Any

from litestar import Request, post

from marketplace.auth import EVERYONE, allow
from marketplace.errors import TooLarge
from marketplace.http.bodies import takes
from marketplace.http.facts import facts_of
from marketplace.http.gate import without_cookies
from marketplace.http.shedding import Buckets

logger = logging.getLogger("marketplace.security")

REPORT_BYTES_MAX = 16_384
REPORTS_PER_S = 0.5
REPORTS_BURST = 20
VALUE_CHARS_MAX = 300
# What is worth a line; the rest of a report is the browser's or the sender's prose.
NAMES = ("document-uri", "violated-directive", "effective-directive", "blocked-uri", "source-file")


@post(
    "/csp-reports",
    opt=allow(EVERYONE)
    | without_cookies("browsers send it by themselves")
    | takes("application/csp-report", "application/reports+json", "application/json"),
    status_code=204,
    include_in_schema=False,
)
async def take_report(request: Request[Any, Any, Any]) -> None:
    """Write a report into the log; bounded in size and number for each address.

    Raises:
        TooLarge: more than a browser sends
        TooManyRequests: more reports than a page in trouble makes
    """
    buckets: Buckets = request.app.state["report_buckets"]
    buckets.take(facts_of(request.scope).address)
    body = await request.body()
    if len(body) > REPORT_BYTES_MAX:
        raise TooLarge(limit_bytes=REPORT_BYTES_MAX)
    logger.warning("content policy broken", extra={"report": summary_of(body)})


def summary_of(body: bytes) -> dict[str, str]:
    """Return the telling fields of a report, shortened; addresses without their query."""
    found = json.loads(body or b"{}")
    if isinstance(found, list):
        found = found[0].get("body", {}) if found and isinstance(found[0], dict) else {}
    report = found.get("csp-report", found) if isinstance(found, dict) else {}
    if not isinstance(report, dict):
        return {}
    return {
        name: str(report[name]).partition("?")[0][:VALUE_CHARS_MAX]
        for name in NAMES
        if name in report
    }
