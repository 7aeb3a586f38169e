"""Every page of the operator."""

from litestar.types import ControllerRouterHandler

from marketplace.web import (
    operator_audit,
    operator_books,
    operator_disputes,
    operator_evaluators,
    operator_invoices,
    operator_jobs,
    operator_organizations,
    operator_payments,
    operator_people,
    operator_products,
    operator_refunds,
    operator_reviews,
    operator_settlements,
    operator_staff,
    operator_training,
    operator_versions,
)

ROUTES: tuple[ControllerRouterHandler, ...] = (
    *operator_organizations.ROUTES,
    *operator_people.ROUTES,
    *operator_staff.ROUTES,
    *operator_evaluators.ROUTES,
    *operator_audit.ROUTES,
    *operator_jobs.ROUTES,
    *operator_payments.ROUTES,
    *operator_invoices.ROUTES,
    *operator_reviews.HANDLERS,
    *operator_products.HANDLERS,
    *operator_training.HANDLERS,
    *operator_versions.HANDLERS,
    *operator_refunds.ROUTES,
    *operator_disputes.ROUTES,
    *operator_settlements.HANDLERS,
    *operator_books.HANDLERS,
)
