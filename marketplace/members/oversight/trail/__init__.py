"""Reading and exporting the audit trail."""
