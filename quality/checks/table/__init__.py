"""Checks of tables whatever they hold."""
