"""The sandbox's answers, one module per resource of the API."""
