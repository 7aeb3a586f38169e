"""Plays the market against a running exchange as new users would, over HTTP; sandbox only."""
