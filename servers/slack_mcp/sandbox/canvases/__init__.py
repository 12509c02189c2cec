"""Canvases: their sections in Markdown, and the page that they are downloaded as."""
