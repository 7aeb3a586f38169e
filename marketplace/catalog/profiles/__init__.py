"""Examining a version that is ready once more: the operator orders it, the reports before are kept."""
