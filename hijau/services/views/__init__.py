"""The promise on pages."""
