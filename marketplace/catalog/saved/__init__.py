"""Searches that a person keeps, and telling the person of products that come to fit (저장한 검색)."""
