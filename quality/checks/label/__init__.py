"""Checks of what a model is to learn."""
