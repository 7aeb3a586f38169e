"""A proxy before a real store that passes everything on and lies about one thing."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from storage.objects import Connection
from tests.storage.answering import Asked, Reply, answering

Lie = Callable[[Asked, Reply], Reply]
HOP = {"connection", "transfer-encoding", "keep-alive", "date", "server"}


@contextmanager
def lying(
    honest: Connection, applies: Callable[[Asked, Reply], bool], lie: Lie
) -> Iterator[Connection]:
    """Serve until the block ends; signatures stay right, because the host is passed on too."""
    origin = urlsplit(honest.endpoint).netloc

    def script(asked: Asked) -> Reply:
        line = http.client.HTTPConnection(origin, timeout=10)
        line.request(asked.method, asked.path, asked.body or None, asked.headers)
        answer = line.getresponse()
        # The lie may change the length, except where there is a length without a body.
        dropped = HOP if asked.method == "HEAD" else HOP | {"content-length"}
        headers = {k: v for k, v in answer.getheaders() if k.lower() not in dropped}
        reply = Reply(answer.status, answer.read(), headers)
        line.close()
        return lie(asked, reply) if applies(asked, reply) else reply

    with answering(script, limit_s=5.0) as proxy:
        yield replace(
            honest, endpoint=proxy.endpoint, public_endpoint=proxy.endpoint, total_limit_s=5.0
        )
