"""The facts beside the real files, figure by figure, against what our report says of the same thing.

``rules`` says for every path of a facts file what of ours states the same, or why nothing does. A path
without a rule fails the walk, so that no figure is left out silently.
"""
