"""Who sells: what the law of mediated sales shows of a seller, and the seller's public page."""
