"""The people of the tests of the training."""

from tests.marketplace.organizations.conftest import ClientOf, client_of, owner

__all__ = ["ClientOf", "client_of", "owner"]
