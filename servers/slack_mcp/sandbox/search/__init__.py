"""Search: the language of queries, and what they find."""
