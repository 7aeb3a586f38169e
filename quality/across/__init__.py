"""What the tables of a dataset have to do with each other, and with data that are public. Pure."""
