"""Finding products: tokens, an index in the database, matching in tiers, facets, suggestions (E7)."""
