"""Commands for developers that write generated files."""
