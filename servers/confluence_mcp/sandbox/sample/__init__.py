"""What the sites hold to begin with."""
