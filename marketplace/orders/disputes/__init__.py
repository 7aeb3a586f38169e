"""Disputes (이의): the buyer says what is wrong with a delivered line, the seller answers, the exchange decides."""
