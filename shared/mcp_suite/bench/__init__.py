"""Measurements of a server, each beside a baseline taken in the same run."""
