"""A provider of PortOne's shape: pre-registration, payments, cancellation, accounts, webhooks."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any

from tests.billing.gateways.simulators.serving import Refusal, Request, Simulator, serve

API_SECRET = "portone-secret-of-the-tests"
STORE_ID = "store-00000000-0000-4000-8000-000000000000"
SECRETS = {
    name: "whsec_" + base64.b64encode(f"portone {name} secret".encode()).decode()
    for name in ("new", "old", "stranger")
}

Object = dict[str, Any]


def signed_headers(raw: bytes, event_id: str, secret: str, at_s: int) -> dict[str, str]:
    """Return the headers of a webhook."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{event_id}.{at_s}.".encode() + raw, hashlib.sha256).digest()
    return {
        "Webhook-Id": event_id,
        "Webhook-Timestamp": str(at_s),
        "Webhook-Signature": "v1," + base64.b64encode(mac).decode(),
    }


def refusal(status: int, kind: str) -> Refusal:
    return Refusal(status, {"type": kind, "message": kind.lower()})


def now_text() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class PortOne:
    """What the provider keeps."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.registered: dict[str, int] = {}
        self.payments: dict[str, Object] = {}
        self.saved: dict[str, tuple[bytes, Any]] = {}
        self.count = 0
        simulator.routes += [
            ("POST", "/payments/([^/]+)/pre-register", self.checked(self.pre_register)),
            ("POST", "/payments/([^/]+)/cancel", self.checked(self.cancel)),
            ("POST", "/payments/([^/]+)/virtual-account/close", self.checked(self.close)),
            ("GET", "/payments/([^/]+)", self.checked(self.payment)),
            ("GET", "/payments", self.checked(self.listed)),
            ("POST", "/_sim/buyer", self.buyer),
        ]

    def checked(self, handler: Any) -> Any:
        def inner(request: Request) -> Any:
            if request.headers.get("authorization") != f"PortOne {API_SECRET}":
                raise refusal(401, "UNAUTHORIZED")
            return handler(request)

        return inner

    def new_id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}-{self.count:08d}"

    def pre_register(self, request: Request) -> Object:
        payment_id = request.args[0]
        if payment_id in self.payments and self.payments[payment_id]["status"] == "PAID":
            raise refusal(409, "ALREADY_PAID")
        if request.json["totalAmount"] < 100:
            raise refusal(400, "INVALID_REQUEST")
        self.registered[payment_id] = request.json["totalAmount"]
        return {}

    def payment(self, request: Request) -> Object:
        if request.args[0] not in self.payments:
            raise refusal(404, "PAYMENT_NOT_FOUND")
        return self.payments[request.args[0]]

    def listed(self, request: Request) -> Object:
        asked = json.loads(request.query["requestBody"])
        wanted, page = asked["filter"], asked["page"]
        begin = datetime.fromisoformat(wanted["from"])
        until = datetime.fromisoformat(wanted["until"])
        found = [
            one
            for one in self.payments.values()
            if one["status"] in wanted["status"]
            and begin <= datetime.fromisoformat(one["statusChangedAt"]) <= until
        ]
        first = page["number"] * page["size"]
        return {
            "items": found[first : first + page["size"]],
            "page": {"number": page["number"], "size": page["size"], "totalCount": len(found)},
        }

    def cancel(self, request: Request) -> Object:
        key = request.headers["idempotency-key"]
        assert key.startswith('"')
        assert 16 <= len(key) - 2 <= 256
        if key in self.saved:
            raw, body = self.saved[key]
            if raw != request.raw:
                raise refusal(422, "IDEMPOTENCY_CONFLICT")
            return dict(body)
        payment, wanted = self.payment(request), request.json
        if payment["status"] not in {"PAID", "PARTIAL_CANCELLED", "CANCELLED"}:
            raise refusal(409, "PAYMENT_NOT_PAID")
        left = payment["amount"]["total"] - payment["amount"]["cancelled"]
        if left == 0:
            raise refusal(409, "PAYMENT_ALREADY_CANCELLED")
        if wanted["amount"] > left:
            raise refusal(409, "CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT")
        if wanted.get("currentCancellableAmount", left) != left:
            raise refusal(409, "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN")
        cancellation = {
            "status": "SUCCEEDED",
            "id": self.new_id("cancellation"),
            "totalAmount": wanted["amount"],
            "taxFreeAmount": 0,
            "vatAmount": 0,
            "reason": wanted["reason"],
            "requestedAt": now_text(),
            "cancelledAt": now_text(),
        }
        payment["cancellations"].append(cancellation)
        payment["amount"]["cancelled"] += wanted["amount"]
        whole = payment["amount"]["cancelled"] == payment["amount"]["total"]
        self.change(payment, "CANCELLED" if whole else "PARTIAL_CANCELLED")
        self.saved[key] = (request.raw, {"cancellation": cancellation})
        return {"cancellation": cancellation}

    def close(self, request: Request) -> Object:
        payment = self.payment(request)
        if payment["status"] != "VIRTUAL_ACCOUNT_ISSUED":
            raise refusal(409, "PAYMENT_NOT_WAITING_FOR_DEPOSIT")
        self.change(payment, "CANCELLED")
        return {"closedAt": now_text()}

    def buyer(self, request: Request) -> Object:
        """Do what the browser kit does with its request, and what the bank does later."""
        wanted = request.json
        payment_id = wanted["id"]
        if self.registered.get(payment_id) != wanted["amount_won"]:
            raise refusal(400, "INVALID_REQUEST")
        payment = self.payments.setdefault(payment_id, self.fresh(payment_id, wanted))
        returned = {"paymentId": payment_id, "transactionType": "PAYMENT"}
        if wanted["act"] == "pay":
            payment["paidAt"] = now_text()
            payment["receiptUrl"] = f"https://receipt.example/{payment_id}"
            self.change(payment, "PAID")
            return returned
        if wanted["act"] in {"account", "take_back"}:
            payment.pop("paidAt", None)
            self.change(payment, "VIRTUAL_ACCOUNT_ISSUED")
            return returned
        payment["failure"] = {
            "reason": "결제 실패",
            "pgCode": "PAY_PROCESS_CANCELED" if wanted["act"] == "abandon" else "REJECT_CARD",
            "pgMessage": "결제가 완료되지 않았습니다.",
        }
        self.change(payment, "FAILED")
        return returned | {"code": "FAILURE_TYPE_PG"}

    def fresh(self, payment_id: str, wanted: Object) -> Object:
        kinds = {"virtual_account": "PaymentMethodVirtualAccount", "card": "PaymentMethodCard"}
        method: Object = {"type": kinds.get(wanted["method"], "PaymentMethodTransfer")}
        if wanted["method"] == "virtual_account":
            method |= {
                "bank": "SHINHAN",
                "accountNumber": "56200000000001",
                "remitteeName": "제조데이터 거래소",
                "expiredAt": now_text(),
            }
        return {
            "status": "READY",
            "id": payment_id,
            "transactionId": self.new_id("transaction"),
            "merchantId": "merchant-of-the-tests",
            "storeId": STORE_ID,
            "channel": {"type": "TEST", "pgProvider": "INICIS_V2"},
            "version": "V2",
            "method": method,
            "requestedAt": now_text(),
            "statusChangedAt": now_text(),
            "orderName": "",
            "amount": {
                "total": wanted["amount_won"],
                "taxFree": 0,
                "discount": 0,
                "paid": 0,
                "cancelled": 0,
                "cancelledTaxFree": 0,
            },
            "currency": "KRW",
            "disputes": [],
            "cancellations": [],
        }

    def change(self, payment: Object, status: str) -> None:
        payment |= {"status": status, "statusChangedAt": now_text()}
        kinds = {
            "PAID": "Paid",
            "VIRTUAL_ACCOUNT_ISSUED": "VirtualAccountIssued",
            "PARTIAL_CANCELLED": "PartialCancelled",
            "CANCELLED": "Cancelled",
            "FAILED": "Failed",
        }
        event_id = self.new_id("evt")
        body = {
            "type": f"Transaction.{kinds[status]}",
            "timestamp": now_text(),
            "data": {
                "storeId": STORE_ID,
                "paymentId": payment["id"],
                "transactionId": payment["transactionId"],
            },
        }
        raw = json.dumps(body).encode()
        headers = signed_headers(raw, event_id, SECRETS["new"], int(time.time()))
        self.simulator.tell(headers, raw)


def main() -> None:
    simulator = Simulator()
    PortOne(simulator)
    serve(simulator)


if __name__ == "__main__":
    main()
