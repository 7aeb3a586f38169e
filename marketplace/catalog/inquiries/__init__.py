"""Questions and sample requests on a product, answered where everybody can read it (상품 문의)."""
