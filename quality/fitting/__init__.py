"""Does it fit my line? A buyer's columns against what a report says of a dataset. Pure.

Only the report is read, never the rows: names, units, kinds, ranges and counts. Of fewer than
``GROUP_MIN`` rows nothing is counted, so that nobody can ask for single values.
"""

from quality.fitting.fit import GROUP_MIN, Fit, Match, fit
from quality.fitting.offered import Meaning
from quality.fitting.own import OWN_ROWS_MAX, OwnColumn, OwnUnreadable, of_list, of_rows

__all__ = [
    "GROUP_MIN",
    "OWN_ROWS_MAX",
    "Fit",
    "Match",
    "Meaning",
    "OwnColumn",
    "OwnUnreadable",
    "fit",
    "of_list",
    "of_rows",
]
