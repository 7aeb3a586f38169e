"""Settlements (정산): what the exchange owes each seller for a month, less its fee, and its payout."""
