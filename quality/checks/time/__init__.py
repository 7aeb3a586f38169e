"""Checks of the steps of time."""
