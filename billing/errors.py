"""What billing refuses; knows nothing of statuses or pages."""


class BillingError(Exception):
    """The ancestor of every refusal of this package."""

    code = "billing_error"
