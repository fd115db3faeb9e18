"""Writes of imports, one module a subject."""
