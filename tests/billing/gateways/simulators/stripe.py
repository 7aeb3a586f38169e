"""A provider of Stripe's shape: Checkout Sessions, idempotency, refunds, signed events, lists."""

import hashlib
import hmac
import json
import re
import time
from typing import Any
from urllib.parse import parse_qsl

from tests.billing.gateways.simulators.serving import Refusal, Request, Simulator, serve

API_KEY = "sk_test_simulated"
SECRETS = {name: f"whsec_{name}_of_the_tests" for name in ("new", "old", "stranger")}

Object = dict[str, Any]


def signed_headers(raw: bytes, secret: str, at_s: int) -> dict[str, str]:
    """Return the headers of a webhook."""
    mac = hmac.new(secret.encode(), f"{at_s}.".encode() + raw, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at_s},v1={mac}", "Content-Type": "application/json"}


def error(status: int, kind: str, code: str | None, message: str, param: str = "") -> Refusal:
    body: Object = {"type": kind, "message": message}
    body |= ({"code": code} if code else {}) | ({"param": param} if param else {})
    return Refusal(status, {"error": body})


def nested(raw: bytes) -> Object:
    """Return a form whose names are paths, ``a[b][0]``, as objects in each other."""
    found: Object = {}
    for name, value in parse_qsl(raw.decode(), keep_blank_values=True):
        first, *rest = re.findall(r"[^\[\]]+", name)
        inner = found
        for step, following in zip([first, *rest], rest, strict=False):
            inner = inner.setdefault(step, {})
            del following
        inner[[first, *rest][-1]] = value
    return found


