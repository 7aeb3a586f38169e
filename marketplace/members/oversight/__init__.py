"""What the exchange's operator does with members, with running bodies and with its own people."""
