"""Data that somebody looks for and nobody sells yet, and what sellers answer (찾는 데이터)."""
