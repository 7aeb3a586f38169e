"""Checks of what machines measure."""
