"""A provider of Toss Payments' shape: confirm, cancel, accounts, transactions, unsigned webhooks."""

import base64
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.billing.gateways.simulators.serving import Refusal, Request, Simulator, serve

SECRET_KEY = "test_sk_simulated"
CLIENT_KEY = "test_ck_simulated"

Object = dict[str, Any]


def refusal(status: int, code: str) -> Refusal:
    return Refusal(status, {"code": code, "message": code.lower()})


def now_text() -> str:
    return datetime.now(ZoneInfo("Asia/Seoul")).isoformat(timespec="milliseconds")


class Toss:
    """What the provider keeps."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.payments: dict[str, Object] = {}
        self.transactions: list[Object] = []
        self.saved: dict[tuple[str, str], tuple[int, Any]] = {}
        self.count = 0
        simulator.routes += [
            ("POST", "/v1/payments/confirm", self.once(self.confirm)),
            ("POST", "/v1/payments/([^/]+)/cancel", self.once(self.cancel)),
            ("GET", "/v1/payments/orders/([^/]+)", self.checked(self.by_order)),
            ("GET", "/v1/payments/([^/]+)", self.checked(self.by_key)),
            ("GET", "/v1/transactions", self.checked(self.listed)),
            ("POST", "/_sim/buyer", self.buyer),
        ]

    def new_id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count:08d}"

    def checked(self, handler: Any) -> Any:
        expected = "Basic " + base64.b64encode(f"{SECRET_KEY}:".encode()).decode()

        def inner(request: Request) -> Any:
            if request.headers.get("authorization") != expected:
                raise refusal(401, "UNAUTHORIZED_KEY")
            return handler(request)

        return inner

    def once(self, handler: Any) -> Any:
        """Keep the first answer under its key, path and method: a repeat gets it again."""

        def inner(request: Request) -> Any:
            place = (request.path, request.headers["idempotency-key"])
            if place not in self.saved:
                try:
                    self.saved[place] = (200, json.loads(json.dumps(handler(request))))
                except Refusal as refused:
                    self.saved[place] = (refused.status, refused.body)
            status, body = self.saved[place]
            if status != 200:
                raise Refusal(status, body)
            return body

        return self.checked(inner)

    def by_order(self, request: Request) -> Object:
        for payment in self.payments.values():
            if payment["orderId"] == request.args[0]:
                return payment
        raise refusal(404, "NOT_FOUND_PAYMENT")

    def by_key(self, request: Request) -> Object:
        if request.args[0] not in self.payments:
            raise refusal(404, "NOT_FOUND_PAYMENT")
        return self.payments[request.args[0]]

    def listed(self, request: Request) -> list[Object]:
        seoul = ZoneInfo("Asia/Seoul")
        begin = datetime.fromisoformat(request.query["startDate"]).replace(tzinfo=seoul)
        end = datetime.fromisoformat(request.query["endDate"]).replace(tzinfo=seoul)
        found = [
            one
            for one in self.transactions
            if begin <= datetime.fromisoformat(one["transactionAt"]) <= end
        ]
        if "startingAfter" in request.query:
            keys = [one["transactionKey"] for one in found]
            found = found[keys.index(request.query["startingAfter"]) + 1 :]
        return found[: int(request.query["limit"])]

    def confirm(self, request: Request) -> Object:
        wanted = request.json
        payment = self.payments.get(wanted["paymentKey"])
        if payment is None or payment["orderId"] != wanted["orderId"]:
            raise refusal(404, "NOT_FOUND_PAYMENT_SESSION")
        if payment["status"] != "IN_PROGRESS":
            raise refusal(400, "ALREADY_PROCESSED_PAYMENT")
        if payment["totalAmount"] != wanted["amount"]:
            raise refusal(400, "INVALID_REQUEST")
        if payment["virtualAccount"]:
            self.change(payment, "WAITING_FOR_DEPOSIT", 0)
        else:
            payment["approvedAt"] = now_text()
            self.change(payment, "DONE", payment["totalAmount"])
        return payment

    def cancel(self, request: Request) -> Object:
        payment, wanted = self.by_key(request), request.json
        account = payment["virtualAccount"]
        if payment["status"] == "WAITING_FOR_DEPOSIT":
            payment["cancels"] = [self.cancelled(payment["totalAmount"], wanted["cancelReason"])]
            self.change(payment, "CANCELED", 0)
            return payment
        if payment["status"] not in {"DONE", "PARTIAL_CANCELED", "CANCELED"}:
            raise refusal(403, "NOT_CANCELABLE_PAYMENT")
        if payment["balanceAmount"] == 0:
            raise refusal(400, "ALREADY_CANCELED_PAYMENT")
        amount = wanted.get("cancelAmount", payment["balanceAmount"])
        if amount > payment["balanceAmount"]:
            raise refusal(400, "NOT_CANCELABLE_AMOUNT")
        if account:
            account["refundStatus"] = "COMPLETED"
        cancelled = self.cancelled(amount, wanted["cancelReason"])
        payment["cancels"] = [*(payment["cancels"] or []), cancelled]
        payment["balanceAmount"] -= amount
        whole = payment["balanceAmount"] == 0
        key = cancelled["transactionKey"]
        self.change(payment, "CANCELED" if whole else "PARTIAL_CANCELED", -amount, key)
        return payment

    def cancelled(self, amount: int, reason: str) -> Object:
        return {
            "cancelAmount": amount,
            "cancelReason": reason,
            "cancelStatus": "DONE",
            "canceledAt": now_text(),
            "transactionKey": self.new_id("tx"),
        }

    def buyer(self, request: Request) -> Object:
        """Do what the browser kit does with its request, and what the bank does later."""
        wanted = request.json
        known = [one for one in self.payments.values() if one["orderId"] == wanted["id"]]
        payment = known[0] if known else self.fresh(wanted)
        returned = {
            "paymentKey": payment["paymentKey"],
            "orderId": wanted["id"],
            "amount": str(payment["totalAmount"]),
        }
        if wanted["act"] in {"refuse", "abandon"}:
            code = "REJECT_CARD_COMPANY" if wanted["act"] == "refuse" else "PAY_PROCESS_CANCELED"
            payment["failure"] = {"code": code, "message": "결제가 완료되지 않았습니다."}
            self.change(payment, "ABORTED", 0)
            return {"code": code, "message": "결제가 완료되지 않았습니다.", "orderId": wanted["id"]}
        if wanted["act"] == "take_back":
            payment["approvedAt"] = None
            self.change(payment, "WAITING_FOR_DEPOSIT", -payment["totalAmount"])
        elif payment["status"] == "WAITING_FOR_DEPOSIT":
            payment["approvedAt"] = now_text()
            self.change(payment, "DONE", payment["totalAmount"])
        return returned

    def fresh(self, wanted: Object) -> Object:
        key = self.new_id("tviva")
        by_account = wanted["method"] == "virtual_account"
        account = {
            "accountNumber": "X6505636518308",
            "bankCode": "20",
            "customerName": "한빛정밀(시험)",
            "dueDate": now_text()[:19],
            "refundStatus": "NONE",
            "settlementStatus": "INCOMPLETED",
        }
        self.payments[key] = {
            "version": "2022-11-16",
            "paymentKey": key,
            "orderId": wanted["id"],
            "currency": "KRW",
            "method": "가상계좌" if by_account else "카드",
            "totalAmount": wanted["amount_won"],
            "balanceAmount": wanted["amount_won"],
            "status": "IN_PROGRESS",
            "requestedAt": now_text(),
            "approvedAt": None,
            "virtualAccount": account if by_account else None,
            "cancels": None,
            "secret": self.new_id("ps_"),
            "receipt": {"url": f"https://receipt.example/{key}"},
            "failure": None,
        }
        return self.payments[key]

    def change(self, payment: Object, status: str, amount: int, key: str = "") -> None:
        payment["status"] = status
        self.transactions.append(
            {
                "mId": "tests",
                "transactionKey": key or self.new_id("tx"),
                "paymentKey": payment["paymentKey"],
                "orderId": payment["orderId"],
                "status": status,
                "transactionAt": now_text(),
                "currency": "KRW",
                "amount": amount,
            }
        )
        body = {"eventType": "PAYMENT_STATUS_CHANGED", "createdAt": now_text(), "data": payment}
        headers = {
            "tosspayments-webhook-transmission-id": self.new_id("transmission"),
            "tosspayments-webhook-transmission-time": now_text(),
            "tosspayments-webhook-transmission-retried-count": "0",
        }
        self.simulator.tell(headers, json.dumps(body, ensure_ascii=False).encode())


def main() -> None:
    simulator = Simulator()
    Toss(simulator)
    serve(simulator)


if __name__ == "__main__":
    main()
