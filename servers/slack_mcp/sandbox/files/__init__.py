"""Files: their kinds, how the Web API shows them, and the addresses for their bytes."""
