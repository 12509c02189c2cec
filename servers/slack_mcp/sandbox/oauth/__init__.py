"""Logging in: consent pages, and who gets tokens for a consent."""
