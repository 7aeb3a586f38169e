"""Counts that can be joined: of the blocks of a table, in their order, however they were grouped.

Each part has ``add`` for a block, ``merge`` for what comes after it, and gives its figures at the end.
``merge`` gives the same whatever the grouping: whole numbers, extremes and smallest hashes do so by
themselves; sums of floats are kept for each block and folded in the order of the blocks at the end.
"""
