"""`mcp-suite doctor`: what is wrong on this machine, and the command or edit that mends it."""
