"""Speed, memory and exactness of the quality profile."""
