"""Refunds (환불): one traceable case for payment, books, right to use and invoice."""
