"""Writing the history of PM OS into accounts, through the servers, and taking it away again."""
