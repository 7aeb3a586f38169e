"""The provider of tax invoices that the settings name, and who issues them."""

from billing.papers.documents import Contact, Party
from billing.papers.ports import TaxInvoiceProvider
from marketplace.db import Database
from marketplace.orders.invoices.archive import ArchivingProvider
from marketplace.settings import Settings


def provider_of(settings: Settings, database: Database) -> TaxInvoiceProvider:
    """Choose the provider that the settings name; its client is loaded where it is used."""
    if settings.tax_invoice_provider == "local":
        return ArchivingProvider(database)
    import httpx  # noqa: PLC0415 - only where it is used

    from billing.papers.popbill import REAL, TEST, PopbillAccount, PopbillProvider  # noqa: PLC0415

    assert settings.popbill_secret_key is not None, "the settings have checked it"
    account = PopbillAccount(
        link_id=settings.popbill_link_id,
        secret_key=settings.popbill_secret_key.get_secret_value(),
        corp_number=settings.operator_business_number.replace("-", ""),
        service=TEST if settings.popbill_test else REAL,
    )
    return PopbillProvider(account, httpx.AsyncClient())


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
