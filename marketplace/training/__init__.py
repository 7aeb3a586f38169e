"""The mandatory training of sellers (E3): films watched, a checklist agreed to, a signature, a certificate."""
