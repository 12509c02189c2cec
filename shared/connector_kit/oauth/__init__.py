"""OAuth for every service: logging in, tokens that renew themselves, and where they are kept."""
