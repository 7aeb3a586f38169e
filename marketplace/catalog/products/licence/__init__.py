"""The licence (이용 조건) of a product: twelve questions, the contract they give, and ODRL. Pure."""
