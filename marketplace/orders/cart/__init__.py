"""The cart (장바구니): what an organization means to buy, kept for all who buy for it."""
