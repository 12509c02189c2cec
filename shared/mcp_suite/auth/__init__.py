"""`mcp-suite auth`: log in to a service, see which logins there are, and forget them."""
