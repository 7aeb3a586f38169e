"""Checkout (주문과 결제): from the cart to a paid order, or to the end of one that nobody pays."""
