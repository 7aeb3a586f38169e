"""What everybody sees of listed products (MARKET PLACE, E6): the product, its evidence, its views."""
