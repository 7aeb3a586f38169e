"""A service of Popbill's shape: tokens by a signature, entrusted tax invoices, their states."""

import base64
import hashlib
import hmac
from typing import Any

from tests.billing.gateways.simulators.serving import Refusal, Request, Simulator, serve

LINK_ID = "SIMULATED"
SECRET_KEY = base64.b64encode(b"secret of the simulator").decode()
CORP_NUMBER = "0008800032"
NEEDED = ("writeDate", "issueType", "purposeType", "taxType", "supplyCostTotal", "taxTotal",
          "totalAmount", "invoicerCorpNum", "invoiceeCorpNum", "trusteeCorpNum", "invoiceeEmail1",
          "detailList")  # fmt: skip


def refusal(code: int, message: str, status: int = 400) -> Refusal:
    return Refusal(status, {"code": code, "message": message})


class Popbill:
    """What the service keeps."""

    def __init__(self, simulator: Simulator) -> None:
        self.papers: dict[str, dict[str, Any]] = {}
        simulator.routes += [
            ("POST", "/POPBILL_TEST/Token", self.token),
            ("POST", "/Taxinvoice", self.issue),
            ("GET", "/Taxinvoice/TRUSTEE/([A-Za-z0-9_-]{1,24})", self.info),
            ("POST", "/Taxinvoice/TRUSTEE/([A-Za-z0-9_-]{1,24})", self.cancel),
            ("POST", "/_sim/state", self.state),
        ]

    def token(self, request: Request) -> dict[str, Any]:
        digest = base64.b64encode(hashlib.sha256(request.raw).digest()).decode()
        lines = ["POST", digest, request.headers["x-lh-date"], "2.0", "/POPBILL_TEST/Token"]
        key = base64.b64decode(SECRET_KEY)
        made = hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).digest()
        if (
            request.headers["authorization"]
            != f"LINKHUB {LINK_ID} {base64.b64encode(made).decode()}"
        ):
            raise refusal(-11000401, "signature")
        if request.json["access_id"] != CORP_NUMBER or request.json["scope"] != ["member", "110"]:
            raise refusal(-99003008, "business not found")
        return {"session_token": "token-of-a-session", "serviceID": "POPBILL_TEST"}

    def known(self, request: Request) -> None:
        if request.headers.get("authorization") != "Bearer token-of-a-session":
            raise refusal(-99010001, "token", 401)

    def issue(self, request: Request) -> dict[str, Any]:
        self.known(request)
        assert request.headers["x-http-method-override"] == "ISSUE"
        body = request.json
        missing = [name for name in NEEDED if not body.get(name)]
        if missing or body["issueType"] != "위수탁":
            raise refusal(-11000001, f"missing {missing}")
        if int(body["supplyCostTotal"]) + int(body["taxTotal"]) != int(body["totalAmount"]):
            raise refusal(-11000002, "sums")
        if body["invoiceeCorpNum"] == "0000000000":
            raise refusal(-11001021, "buyer number")
        if body["trusteeMgtKey"] in self.papers:
            raise refusal(-11000004, "key in use")
        number = f"{body['writeDate']}41000203{len(self.papers) + 1:08d}"
        self.papers[body["trusteeMgtKey"]] = {
            "stateCode": 300, "ntsconfirmNum": number, "issueDT": body["writeDate"] + "120000",
            "writeDate": body["writeDate"], "supplyCostTotal": body["supplyCostTotal"],
            "taxTotal": body["taxTotal"], "modifyCode": body.get("modifyCode"), "sent": body,
        }  # fmt: skip
        return {"code": 1, "message": "발행 완료", "ntsConfirmNum": number}

    def info(self, request: Request) -> dict[str, Any]:
        self.known(request)
        if request.args[0] not in self.papers:
            raise refusal(-11000005, "not found")
        return self.papers[request.args[0]]

    def cancel(self, request: Request) -> dict[str, Any]:
        self.known(request)
        assert request.headers["x-http-method-override"] == "CANCELISSUE"
        paper = self.papers.get(request.args[0])
        if paper is None:
            raise refusal(-11000005, "not found")
        if paper["stateCode"] != 300:
            raise refusal(-11000018, "state")
        paper["stateCode"] = 600
        return {"code": 1, "message": "발행취소 완료"}

    def state(self, request: Request) -> dict[str, Any]:
        self.papers[request.json["key"]]["stateCode"] = request.json["code"]
        return {}


if __name__ == "__main__":
    one = Simulator()
    Popbill(one)
    serve(one)
