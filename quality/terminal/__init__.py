"""What the command ``quality`` shows on a terminal, in Korean or English; plain text, no colour."""
