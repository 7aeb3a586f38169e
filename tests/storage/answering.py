"""A small HTTP server that gives whatever answer a test wants, to stand for a broken store."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from typing_extensions import override

from storage.objects import Connection


class Reply(NamedTuple):
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}
    cut: bool = False


class Asked(NamedTuple):
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Script = Callable[[Asked], Reply]


@contextmanager
def answering(script: Script, *, limit_s: float = 2.0) -> Iterator[Connection]:
    """Serve until the block ends; ``script`` gets each request."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            reply = script(Asked(self.command, self.path, dict(self.headers.items()), body))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)
            self.close_connection = reply.cut

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Keep the test's output quiet."""

    for method in ("GET", "PUT", "POST", "DELETE", "HEAD"):
        setattr(Handler, f"do_{method}", Handler.answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        endpoint = f"http://127.0.0.1:{server.server_port}"
        yield Connection(
            endpoint, "access", "secret", connect_limit_s=limit_s, total_limit_s=limit_s
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def error_xml(code: str) -> bytes:
    """Return the body of an error answer of the S3 API."""
    return (
        f"<Error><Code>{code}</Code><Message>m</Message><Resource>r</Resource>"
        f"<RequestId>1</RequestId><HostId>h</HostId></Error>"
    ).encode()


XML = {"Content-Type": "application/xml"}
