"""The sample data: the documentation of the product "PM OS", and other spaces to page through."""
