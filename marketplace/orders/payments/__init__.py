"""Payments (결제) of orders: attempts, the gateway's truth, and the one way to settle them."""
