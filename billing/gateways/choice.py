"""Which gateway serves which way to pay, and what a buyer is offered for a sum."""

from typing import Final

from msgspec import Struct

from billing.gateways.facts import Method

ABLE: Final[dict[str, frozenset[Method]]] = {
    "sandbox": frozenset(Method),
    "stripe": frozenset({Method.card}),
    "portone": frozenset(Method),
    "toss": frozenset({Method.card, Method.transfer, Method.virtual_account}),
}
"""What each adapter can do. Stripe has no transfer in won; Toss's wallets need a contract each."""

TRANSFER_LIMIT_WON: Final = 10_000_000
"""Source: Toss Payments, transfer limits: BankPay at most ₩10,000,000 a day."""


class GatewayChoice(Struct, frozen=True, kw_only=True):
    """The name of a gateway for each way to pay; empty where it is not offered.

    The product's settings carry these names behind its prefix, one setting for each field.
    """

    pay_card_gateway: str = "sandbox"
    pay_transfer_gateway: str = "sandbox"
    pay_virtual_account_gateway: str = "sandbox"
    pay_kakaopay_gateway: str = ""
    pay_naverpay_gateway: str = ""
    pay_tosspay_gateway: str = ""
    pay_transfer_limit_won: int = TRANSFER_LIMIT_WON

    def gateway_for(self, method: Method) -> str:
        """Return the name of the gateway of a way to pay, empty where it is not offered."""
        name: str = getattr(self, f"pay_{method.value}_gateway")
        return name

    def offered(self, total_won: int) -> tuple[Method, ...]:
        """Return the ways to pay a sum, in the order shown.

        A sum above the limit of real-time transfer is not offered it: a virtual account, which
        takes one deposit of the exact amount, stands in its place.
        """
        by_transfer = total_won <= self.pay_transfer_limit_won and self.pay_transfer_gateway
        hidden = Method.virtual_account if by_transfer else Method.transfer
        return tuple(m for m in Method if m is not hidden and self.gateway_for(m))

    def faults(self) -> list[str]:
        """Return what is wrong with the names, in words for the operator; empty when all is well."""
        found = []
        for method in Method:
            name = self.gateway_for(method)
            if name and name not in ABLE:
                found.append(f"pay_{method}_gateway: there is no gateway {name!r}")
            elif name and method not in ABLE[name]:
                found.append(f"pay_{method}_gateway: {name} cannot take {method}")
        if self.pay_transfer_limit_won < 1:
            found.append("pay_transfer_limit_won: below 1")
        return found

    def sandboxed(self) -> tuple[Method, ...]:
        """Return the ways to pay that move no money; production refuses to start with any."""
        return tuple(m for m in Method if self.gateway_for(m) == "sandbox")
