"""The people of the tests of a seller's data, and a shelf of products made quickly."""

from tests.marketplace.organizations.conftest import ClientOf, client_of, owner

__all__ = ["ClientOf", "client_of", "owner"]
