"""Confluence's storage format to Markdown and back, without losing what Markdown cannot say."""
