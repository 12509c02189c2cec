"""The sample data: the workspace in which the product "PM OS" was built."""
