"""Rows of the data that a seller shows before the purchase (표본): chosen, examined with the product, sent."""
