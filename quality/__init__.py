"""File in, report out. No database, no HTTP, no storage."""
