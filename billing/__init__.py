"""Money between a payer and a payee. Knows no users."""
