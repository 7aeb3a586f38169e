"""A buyer of the demonstration buys what was listed: by card, by transfer, and takes the data home."""

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from marketplace.rehearsal.acting import WAIT_S, failed, fetched
from marketplace.rehearsal.company import ORGANIZATION, staff
from marketplace.rehearsal.product import PRICE_WON, Listing
from marketplace.settings import Settings

BUYER: Final = "buyer@buyer.invalid"
CART: Final = f"{ORGANIZATION}/cart"
ORDERS: Final = f"{ORGANIZATION}/orders"
RIGHTS: Final = f"{ORGANIZATION}/entitlements"
VAT_WON: Final = PRICE_WON // 10


class Buying:
    """What one person does with the products that came onto the market in this rehearsal."""

    def __init__(self, settings: Settings, listings: Sequence[Listing]) -> None:
        self.files = {listing.id: listing.path for listing in listings}
        self.ids = set(self.files)
        self.buyer = staff(settings, BUYER)
        self.order: dict[str, Any] = {}
        self.transfer: dict[str, Any] = {}
        self.accepted_at: datetime | None = None

    def leave(self) -> None:
        """End the connections."""
        self.buyer.close()

    def gather(self) -> str:
        """Put every product into the cart, twice; each stands there once, at its price with VAT."""
        for product_id in sorted(self.ids) * 2:
            self.buyer.send("PUT", f"{CART}/{product_id}")
        cart = self.buyer.send("GET", CART)
        self._compare([line for seller in cart["sellers"] for line in seller["lines"]])
        return f"{len(self.ids)} in the cart"

    def quote(self) -> str:
        """Make a quotation and open its PDF."""
        made = self.buyer.send("POST", f"{ORGANIZATION}/quotations")
        self._compare(made["lines"])
        self._pdf(f"/quotations/{made['id']}/quotation.pdf", made["number"])
        return f"{made['number']} ₩{made['total_won']:,}"

    def pay_by_card(self) -> str:
        """Agree to the terms, order the whole cart, and pay it on the sandbox's page."""
        self.order = self._paid(self._ordered("card"))
        self._compare(self.order["lines"])
        self._pdf(f"/orders/{self.order['id']}/statement.pdf", self.order["number"])
        return f"{self.order['number']} ₩{self.order['total_won']:,}"

    def take_home(self) -> str:
        """Download everything and compare it with the files that the seller sent, byte for byte."""
        count = size_bytes = 0
        for right in self._rights(self.order["id"]):
            path = f"{RIGHTS}/{right['id']}"
            self.buyer.send("POST", f"{path}/start", {"withdrawal_ends": True})
            sent = self.files[right["product_id"]].read_bytes()
            for file in self.buyer.send("GET", path)["files"]:
                link = self.buyer.send("POST", f"{path}/files/{file['id']}/link")
                got = fetched(link["url"])
                if got != sent or hashlib.sha256(got).hexdigest() != file["sha256"]:
                    raise failed(f"{file['path']} is not what the seller sent")
                count, size_bytes = count + 1, size_bytes + len(got)
            self._whole(path, sent)
        return f"{count} files, {size_bytes:,} bytes, equal"

    def pay_by_transfer(self) -> str:
        """Order one product once more and pay it by transfer, so that an invoice proves it."""
        first = min(self.ids)
        self.buyer.send("PUT", f"{CART}/{first}")
        self.transfer = self._paid(self._ordered("transfer", again=True))
        if self.transfer["payments"][-1]["evidence"] != "invoice":
            raise failed(f"{self.transfer['number']} is proven by no invoice")
        return f"{self.transfer['number']} ₩{self.transfer['total_won']:,}"

    def accept(self) -> str:
        """Accept what was bought by card: its money becomes the seller's."""
        lines = [line for line in self.order["lines"] if line["product_id"] in self.ids]
        for line in lines:
            path = f"{ORGANIZATION}/acceptances/{line['id']}/acceptance"
            told = self.buyer.send("POST", path)
            self.accepted_at = datetime.fromisoformat(told["decided_at"])
        return f"{len(lines)} accepted"

    def withdraw(self) -> str:
        """Withdraw from what was bought by transfer and not downloaded, and wait for the money."""
        path = f"{ORDERS}/{self.transfer['id']}/refunds"
        (line,) = self.transfer["lines"]
        self.buyer.send("POST", path, {"line_ids": [line["id"]]})
        end = time.monotonic() + WAIT_S
        while (case := self.buyer.send("GET", path)["cases"][0])["state"] != "paid":
            if time.monotonic() > end:
                raise failed(f"the refund of {self.transfer['number']} is still {case['state']}")
            time.sleep(0.5)
        found = self.buyer.send("GET", f"{ORDERS}/{self.transfer['id']}")
        if (found["state"], found["payments"][-1]["state"]) != ("refunded", "refunded"):
            raise failed(f"{found['number']} is {found['state']} after its refund")
        return f"{found['number']} ₩{case['amount_won']:,} back"

    def _ordered(self, method: str, *, again: bool = False) -> dict[str, Any]:
        cart = self.buyer.send("GET", CART)
        lines = [line for seller in cart["sellers"] for line in seller["lines"]]
        terms = [
            {
                "product_id": line["product_id"],
                "licence_sha256": self.buyer.send("GET", f"/api/v1/products/{line['product_id']}")[
                    "licence_sha256"
                ],
            }
            for line in lines
        ]
        wish = {
            "terms": terms,
            "purpose": "quality_assurance",
            "purpose_note": "예행연습: 공정의 불량을 미리 찾는 모델의 학습",
            "method": method,
            "total_won": cart["total_won"],
            "again": again,
        }
        made: dict[str, Any] = self.buyer.send("POST", ORDERS, wish)
        return made

    def _paid(self, order: dict[str, Any]) -> dict[str, Any]:
        """Pay an order as a person does: to the gateway, its button, and back."""
        payment_id = order["payments"][-1]["id"]
        self.buyer.page(f"/pay/{payment_id}")
        gateway = f"/sandbox/pay/{payment_id}"
        self.buyer.submit(gateway, gateway, {"button": "success"})
        self.buyer.follow(f"/pay/{payment_id}/return")
        found: dict[str, Any] = self.buyer.send("GET", f"{ORDERS}/{order['id']}")
        if found["state"] != "paid":
            raise failed(f"{order['number']} is {found['state']} after its payment")
        return found

    def _rights(self, order_id: str) -> list[dict[str, Any]]:
        found = self.buyer.send("GET", RIGHTS)["items"]
        own = [one for one in found if one["order_id"] == order_id]
        if {one["product_id"] for one in own} != self.ids:
            raise failed(f"{len(self.ids)} products give {len(own)} rights")
        return own

    def _whole(self, path: str, sent: bytes) -> None:
        """Take the version as one archive, whose manifest names what is in it."""
        archive = zipfile.ZipFile(io.BytesIO(self.buyer.content(f"{path}/all.zip")))
        manifest = json.loads(archive.read("manifest.json"))
        (file,) = manifest["files"]
        if archive.read(file["path"]) != sent:
            raise failed(f"{file['path']} of the archive is not what the seller sent")

    def _pdf(self, path: str, number: str) -> None:
        if not self.buyer.page(path).startswith("%PDF-"):
            raise failed(f"the paper of {number} is no PDF")

    def _compare(self, lines: Sequence[dict[str, Any]]) -> None:
        own = [line for line in lines if line["product_id"] in self.ids]
        sums = {(line["supply_won"], line["vat_won"]) for line in own}
        if len(own) != len(self.ids) or sums != {(PRICE_WON, VAT_WON)}:
            raise failed(f"{len(self.ids)} products give {len(own)} lines of {sorted(sums)}")
