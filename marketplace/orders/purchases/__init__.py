"""Orders (주문): what an organization buys, at prices and terms that are frozen with it."""
