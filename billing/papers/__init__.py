"""The paper that proves a supply: which one, when, and the standard document of a tax invoice."""
