"""Workflows: work across several servers that is declared once, recorded step by step and resumed after a crash."""
