"""The port to the register of businesses, with its own types."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class BusinessState(StrEnum):
    """What the register says about a business; ``unknown`` means that it has no such number."""

    active = "active"
    suspended = "suspended"
    closed = "closed"
    unknown = "unknown"


class SellerEvidence(StrEnum):
    """Which evidence a seller can give for a payment by transfer (B2).

    A card purchase is evidenced by the card slip, whatever the seller's tax type.
    """

    tax_invoice = "tax_invoice"
    exempt_invoice = "exempt_invoice"
    card_only = "card_only"
    operator_decides = "operator_decides"


class TaxType(StrEnum):
    """How a business is taxed: the register's codes 01 to 07.

    Source:
        Reference of the tax office's status service (public data portal 15081808), field
        ``tax_type_cd``.
    """

    general = "01"
    simplified = "02"
    special = "03"
    exempt = "04"
    non_profit = "05"
    unincorporated = "06"
    simplified_invoicing = "07"

    @property
    def ko(self) -> str:
        """The register's name."""
        return _NAMES[self][0]

    @property
    def en(self) -> str:
        """The name in English."""
        return _NAMES[self][1]

    @property
    def evidence(self) -> SellerEvidence:
        """What a seller of this tax type gives for a transfer (B2)."""
        return _EVIDENCE[self]


_NAMES = {
    TaxType.general: ("일반과세자", "general taxpayer"),
    TaxType.simplified: ("간이과세자", "simplified taxpayer"),
    TaxType.special: ("과세특례자", "special-rule taxpayer"),
    TaxType.exempt: ("면세사업자", "VAT-exempt business"),
    TaxType.non_profit: ("비영리법인, 국가기관", "non-profit corporation or state body"),
    TaxType.unincorporated: (
        "고유번호가 부여된 단체",
        "unincorporated body with an identification number",
    ),
    TaxType.simplified_invoicing: (
        "간이과세자 (세금계산서 발급사업자)",
        "simplified taxpayer that issues tax invoices",
    ),
}

# 03 is a class of former law that B2 does not name: a person decides, as with 05 and 06.
_EVIDENCE = {
    TaxType.general: SellerEvidence.tax_invoice,
    TaxType.simplified: SellerEvidence.card_only,
    TaxType.special: SellerEvidence.operator_decides,
    TaxType.exempt: SellerEvidence.exempt_invoice,
    TaxType.non_profit: SellerEvidence.operator_decides,
    TaxType.unincorporated: SellerEvidence.operator_decides,
    TaxType.simplified_invoicing: SellerEvidence.tax_invoice,
}


@dataclass(frozen=True)
class RegistryStatus:
    """The register's answer about one number.

    ``tax_type`` is None when the number is unknown or the register names a type we do not know;
    then the operator decides. ``closed_on`` is set for closed businesses only, and not for all.
    """

    number: str
    state: BusinessState
    tax_type: TaxType | None
    closed_on: date | None

    @property
    def evidence(self) -> SellerEvidence:
        """Which evidence this business can give for a transfer (B2)."""
        return self.tax_type.evidence if self.tax_type else SellerEvidence.operator_decides


@dataclass(frozen=True)
class RegistryMatch:
    """Whether number, opening date and representative belong together in the register.

    ``status`` is None where the register tells it only for a match.
    """

    matched: bool
    status: RegistryStatus | None


class BusinessRegistry(Protocol):
    """Who can be asked about a business. Every call goes outside: never inside a transaction."""

    async def status(self, number: str) -> RegistryStatus:
        """Return whether the business is in operation, and how it is taxed.

        Args:
            number: ten digits with a right check digit

        Raises:
            RegistryUnavailable: no answer, or not a readable one; asking again is safe
        """
        ...

    async def validate(self, number: str, opening_on: date, representative: str) -> RegistryMatch:
        """Return whether the register holds this business with this opening date and person.

        Args:
            number: ten digits with a right check digit
            opening_on: opening date (개업일자) as on the certificate
            representative: name of the representative as on the certificate

        Raises:
            RegistryUnavailable: no answer, or not a readable one; asking again is safe
        """
        ...

    async def close(self) -> None:
        """Give back connections; the object is not used after it."""
        ...
