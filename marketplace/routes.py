"""Every router of the exchange; the application mounts them and nothing else."""

from litestar.types import ControllerRouterHandler

from marketplace.catalog.datasets.changes import ROUTES as CHANGES_ROUTES
from marketplace.catalog.datasets.endpoints import ROUTES as DATASET_ROUTES
from marketplace.catalog.datasets.report_pages import ROUTES as OWN_REPORT_PAGE_ROUTES
from marketplace.catalog.inquiries.endpoints import ROUTES as INQUIRY_ROUTES
from marketplace.catalog.listings.endpoints import ROUTES as LISTING_ROUTES
from marketplace.catalog.listings.revoking_endpoints import ROUTES as REVOKING_ROUTES
from marketplace.catalog.market.certificates import ROUTES as CERTIFICATE_ROUTES
from marketplace.catalog.market.endpoints import ROUTES as MARKET_ROUTES
from marketplace.catalog.market.fitting import ROUTES as FITTING_ROUTES
from marketplace.catalog.market.report_pages import ROUTES as QUALITY_PAGE_ROUTES
from marketplace.catalog.market.versions import ROUTES as MARKET_VERSION_ROUTES
from marketplace.catalog.matches.endpoints import ROUTES as MATCH_ROUTES
from marketplace.catalog.products.endpoints import ROUTES as PRODUCT_ROUTES
from marketplace.catalog.profiles.endpoints import ROUTES as PROFILE_ROUTES
from marketplace.catalog.reports.endpoints import ROUTES as REPORT_ROUTES
from marketplace.catalog.review.desk import ROUTES as REVIEW_DESK_ROUTES
from marketplace.catalog.review.endpoints import ROUTES as REGISTRATION_ROUTES
from marketplace.catalog.rules.endpoints import ROUTES as RULE_ROUTES
from marketplace.catalog.samples.endpoints import ROUTES as SAMPLE_ROUTES
from marketplace.catalog.saved.endpoints import ROUTES as SAVED_SEARCH_ROUTES
from marketplace.catalog.search.endpoints import ROUTES as SEARCH_ROUTES
from marketplace.catalog.sellers.endpoints import ROUTES as SELLER_ROUTES
from marketplace.catalog.wanted.endpoints import ROUTES as WANTED_ROUTES
from marketplace.health import HEALTH_ROUTES
from marketplace.http.csp_reports import take_report
from marketplace.members.accounts.endpoints import ROUTES as ACCOUNT_ROUTES
from marketplace.members.organizations.bank_endpoints import ROUTES as BANK_ROUTES
from marketplace.members.organizations.endpoints import ROUTES as ORGANIZATION_ROUTES
from marketplace.members.organizations.paper_endpoints import ROUTES as PAPER_ROUTES
from marketplace.members.organizations.people_endpoints import ROUTES as PEOPLE_ROUTES
from marketplace.members.oversight.routes import ROUTES as OVERSIGHT_ROUTES
from marketplace.orders.acceptance.endpoints import ROUTES as ACCEPTANCE_ROUTES
from marketplace.orders.cart.endpoints import ROUTES as CART_ROUTES
from marketplace.orders.checkout.endpoints import ROUTES as ORDER_ROUTES
from marketplace.orders.delivery.endpoints import ROUTES as DELIVERY_ROUTES
from marketplace.orders.disputes.endpoints import ROUTES as DISPUTE_ROUTES
from marketplace.orders.invoices.desk_endpoints import ROUTES as INVOICE_DESK_ROUTES
from marketplace.orders.invoices.endpoints import ROUTES as INVOICE_ROUTES
from marketplace.orders.payments.desk_endpoints import ROUTES as PAYMENT_DESK_ROUTES
from marketplace.orders.payments.endpoints import ROUTES as WEBHOOK_ROUTES
from marketplace.orders.quotations.endpoints import ROUTES as QUOTATION_ROUTES
from marketplace.orders.refunds.desk import ROUTES as REFUND_DESK_ROUTES
from marketplace.orders.refunds.endpoints import ROUTES as REFUND_ROUTES
from marketplace.orders.settlements.desk import ROUTES as SETTLEMENT_DESK_ROUTES
from marketplace.orders.settlements.desk_reports import ROUTES as SETTLEMENT_REPORT_ROUTES
from marketplace.orders.settlements.endpoints import ROUTES as SETTLEMENT_ROUTES
from marketplace.training.editing_endpoints import FILM_ROUTES as COURSE_FILM_ROUTES
from marketplace.training.editing_endpoints import ROUTES as COURSE_ROUTES
from marketplace.training.endpoints import ROUTES as TRAINING_ROUTES
from marketplace.web.acceptance import ROUTES as ACCEPTANCE_PAGE_ROUTES
from marketplace.web.accounts import ROUTES as ACCOUNT_PAGES
from marketplace.web.assets import send_static
from marketplace.web.bank_account import ROUTES as BANK_PAGE_ROUTES
from marketplace.web.cart import ROUTES as CART_PAGE_ROUTES
from marketplace.web.checkout import ROUTES as CHECKOUT_PAGE_ROUTES
from marketplace.web.fitting import ROUTES as FITTING_PAGE_ROUTES
from marketplace.web.home import set_preferences, show_home
from marketplace.web.inquiries import ROUTES as INQUIRY_PAGE_ROUTES
from marketplace.web.invoices import ROUTES as INVOICE_PAGE_ROUTES
from marketplace.web.joining import ROUTES as JOINING_PAGE_ROUTES
from marketplace.web.legal import ROUTES as LEGAL_ROUTES
from marketplace.web.library import ROUTES as LIBRARY_PAGE_ROUTES
from marketplace.web.market import ROUTES as MARKET_PAGE_ROUTES
from marketplace.web.market_search import ROUTES as MARKET_SEARCH_PAGE_ROUTES
from marketplace.web.market_versions import ROUTES as MARKET_VERSION_PAGE_ROUTES
from marketplace.web.members import ROUTES as MEMBER_PAGE_ROUTES
from marketplace.web.operator import ROUTES as OPERATOR_PAGES
from marketplace.web.operator_films import ROUTES as FILM_PAGE_ROUTES
from marketplace.web.orders import ROUTES as ORDER_PAGE_ROUTES
from marketplace.web.organization import ROUTES as ORGANIZATION_PAGE_ROUTES
from marketplace.web.papers import ROUTES as PAPER_PAGE_ROUTES
from marketplace.web.paying import ROUTES as PAYING_PAGE_ROUTES
from marketplace.web.quotations import ROUTES as QUOTATION_PAGE_ROUTES
from marketplace.web.reference import ROUTES as REFERENCE_ROUTES
from marketplace.web.refunds import ROUTES as REFUND_PAGE_ROUTES
from marketplace.web.reports import ROUTES as REPORT_PAGE_ROUTES
from marketplace.web.searches import ROUTES as SAVED_SEARCH_PAGE_ROUTES
from marketplace.web.selling import ROUTES as SELLING_PAGE_ROUTES
from marketplace.web.selling_autosave import ROUTES as SELLING_AUTOSAVE_ROUTES
from marketplace.web.selling_columns import ROUTES as SELLING_COLUMNS_PAGE_ROUTES
from marketplace.web.selling_disputes import ROUTES as SELLING_DISPUTE_PAGE_ROUTES
from marketplace.web.selling_listing import ROUTES as SELLING_LISTING_PAGE_ROUTES
from marketplace.web.selling_profile import ROUTES as SELLING_PROFILE_PAGE_ROUTES
from marketplace.web.selling_receipts import ROUTES as SELLING_RECEIPTS_PAGE_ROUTES
from marketplace.web.selling_registration import ROUTES as SELLING_REGISTRATION_PAGE_ROUTES
from marketplace.web.selling_revoking import ROUTES as SELLING_REVOKING_PAGE_ROUTES
from marketplace.web.selling_rules import ROUTES as SELLING_RULES_PAGE_ROUTES
from marketplace.web.selling_sales import ROUTES as SELLING_SALES_PAGE_ROUTES
from marketplace.web.selling_sample import ROUTES as SELLING_SAMPLE_PAGE_ROUTES
from marketplace.web.selling_terms import ROUTES as SELLING_TERMS_PAGE_ROUTES
from marketplace.web.sign_up import ROUTES as SIGN_UP_PAGE_ROUTES
from marketplace.web.training import ROUTES as TRAINING_PAGE_ROUTES
from marketplace.web.uploads import ROUTES as UPLOAD_PAGE_ROUTES
from marketplace.web.wanted import ROUTES as WANTED_PAGE_ROUTES
from marketplace.web.wanted_request import ROUTES as WANTED_REQUEST_PAGE_ROUTES

