"""Persons: sign-up, sign-in, second factor, sessions, tokens, consent."""
