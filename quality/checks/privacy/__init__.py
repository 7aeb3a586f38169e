"""Checks of what should not be sold: personal data and trade secrets."""
