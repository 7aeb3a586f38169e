"""Backup of a running exchange into one folder, and back into an empty one."""
