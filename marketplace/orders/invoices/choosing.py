"""The provider of tax invoices that the settings name, and who issues them."""

from billing.papers.documents import Contact, Party
from billing.papers.ports import TaxInvoiceProvider
from marketplace.db import Database
from marketplace.orders.invoices.archive import ArchivingProvider
from marketplace.settings import Settings


def provider_of(database: Database) -> TaxInvoiceProvider:
    """Choose the provider."""
    return ArchivingProvider(database)


def broker_of(settings: Settings) -> Party | None:
    """Return the exchange as it stands on a paper that it issues in the seller's name; None where sellers issue."""
    if settings.tax_invoice_issuer == "seller":
        return None
    return Party(
        business_number=settings.operator_business_number.replace("-", ""),
        name=settings.operator_name,
        representative=settings.operator_representative,
        address=settings.operator_address,
        contact=Contact(email=settings.operator_email, phone=settings.operator_phone),
    )
