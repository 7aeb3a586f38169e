"""Checks of where data come from: what is the same again."""
