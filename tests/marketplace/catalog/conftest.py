"""Sellers and clients that act for them."""

from tests.marketplace.organizations.conftest import ClientOf, client_of, owner

__all__ = ["ClientOf", "client_of", "owner"]
