"""Organizations: data, people and roles, papers, bank account, examination."""
