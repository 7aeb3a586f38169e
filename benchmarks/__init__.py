"""Benchmarks: what is measured, one command each; figures stand in docs/benchmarks.md."""
