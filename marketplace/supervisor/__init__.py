"""``marketplace run``: one foreground process that starts the exchange's four and ends them together."""
