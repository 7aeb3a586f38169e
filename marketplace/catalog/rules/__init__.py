"""Rules that a seller declares for his data, what came of them on each version, and who sees that."""