class Stripe:
    """What the provider keeps."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.sessions: dict[str, Object] = {}
        self.intents: dict[str, Object] = {}
        self.charges: dict[str, Object] = {}
        self.refunds: dict[str, Object] = {}
        self.saved: dict[str, tuple[str, bytes, int, Any]] = {}
        self.count = 0
        simulator.routes += [
            ("POST", "/v1/checkout/sessions", self.once(self.create_session)),
            ("GET", "/v1/checkout/sessions", self.listed(self.sessions)),
            ("GET", "/v1/checkout/sessions/([^/]+)", self.checked(self.session)),
            ("POST", "/v1/checkout/sessions/([^/]+)/expire", self.once(self.expire)),
            ("POST", "/v1/refunds", self.once(self.create_refund)),
            ("GET", "/v1/refunds", self.listed(self.refunds)),
            ("GET", "/v1/charges", self.listed(self.charges)),
            ("POST", "/_sim/buyer", self.buyer),
        ]

    def new_id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_test_{self.count:08d}"

    def checked(self, handler: Any) -> Any:
        def inner(request: Request) -> Any:
            if request.headers.get("authorization") != f"Bearer {API_KEY}":
                raise error(401, "invalid_request_error", None, "Invalid API Key provided")
            return handler(request)

        return inner

    def once(self, handler: Any) -> Any:
        """Keep the first answer under its key; another body under the key is refused."""

        def inner(request: Request) -> Any:
            key = request.headers["idempotency-key"]
            place = (request.path, request.raw)
            if key in self.saved:
                path, raw, status, body = self.saved[key]
                if (path, raw) != place:
                    raise error(
                        400, "idempotency_error", None, "Keys for idempotent requests can only be"
                    )
                if status != 200:
                    raise Refusal(status, body)
                return body
            try:
                body = handler(request)
            except Refusal as refusal:
                if refusal.status >= 402:  # what fails validation is not kept
                    self.saved[key] = (*place, refusal.status, refusal.body)
                raise
            self.saved[key] = (*place, 200, json.loads(json.dumps(body)))
            return body

        return self.checked(inner)

    def listed(self, kept: dict[str, Object]) -> Any:
        def inner(request: Request) -> Any:
            query = request.query
            found = [
                one
                for one in reversed(kept.values())
                if int(query.get("created[gte]", 0)) <= one["created"]
                and one["created"] < int(query.get("created[lt]", 10**12))
                and query.get("payment_intent", one.get("payment_intent"))
                == one.get("payment_intent")
            ]
            if "starting_after" in query:
                ids = [one["id"] for one in found]
                found = found[ids.index(query["starting_after"]) + 1 :]
            limit = int(query.get("limit", 10))
            return {
                "object": "list",
                "data": found[:limit],
                "has_more": len(found) > limit,
                "url": request.path,
            }

        return self.checked(inner)

    def create_session(self, request: Request) -> Object:
        form = nested(request.raw)
        price = form["line_items"]["0"]["price_data"]
        amount = int(price["unit_amount"]) * int(form["line_items"]["0"]["quantity"])
        if price["currency"] != "krw" or amount < 100:
            raise error(400, "invalid_request_error", "amount_too_small", "at least 100 won")
        if not 1_800 <= int(form["expires_at"]) - time.time() <= 86_400:
            raise error(400, "invalid_request_error", None, "expires_at", "expires_at")
        session_id = self.new_id("cs")
        self.sessions[session_id] = {
            "id": session_id,
            "object": "checkout.session",
            "amount_total": amount,
            "currency": "krw",
            "client_reference_id": form["client_reference_id"],
            "created": int(time.time()),
            "expires_at": int(form["expires_at"]),
            "livemode": False,
            "metadata": form["metadata"],
            "mode": form["mode"],
            "payment_intent": None,
            "payment_intent_metadata": form["payment_intent_data"]["metadata"],
            "payment_status": "unpaid",
            "status": "open",
            "url": f"https://checkout.stripe.example/c/{session_id}",
        }
        return self.sessions[session_id]

    def session(self, request: Request) -> Object:
        kept = self.sessions.get(request.args[0])
        if kept is None:
            raise error(404, "invalid_request_error", "resource_missing", "No such session", "id")
        intent = self.intents.get(kept["payment_intent"] or "")
        if intent is None or "expand[0]" not in request.query:
            return kept
        charge = self.charges.get(intent["latest_charge"] or "")
        return kept | {"payment_intent": intent | {"latest_charge": charge}}

    def expire(self, request: Request) -> Object:
        kept = self.session(request)
        if kept["status"] != "open":
            raise error(400, "invalid_request_error", None, "Only open sessions can be expired")
        kept["status"] = "expired"
        self.tell("checkout.session.expired", kept)
        return kept

    def create_refund(self, request: Request) -> Object:
        form = nested(request.raw)
        intent = self.intents[form["payment_intent"]]
        charge = self.charges[intent["latest_charge"]]
        amount = int(form["amount"])
        left = charge["amount"] - charge["amount_refunded"]
        if left == 0:
            raise error(400, "invalid_request_error", "charge_already_refunded", "refunded already")
        if amount > left:
            raise error(
                400,
                "invalid_request_error",
                None,
                f"Refund amount (₩{amount}) is greater than unrefunded amount on charge (₩{left})",
                "amount",
            )
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        refund_id = self.new_id("re")
        self.refunds[refund_id] = {
            "id": refund_id,
            "object": "refund",
            "amount": amount,
            "charge": charge["id"],
            "created": int(time.time()),
            "currency": "krw",
            "metadata": form.get("metadata", {}),
            "payment_intent": intent["id"],
            "status": "succeeded",
        }
        self.tell("charge.refunded", charge)
        return self.refunds[refund_id]

    def buyer(self, request: Request) -> Object:
        """Do what a buyer does on the provider's page."""
        wanted = request.json
        kept = next(
            one for one in self.sessions.values() if one["client_reference_id"] == wanted["id"]
        )
        if wanted["act"] == "abandon":
            return {}
        if kept["status"] != "open":
            raise error(400, "invalid_request_error", None, "the session is over")
        if kept["payment_intent"] is None:
            intent_id = self.new_id("pi")
            kept["payment_intent"] = intent_id
            self.intents[intent_id] = {
                "id": intent_id,
                "object": "payment_intent",
                "amount": kept["amount_total"],
                "created": int(time.time()),
                "last_payment_error": None,
                "latest_charge": None,
                "metadata": kept["payment_intent_metadata"],
                "status": "requires_payment_method",
            }
        intent = self.intents[kept["payment_intent"]]
        paid = wanted["act"] == "pay"
        self.charge(intent, paid=paid)
        if paid:
            intent |= {"status": "succeeded", "last_payment_error": None}
            kept |= {"status": "complete", "payment_status": "paid"}
            self.tell("checkout.session.completed", kept)
        else:
            intent["last_payment_error"] = {
                "code": "card_declined",
                "decline_code": "insufficient_funds",
                "message": "Your card has insufficient funds.",
            }
            self.tell("payment_intent.payment_failed", intent)
        return {}

    def charge(self, intent: Object, *, paid: bool) -> None:
        charge_id = self.new_id("ch")
        intent["latest_charge"] = charge_id
        self.charges[charge_id] = {
            "id": charge_id,
            "object": "charge",
            "amount": intent["amount"],
            "amount_refunded": 0,
            "created": int(time.time()),
            "currency": "krw",
            "disputed": False,
            "livemode": False,
            "metadata": intent["metadata"],
            "paid": paid,
            "payment_intent": intent["id"],
            "receipt_url": f"https://pay.stripe.example/receipts/{charge_id}",
            "refunded": False,
            "status": "succeeded" if paid else "failed",
        }

    def tell(self, kind: str, about: Object) -> None:
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(time.time()),
            "data": {"object": about},
            "livemode": False,
            "type": kind,
        }
        raw = json.dumps(event, indent=2).encode()
        self.simulator.tell(signed_headers(raw, SECRETS["new"], int(time.time())), raw)


def main() -> None:
    simulator = Simulator()
    Stripe(simulator)
    serve(simulator)


if __name__ == "__main__":
    main()
