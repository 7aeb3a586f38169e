"""Products and their data: described, uploaded, examined, found (E4 to E8)."""
