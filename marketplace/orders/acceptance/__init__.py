"""Acceptance (검수): the window in which the buyer looks at what was delivered; the money is held meanwhile."""
