"""A small server on loopback that speaks like the tax office's service, for the tests."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override

from marketplace.members.registry import sandbox

STATE_CODES = {sandbox.SUSPENDED: "02", sandbox.CLOSED: "03", sandbox.UNKNOWN: ""}
TAX_CODES = {number: kind.value for kind, number in sandbox.BY_TAX_TYPE.items()}
UNKNOWN_TEXT = "국세청에 등록되지 않은 사업자등록번호입니다."


@dataclass
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Reply:
    """An answer that a test prescribes."""

    status: int
    content: bytes
    location: str | None = None


@dataclass
class Office:
    """The running server: where it is, what it was asked, and how it answers."""

    base_url: str
    asked: list[Asked] = field(default_factory=list)
    reply: Reply | None = None
    delay_s: float = 0.0


def status_item(number: str) -> dict[str, str]:
    state = STATE_CODES.get(number, "01")
    known = state != ""
    return {
        "b_no": number,
        "b_stt": "",
        "b_stt_cd": state,
        "tax_type": "" if known else UNKNOWN_TEXT,
        "tax_type_cd": TAX_CODES.get(number, "01") if known else "",
        "end_dt": "20251231" if state == "03" else "",
        "utcc_yn": "N",
        "tax_type_change_dt": "",
        "invoice_apply_dt": "",
    }


def usual_reply(asked: Asked) -> Reply:
    if asked.path == "/v1/status":
        items: list[dict[str, Any]] = [status_item(number) for number in asked.body["b_no"]]
    else:
        items = [match_item(business) for business in asked.body["businesses"]]
    body = {"status_code": "OK", "request_cnt": len(items), "match_cnt": len(items), "data": items}
    return Reply(200, json.dumps(body, ensure_ascii=False).encode())


def match_item(business: dict[str, str]) -> dict[str, Any]:
    number = business["b_no"]
    known = STATE_CODES.get(number, "01") != ""
    opens = business["start_dt"] <= "20261231"
    matched = known and opens and number != sandbox.MISMATCHED and bool(business["p_nm"].strip())
    item: dict[str, Any] = {"b_no": number, "valid": "01" if matched else "02"}
    if matched:
        item["status"] = status_item(number)
    else:
        item["valid_msg"] = "확인할 수 없습니다."
    return item


@contextmanager
def running_office() -> Iterator[Office]:
    """Start the server on a free port of loopback, and end it with everything it opened."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = Asked(self.path, dict(self.headers), json.loads(body))
            office.asked.append(asked)
            time.sleep(office.delay_s)
            reply = office.reply or usual_reply(asked)
            self.close_connection = True
            self.send_response(reply.status)
            if reply.location:
                self.send_header("Location", reply.location)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply.content)))
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                self.wfile.write(reply.content)
            except (BrokenPipeError, ConnectionResetError):
                return

        @override
        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    office = Office(base_url=f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield office
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
