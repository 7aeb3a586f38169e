"""Reports of products on sale by other organizations, and what the operator did about them (상품 신고)."""
