"""The tax office's register of businesses: numbers, the port, its adapter and its sandbox."""
