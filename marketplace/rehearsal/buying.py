"""A buyer of the demonstration gathers what was listed, takes a quotation, and empties the cart again."""

from collections.abc import Sequence
from typing import Any, Final

from marketplace.rehearsal.acting import failed
from marketplace.rehearsal.company import ORGANIZATION, staff
from marketplace.rehearsal.product import PRICE_WON, Listing
from marketplace.settings import Settings

BUYER: Final = "buyer@buyer.invalid"
CART: Final = f"{ORGANIZATION}/cart"
VAT_WON: Final = PRICE_WON // 10


class Buying:
    """What one person does with the products that came onto the market in this rehearsal."""

    def __init__(self, settings: Settings, listings: Sequence[Listing]) -> None:
        self.ids = {listing.id for listing in listings}
        self.buyer = staff(settings, BUYER)

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
        if not self.buyer.page(f"/quotations/{made['id']}/quotation.pdf").startswith("%PDF-"):
            raise failed(f"the quotation {made['number']} is no PDF")
        return f"{made['number']} ₩{made['total_won']:,}"

    def put_back(self) -> str:
        """Take the products out of the cart again."""
        for product_id in sorted(self.ids):
            self.buyer.send("DELETE", f"{CART}/{product_id}")
        return f"{len(self.ids)} taken out"

    def _compare(self, lines: Sequence[dict[str, Any]]) -> None:
        own = [line for line in lines if line["product_id"] in self.ids]
        sums = {(line["supply_won"], line["vat_won"]) for line in own}
        if len(own) != len(self.ids) or sums != {(PRICE_WON, VAT_WON)}:
            raise failed(f"{len(self.ids)} products give {len(own)} lines of {sorted(sums)}")
