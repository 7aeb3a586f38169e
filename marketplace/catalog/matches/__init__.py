"""Which versions of different products hold the same data: fingerprints of tables, compared over the whole catalogue."""
