"""Buying: what an organization means to buy, and the papers that come before the order."""
