"""Instructions for agents of Claude Code that work with the servers: what they say, need, and where they are put."""