ROUTES: tuple[ControllerRouterHandler, ...] = (
    send_static,
    show_home,
    set_preferences,
    take_report,
    *HEALTH_ROUTES,
    *LEGAL_ROUTES,
    *REFERENCE_ROUTES,
    *ORGANIZATION_ROUTES,
    *PEOPLE_ROUTES,
    *OVERSIGHT_ROUTES,
    *OPERATOR_PAGES,
    *BANK_ROUTES,
    *TRAINING_ROUTES,
    *COURSE_ROUTES,
    *TRAINING_PAGE_ROUTES,
    *PRODUCT_ROUTES,
    *DATASET_ROUTES,
    *REGISTRATION_ROUTES,
    *SAMPLE_ROUTES,
    *RULE_ROUTES,
    *REPORT_ROUTES,
    *REPORT_PAGE_ROUTES,
    *CHANGES_ROUTES,
    *OWN_REPORT_PAGE_ROUTES,
    *REVIEW_DESK_ROUTES,
    *MATCH_ROUTES,
    *PROFILE_ROUTES,
    *SELLER_ROUTES,
    *INQUIRY_ROUTES,
    *INQUIRY_PAGE_ROUTES,
    *LISTING_ROUTES,
    *REVOKING_ROUTES,
    *SEARCH_ROUTES,
    *SAVED_SEARCH_ROUTES,
    *SAVED_SEARCH_PAGE_ROUTES,
    *WANTED_ROUTES,
    *CART_ROUTES,
    *QUOTATION_ROUTES,
    *ORDER_ROUTES,
    *DELIVERY_ROUTES,
    *ACCEPTANCE_ROUTES,
    *DISPUTE_ROUTES,
    *REFUND_ROUTES,
    *REFUND_DESK_ROUTES,
    *WEBHOOK_ROUTES,
    *INVOICE_ROUTES,
    *INVOICE_DESK_ROUTES,
    *INVOICE_PAGE_ROUTES,
    *PAYMENT_DESK_ROUTES,
    *SETTLEMENT_ROUTES,
    *SETTLEMENT_DESK_ROUTES,
    *SETTLEMENT_REPORT_ROUTES,
    *WANTED_PAGE_ROUTES,
    *CART_PAGE_ROUTES,
    *ACCEPTANCE_PAGE_ROUTES,
    *REFUND_PAGE_ROUTES,
    *SELLING_DISPUTE_PAGE_ROUTES,
    *QUOTATION_PAGE_ROUTES,
    *CHECKOUT_PAGE_ROUTES,
    *ORDER_PAGE_ROUTES,
    *PAYING_PAGE_ROUTES,
    *LIBRARY_PAGE_ROUTES,
    *SELLING_RECEIPTS_PAGE_ROUTES,
    *WANTED_REQUEST_PAGE_ROUTES,
    *MARKET_ROUTES,
    *FITTING_ROUTES,
    *MARKET_VERSION_ROUTES,
    *QUALITY_PAGE_ROUTES,
    *CERTIFICATE_ROUTES,
    *MARKET_SEARCH_PAGE_ROUTES,
    *MARKET_PAGE_ROUTES,
    *FITTING_PAGE_ROUTES,
    *MARKET_VERSION_PAGE_ROUTES,
    *SIGN_UP_PAGE_ROUTES,
    *SELLING_PAGE_ROUTES,
    *SELLING_TERMS_PAGE_ROUTES,
    *SELLING_AUTOSAVE_ROUTES,
    *SELLING_REGISTRATION_PAGE_ROUTES,
    *SELLING_PROFILE_PAGE_ROUTES,
    *SELLING_LISTING_PAGE_ROUTES,
    *SELLING_REVOKING_PAGE_ROUTES,
    *SELLING_COLUMNS_PAGE_ROUTES,
    *SELLING_SAMPLE_PAGE_ROUTES,
    *SELLING_SALES_PAGE_ROUTES,
    *SELLING_RULES_PAGE_ROUTES,
    *UPLOAD_PAGE_ROUTES,
    *ORGANIZATION_PAGE_ROUTES,
    *MEMBER_PAGE_ROUTES,
    *JOINING_PAGE_ROUTES,
    *BANK_PAGE_ROUTES,
    *ACCOUNT_ROUTES,
    *ACCOUNT_PAGES,
)
# Mounted with the limit of documents instead of the limit of forms.
DOCUMENT_ROUTES: tuple[ControllerRouterHandler, ...] = (
    *PAPER_ROUTES,
    *PAPER_PAGE_ROUTES,
    *COURSE_FILM_ROUTES,
    *FILM_PAGE_ROUTES,
)
