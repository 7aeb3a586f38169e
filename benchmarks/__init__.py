"""Benchmarks: what is measured, one command each; how to read them stands in docs/benchmarks.md."""
