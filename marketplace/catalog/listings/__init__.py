"""The life of a product on the market: taken off and put back by its seller, stopped by the operator (E6, E8)."""
