"""Measurements on a workspace of made-up customers, each with its limit from the same run (docs/benchmarks.md)."""
