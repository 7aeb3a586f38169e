"""The frame of the providers' simulators: one HTTP server on loopback, one process each.

``/_sim/…`` is for the tests: play the buyer, lose answers, fetch the webhooks. Everything else is
what the provider offers. Nothing here is imported from the code under test.
"""

import base64
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override


@dataclass
class Request:
    """What came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    args: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        return json.loads(self.raw or b"{}")


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


Handler = Callable[[Request], Any]


@dataclass
class Simulator:
    """Routes, and what every provider keeps."""

    routes: list[tuple[str, str, Handler]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    lose: int = 0
    break_next: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def tell(self, headers: dict[str, str], raw: bytes) -> None:
        """Keep a webhook until it is fetched."""
        self.sent.append({"headers": headers, "raw": base64.b64encode(raw).decode()})

    def answer(self, request: Request) -> tuple[int, Any]:
        """Return status and body; one request after the other."""
        with self.lock:
            if request.path in CONTROLS:
                return 200, CONTROLS[request.path](self, request)
            for method, pattern, handler in self.routes:
                found = re.fullmatch(pattern, request.path)
                if method == request.method and found:
                    request.args = found.groups()
                    try:
                        return 200, handler(request)
                    except Refusal as refusal:
                        return refusal.status, refusal.body
        return 404, {"error": {"type": "invalid_request_error", "message": "no such route"}}


def lose(simulator: Simulator, request: Request) -> Any:
    simulator.lose = request.json["count"]
    return {}


def break_next(simulator: Simulator, request: Request) -> Any:
    simulator.break_next = request.json["count"]
    return {}


def fetch(simulator: Simulator, request: Request) -> Any:
    sent, simulator.sent = simulator.sent, []
    return sent


CONTROLS: dict[str, Callable[[Simulator, Request], Any]] = {
    "/_sim/lose": lose,
    "/_sim/break": break_next,
    "/_sim/webhooks": fetch,
    "/_sim/requests": lambda simulator, request: simulator.requests,
}


def serve(simulator: Simulator) -> None:
    """Listen on a free port of loopback, print it, and serve until the process is ended."""

    class Connection(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        @override
        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Say nothing."""

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            request = Request(
                method=self.command,
                path=parts.path,
                query={name: values[-1] for name, values in parse_qs(parts.query).items()},
                headers={name.lower(): value for name, value in self.headers.items()},
                raw=self.rfile.read(length),
            )
            ours = request.path.startswith("/_sim/")
            if not ours:
                simulator.requests.append(
                    {"method": request.method, "path": request.path, "headers": request.headers}
                )
            if not ours and simulator.break_next:
                simulator.break_next -= 1
                self._write(503, b"{}")
                return
            status, body = simulator.answer(request)
            if not ours and request.method == "POST" and simulator.lose:
                simulator.lose -= 1
                self.close_connection = True
                return
            self._write(status, json.dumps(body, ensure_ascii=False).encode())

        def _write(self, status: int, raw: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = _serve  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Connection)
    print(server.server_address[1], flush=True)  # noqa: T201
    server.serve_forever()
