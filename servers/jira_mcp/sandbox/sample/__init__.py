"""The sample data: the history of the product "PM OS", and two other projects to page through."""
