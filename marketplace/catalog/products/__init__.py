"""Products (상품): what a seller lists, its contents by version, its price and its licence."""
