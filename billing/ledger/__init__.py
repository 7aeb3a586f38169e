"""The books: double entry, append-only, sealed with the transaction that wrote them."""
