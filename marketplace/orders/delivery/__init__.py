"""Delivery: the right to what was bought (이용권)."""
