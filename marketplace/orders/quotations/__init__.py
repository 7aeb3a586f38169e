"""Quotations (견적서): what the cart costs on a day, as a paper for those who decide on buying."""
