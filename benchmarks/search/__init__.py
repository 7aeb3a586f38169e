"""The benchmark of the search."""
