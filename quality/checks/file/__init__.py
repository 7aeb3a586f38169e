"""Checks of how a file is written: its format, encoding, header, archive, numbers, dates and broken rows."""
