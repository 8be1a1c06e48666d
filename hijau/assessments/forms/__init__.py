"""Untrusted input to typed values, for the pages of judging."""
