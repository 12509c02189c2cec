"""Documents written from the servers' own tables, so that they cannot disagree with the code."""
