"""Organizations, users, sign-in, second factor, API tokens, business-number check."""
