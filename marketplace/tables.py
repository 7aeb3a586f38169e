"""Which modules declare tables; a process that maps rows imports them all."""

import importlib

# Every module that declares tables.
MODEL_MODULES = (
    "marketplace.audit",
    "marketplace.idempotency",
    "marketplace.jobs.models",
    "marketplace.limits",
    "marketplace.sealing",
    "marketplace.states",
    "marketplace.notices.models",
    "marketplace.members.accounts.models",
    "marketplace.members.organizations.models",
    "marketplace.members.oversight.models",
    "marketplace.training.models",
    "marketplace.catalog.products.models",
    "marketplace.catalog.datasets.models",
    "marketplace.catalog.rules.models",
    "marketplace.catalog.matches.models",
    "marketplace.catalog.profiles.models",
    "marketplace.catalog.review.models",
    "marketplace.catalog.sellers.models",
    "marketplace.catalog.market.models",
    "marketplace.catalog.search.models",
    "marketplace.catalog.inquiries.models",
    "marketplace.catalog.reports.models",
    "marketplace.catalog.saved.models",
    "marketplace.catalog.wanted.models",
    "marketplace.orders.cart.models",
    "marketplace.orders.quotations.models",
    "marketplace.orders.purchases.models",
    "marketplace.orders.payments.models",
    "marketplace.orders.delivery.models",
    "marketplace.orders.acceptance.models",
    "marketplace.orders.invoices.models",
    "marketplace.orders.settlements.models",
    "marketplace.orders.disputes.models",
    "marketplace.orders.refunds.models",
    "billing.ledger.models",
)


def import_models() -> None:
    """Import every table, so that the metadata is whole.

    A table names others by foreign keys; SQLAlchemy sorts a flush by them and fails where the named
    table was never imported, so every process does this first.
    """
    for name in MODEL_MODULES:
        importlib.import_module(name)
