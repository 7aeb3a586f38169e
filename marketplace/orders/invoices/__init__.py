"""Invoices (전자세금계산서, 전자계산서) of orders that are paid by transfer: one for each seller."""
